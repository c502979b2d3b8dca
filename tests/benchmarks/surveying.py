"""How long a look around takes: for five programs, beside computers that swallow packets, deep, at worst."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from movie_director.backends import backends
from movie_director.backends.base import Backend
from movie_director.core.endpoint import Endpoint
from movie_director.core.settings import Policy, ServiceSettings, Settings
from movie_director.core.snapshot import Snapshot
from movie_director.runtime.discovery import candidates, look_around, neighbours, survey
from movie_director.runtime.manager import Manager
from movie_director.runtime.recognition import PAGE_LIMIT
from movie_director.transport.sockets import SocketFactory

from tests.servers.black_hole import BlackHole
from tests.servers.environments import EnvironmentMissing
from tests.servers.five import five_programs
from tests.servers.hostile import hostile
from tests.servers.lookalikes import LOOKALIKES
from tests.servers.plain import RawServer

from .figures import Figure, Limit, Scale, at_most, not_run, ratios
from .pacing import PATIENCE, await_that

_FIVE = (Limit("median", 300.0), Limit("p95", 500.0))
_RATIO = 1.5
_ALL_FACTS = 3000.0
_BLACK_HOLES = 3000.0
_WORST = 5000.0
_GRACE = 100.0
"""Milliseconds for the last threads to be told of the deadline."""
_NAMES = (
    "five found and identified",
    "five found, by their pages",
    "five: all facts",
    "five beside two black holes",
    "deep look",
)


def measure(scale: Scale) -> Iterator[Figure]:
    try:
        with five_programs() as ports:
            yield from _with_five(ports, scale)
    except EnvironmentMissing as missing:
        for name in _NAMES:
            yield not_run(name, "ms", str(missing))
    worst = [_crowded() for _ in range(scale.pick(1, 5, 20))]
    note = "39 other programs, 15 of them hostile, each request allowed 60 s: the deadline ends it"
    yield Figure("look around at worst", "ms", tuple(worst), at_most(_WORST + _GRACE), note=note)


def _with_five(ports: Mapping[str, int], scale: Scale) -> Iterator[Figure]:
    known = [_at_unusual_port(backend, ports) for backend in backends()]
    places = [*candidates(known), *neighbours(known)]
    _look(places, known, len(ports))  # imports, which later looks do not pay
    by_pages = [replace(backend, identify_early=None) for backend in known]
    looks, slow_looks, own = [], [], []
    for _ in range(scale.pick(3, 50, 200)):
        looks.append(_look(places, known, len(ports)))
        own.append(_first_page(ports["wan2gp"]))
        slow_looks.append(_look(places, by_pages, len(ports)))
    note = (
        f"{len(places)} addresses; Gradio 5.29, 3.14 and 3.50, LiteLLM 1.60, and a stand-in for ComfyUI, "
        "in processes of their own, each at one of its usual ports; imports warm; until the last of the five "
        "is identified"
    )
    yield Figure(_NAMES[0], "ms", tuple(looks), _FIVE, note=note)
    note = (
        "the same without asking Wan2GP early, as for one from before 12.21 or at an unusual port: it "
        "computes all 7 MB of its page before it sends the first byte"
    )
    yield Figure(_NAMES[1], "ms", tuple(slow_looks), note=note)
    note = "the row above, divided by the time in which Wan2GP alone sends 8 KiB to a socket, just before"
    share = ratios(slow_looks, own)
    yield Figure("five found, of Wan2GP's own", "ratio", share, at_most(_RATIO, "median"), note=note)
    facts = [_all_facts(ports) for _ in range(scale.pick(1, 5, 20))]
    note = "from Manager.start() to five CONNECTED rows with versions and models read"
    yield Figure(_NAMES[2], "ms", tuple(facts), at_most(_ALL_FACTS), note=note)
    with BlackHole("127.0.0.2") as one, BlackHole("127.0.0.3") as two:
        silent = [Endpoint("http", hole.host, hole.port) for hole in (one, two)]
        count = scale.pick(1, 5, 20)
        looks = [_look([*silent, *places], known, len(ports), to_the_end=True) for _ in range(count)]
    note = "until the look around ends; two loopback addresses whose ports neither accept nor refuse"
    yield Figure(_NAMES[3], "ms", tuple(looks), at_most(_BLACK_HOLES), note=note)
    deep = [_deep(known) for _ in range(scale.pick(1, 5, 20))]
    note = "every listening port of this computer, whatever runs on it; until it ends"
    yield Figure(_NAMES[4], "ms", tuple(deep), at_most(_WORST), note=note)


def _at_unusual_port(backend: Backend, ports: Mapping[str, int]) -> Backend:
    """As many usual ports as it has, but with the one at which its program runs."""
    return replace(backend, default_ports=(*backend.default_ports[1:], ports[backend.name]))


def _look(
    places: Sequence[Endpoint], known: Sequence[Backend], wanted: int, *, to_the_end: bool = False
) -> float:
    """Milliseconds until `wanted` services are identified, or until the end."""
    sockets, found = SocketFactory("benchmark"), set[str]()
    start = time.perf_counter()
    try:
        for sighting in look_around(places, known, sockets, Policy()):
            found |= {sighting.service} if sighting.service is not None else set()
            if len(found) == wanted and not to_the_end:
                break
        seconds = time.perf_counter() - start
    finally:
        await_that(lambda: sockets.open_count == 0, "the other looks end")
        sockets.close()
    if len(found) < wanted:
        raise RuntimeError(f"only {sorted(found)} were found")
    return seconds * 1000


def _first_page(port: int) -> float:
    """Milliseconds until a program has sent the first 8 KiB of its page."""
    start, missing = time.perf_counter(), PAGE_LIMIT
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        while missing > 0:
            missing -= len(sock.recv(missing))
    return (time.perf_counter() - start) * 1000


def _all_facts(ports: Mapping[str, int]) -> float:
    settings = Settings()
    for service, port in ports.items():
        settings = settings.with_service(service, ServiceSettings(url=f"http://127.0.0.1:{port}"))
    manager = Manager(settings)
    start = time.perf_counter()
    manager.start()
    try:
        _wait(manager, lambda seen: all(row.info and row.info.complete for row in seen.services.values()))
        return (time.perf_counter() - start) * 1000
    finally:
        manager.stop(timeout=PATIENCE)


def _wait(manager: Manager, wanted: Callable[[Snapshot], bool]) -> None:
    deadline, seen = time.monotonic() + PATIENCE, -1
    while (left := deadline - time.monotonic()) > 0:
        snapshot = manager.board.wait(seen, left)
        if snapshot is not None:
            seen = snapshot.version
            if wanted(snapshot):
                return
    raise RuntimeError("not all facts were read")


def _deep(known: Sequence[Backend]) -> float:
    sockets = SocketFactory("benchmark")
    try:
        *_, report = survey(Settings(), known, sockets, deep=True)
        return report.seconds * 1000
    finally:
        sockets.close()


def _crowded() -> float:
    sockets = SocketFactory("benchmark")
    with contextlib.ExitStack() as running:
        servers = [running.enter_context(RawServer(each.handler)) for each in (*LOOKALIKES, *hostile())]
        places = [Endpoint("http", "127.0.0.1", server.port) for server in servers]
        start = time.perf_counter()
        for _ in look_around(places, backends(), sockets, Policy(check_timeout=60.0)):
            pass
        seconds = time.perf_counter() - start
        sockets.close()
    return seconds * 1000
