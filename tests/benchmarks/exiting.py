"""Whether an interpreter with live workers ends at once."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from tests.servers.plain import RawServer, hold
from tests.servers.process import comfyui_process

from .figures import Figure, Scale, at_most, ratios
from .pacing import await_that
from .watcher import Watcher

_MOST_TIME = 2.0
_AT_ONCE = 500.0
"""Milliseconds; a thread that the interpreter waits for would bring seconds."""

Phase = Callable[[], AbstractContextManager[Watcher]]


def measure(scale: Scale) -> Iterator[Figure]:
    count = scale.pick(3, 9, 30)
    phases: dict[str, Phase] = {"connected": _connected, "in an attempt": _attempting}
    if sys.platform != "win32":
        phases["peer frozen"] = _frozen
    baseline: list[float] = []
    times: dict[str, list[float]] = {name: [] for name in phases}
    for _ in range(count):  # in turn, so that a busy moment meets all
        baseline.append(_time_to_end(_without_workers))
        for name, phase in phases.items():
            times[name].append(_time_to_end(phase))
    base = "leaving main() in a process that loaded the same, but started no worker"
    yield Figure("exit: baseline", "ms", tuple(baseline), note=base)
    for name, values in times.items():
        note = "leaving main() without Manager.stop()"
        yield Figure(f"exit: {name}", "ms", tuple(values), at_most(_AT_ONCE), note=note)
    for name, values in times.items():
        limits = at_most(_MOST_TIME, "median")
        compared = ratios(values, baseline)
        yield Figure(f"exit: {name}, to baseline", "ratio", compared, limits, is_gate=True)


def _time_to_end(phase: Phase) -> float:
    with phase() as watcher:
        return watcher.time_to_end() * 1000


def _without_workers() -> AbstractContextManager[Watcher]:
    return Watcher("--no-workers")


@contextlib.contextmanager
def _connected() -> Iterator[Watcher]:
    with comfyui_process() as server, Watcher("--url", server.url) as watcher:
        watcher.await_row("streaming")
        yield watcher


@contextlib.contextmanager
def _frozen() -> Iterator[Watcher]:
    with comfyui_process() as server, Watcher("--url", server.url) as watcher:
        watcher.await_row("streaming")
        server.freeze()
        yield watcher


@contextlib.contextmanager
def _attempting() -> Iterator[Watcher]:
    """In the middle of an attempt that would wait for an hour."""
    with RawServer(hold) as server, Watcher("--url", server.url, "--policy", "patient") as watcher:
        watcher.await_row("attempting")
        await_that(lambda: server.open_connections() > 0, "a connection")
        yield watcher
