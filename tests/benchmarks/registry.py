"""What it costs to ask who can make what, and to read and write what was seen of services before."""

from __future__ import annotations

import functools
import tempfile
import time
import timeit
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from movie_director.core.endpoint import Endpoint
from movie_director.core.facts import Capability, Parameter, Queue, ServiceInfo
from movie_director.core.model import Health, State
from movie_director.core.registry import who_can_make
from movie_director.core.remembered import LIMIT
from movie_director.core.snapshot import Remembered, ServiceStatus, Snapshot
from movie_director.runtime.remembered_file import RememberedFile

from .figures import Figure, Scale, at_most

_CALLS = 5_000
_MOST_MICROSECONDS = 50.0
_MOST_MILLISECONDS = 100.0
_NAMES = 3_500
"""Of models of each service: a collection that brings the file near its limit."""


def measure(scale: Scale) -> Iterator[Figure]:
    snapshot = _five_services()
    for makes in ("image", "video"):
        spent = timeit.repeat(
            functools.partial(who_can_make, snapshot, makes), number=_CALLS, repeat=scale.pick(3, 20, 50)
        )
        values = tuple(seconds / _CALLS * 1e6 for seconds in spent)
        note = f"means of {_CALLS} calls; five services, three connected, two remembered"
        yield Figure(f"who can make {makes}", "µs", values, at_most(_MOST_MICROSECONDS, "median"), note=note)
    yield from _file(scale, snapshot)


def _file(scale: Scale, snapshot: Snapshot) -> Iterator[Figure]:
    count = scale.pick(3, 20, 50)
    with tempfile.TemporaryDirectory() as folder:
        file = RememberedFile(Path(folder) / "remembered.json")
        entries = dict(snapshot.remembered)
        saved = tuple(_milliseconds(lambda: file.merge(entries)) for _ in range(count))
        loaded = tuple(_milliseconds(file.read) for _ in range(count))
        size = file.path.stat().st_size
    note = f"{size} bytes of at most {LIMIT}, in the memory's own thread"
    limit = at_most(_MOST_MILLISECONDS, "median")
    yield Figure("remembered services: load", "ms", loaded, limit, note=note)
    yield Figure("remembered services: write", "ms", saved, limit, note=note)


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def _five_services() -> Snapshot:
    """Three that are connected and busy in different degrees, two that are down but remembered."""
    steps = tuple(Parameter(f"p{number}", "number", 0.0, 100.0) for number in range(20))
    makes = {
        "comfyui": ("image", "video"),
        "wan2gp": ("video",),
        "litellm": ("text",),
        "rvc": ("voice",),
        "audioldm": ("sound",),
    }
    rows, seen = {}, {}
    for number, (service, made) in enumerate(makes.items()):
        capabilities = tuple(Capability(each, "generate", steps) for each in made)
        names = tuple(f"a model of a usual length {each}.safetensors" for each in range(_NAMES))
        info = ServiceInfo(
            service, "1.0", models=(("models", names),), capabilities=capabilities, complete=True
        )
        seen[service] = Remembered(service, "http://127.0.0.1:8188", float(number), info)
        up = number < 3
        rows[service] = ServiceStatus(
            service,
            service,
            True,
            State.CONNECTED if up else State.SUSPENDED,
            since=0.0,
            health=Health.READY if up else None,
            endpoint=Endpoint("http", "127.0.0.1", 8188 + number),
            info=replace(info, queue=Queue(5 - number)) if up else None,
            makes=made,
        )
    return Snapshot(1, MappingProxyType(rows), remembered=MappingProxyType(seen), memory_read=True)
