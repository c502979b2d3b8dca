"""How long `Manager.stop()` takes while the other side is frozen, in every phase of a conversation."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace

from movie_director.backends.comfyui import BACKEND
from movie_director.core.settings import Policy
from movie_director.runtime.manager import Manager

from tests.servers.black_hole import BlackHole
from tests.servers.comfyui import ComfyServer
from tests.servers.plain import RawServer, hold
from tests.servers.process import comfyui_process

from .figures import Figure, Scale, at_most
from .pacing import await_that, pause
from .watched import Watched, is_lost, is_streaming, settings_for

_AT_ONCE = 500.0
"""Milliseconds."""
_NEVER = 3600.0
_LATEST = 20.0

PATIENT = Policy(check_timeout=_NEVER, connect_timeout_loopback=_NEVER)
"""Nothing ends by a limit of its own: only the stop can."""

Phase = Callable[[], AbstractContextManager[Manager]]


def measure(scale: Scale) -> Iterator[Figure]:
    count = scale.pick(1, 5, 50)
    phases: dict[str, Phase] = {
        "connecting": _connecting,
        "TLS handshake": _shaking_hands,
        "first answer": _attempting,
        "looking around": _looking_around,
        "health check": _checking,
        "connection test": _testing,
    }
    if sys.platform != "win32":
        phases["stream open"] = _streaming
        phases["down, request held"] = _holding
    note = "Manager.stop() until all workers have ended; with limits of an hour only the stop can end a wait"
    for name, phase in phases.items():
        values = tuple(_time_to_stop(phase) for _ in range(count))
        yield Figure(f"stop: {name}", "ms", values, at_most(_AT_ONCE), note=note)


def _time_to_stop(phase: Phase) -> float:
    others = set(threading.enumerate())
    with phase() as manager:
        start = time.monotonic()
        if not manager.stop(timeout=_LATEST):
            raise RuntimeError("a worker did not end")
        spent = (time.monotonic() - start) * 1000
    # Helpers of look-arounds and tests end by themselves, soon after; they would disturb the next run.
    mine = [each for each in threading.enumerate() if each not in others and each.name.startswith("md-")]
    await_that(lambda: not any(each.is_alive() for each in mine), f"the end of {mine}")
    return spent


@contextlib.contextmanager
def _started(url: str) -> Iterator[Manager]:
    manager = Manager(settings_for(url, PATIENT), backends=[BACKEND])
    manager.start()
    yield manager


@contextlib.contextmanager
def _connecting() -> Iterator[Manager]:
    with BlackHole() as hole, _started(f"http://127.0.0.1:{hole.port}") as manager:
        _await_attempt(manager)
        yield manager


@contextlib.contextmanager
def _shaking_hands() -> Iterator[Manager]:
    with RawServer(hold) as server, _started(server.url.replace("http:", "https:")) as manager:
        _await_connection(server)
        yield manager


@contextlib.contextmanager
def _attempting() -> Iterator[Manager]:
    with RawServer(hold) as server, _started(server.url) as manager:
        _await_connection(server)
        yield manager


@contextlib.contextmanager
def _looking_around() -> Iterator[Manager]:
    with RawServer(hold) as server:
        backend = replace(BACKEND, default_ports=(server.port,))
        manager = Manager(settings_for("", PATIENT), backends=[backend])
        manager.start()
        _await_connection(server, 2)  # the bare one, and that of the request
        yield manager


@contextlib.contextmanager
def _checking() -> Iterator[Manager]:
    with ComfyServer() as server, Watched(server.url, PATIENT) as watched:
        watched.now_or_next(is_streaming)
        server.faults.mute = True
        asked = server.requests["/system_stats"]
        watched.manager.retry_now()
        await_that(lambda: server.requests["/system_stats"] > asked, "a health check")
        yield watched.manager


@contextlib.contextmanager
def _testing() -> Iterator[Manager]:
    with RawServer(hold) as server:
        manager = Manager(settings_for("http://127.0.0.1:1", PATIENT), backends=[BACKEND])
        manager.start()
        manager.test(server.url)
        _await_connection(server)
        yield manager


@contextlib.contextmanager
def _streaming() -> Iterator[Manager]:
    with comfyui_process() as process, Watched(process.url, PATIENT) as watched:
        watched.now_or_next(is_streaming)
        process.freeze()
        yield watched.manager


@contextlib.contextmanager
def _holding() -> Iterator[Manager]:
    brisk = Policy(check_interval=0.2, check_timeout=0.2, recheck_interval=0.1)
    with comfyui_process() as process, Watched(process.url, brisk) as watched:
        watched.now_or_next(is_streaming)
        process.freeze()
        watched.now_or_next(is_lost)
        yield watched.manager


def _await_attempt(manager: Manager) -> None:
    seen = -1
    while (snapshot := manager.board.wait(seen, _LATEST)) is not None:
        if any(row.attempting for row in snapshot.services.values()):
            pause(0.05)  # from the row to the system call that waits
            return
        seen = snapshot.version
    raise RuntimeError("no attempt began")


def _await_connection(server: RawServer, count: int = 1) -> None:
    await_that(lambda: server.accepted >= count, "a connection")
    pause(0.05)
