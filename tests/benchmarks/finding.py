"""How long it takes to find, identify and connect a service on loopback."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from movie_director.backends.base import Backend
from movie_director.backends.comfyui import BACKEND
from movie_director.core.settings import Policy
from movie_director.runtime.discovery import candidates, look_around
from movie_director.transport.sockets import SocketFactory

from tests.servers.process import comfyui_process

from .figures import Figure, Scale, at_most
from .pacing import await_that
from .watched import SERVICE, Watched, free_port, is_lost

_FOUND = 50.0


def measure(scale: Scale) -> Iterator[Figure]:
    count = scale.pick(5, 50, 200)
    with comfyui_process() as server:
        # As many ports as usual: the service at one, nothing at the others.
        backend = replace(BACKEND, default_ports=(free_port(), server.port, free_port()))
        _look(backend)  # imports, which later looks do not pay
        looks = [_look(backend) for _ in range(count)]
        connects = [_connect(backend) for _ in range(max(5, count // 5))]
    note = (
        "six addresses (three ports on 127.0.0.1 and ::1), imports warm, server in its own process; "
        "measured until the sighting with its identity"
    )
    yield Figure("found and identified", "ms", tuple(looks), at_most(_FOUND, "median"), note=note)
    beside = "from Manager.start() to CONNECTED without a configured address, WebSocket open"
    yield Figure("found and connected", "ms", tuple(connects), note=beside)


def _look(backend: Backend) -> float:
    sockets = SocketFactory("benchmark")
    places = candidates([backend])
    start = time.perf_counter()
    try:
        for sighting in look_around(places, [backend], sockets, Policy()):
            if sighting.service == SERVICE and sighting.info is not None:
                return (time.perf_counter() - start) * 1000
    finally:
        await_that(lambda: sockets.open_count == 0, "the other looks end")
        sockets.close()
    raise RuntimeError("the service was not found")


def _connect(backend: Backend) -> float:
    start = time.monotonic()
    with Watched(backends=[backend]) as watched:
        return (watched.after(start, lambda row: not is_lost(row)).at - start) * 1000
