"""How often a service is asked that comes and goes all the time."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from movie_director.core.errors import UNREACHED

from tests.servers.comfyui import ComfyServer
from tests.servers.tcp_proxy import TcpProxy

from .figures import Figure, Scale, at_most
from .pacing import pause, side_by_side
from .watched import Moment, Watched, is_streaming

_MINUTE = 60.0
_JITTER = 0.5
"""Requests arrive some milliseconds after the attempt that the limit counts: sooner or later ones."""
_MOST_ATTEMPTS = 10
_SEED = 5

Range = tuple[float, float]


class TimedCounter(Counter[str]):
    """A counter of a test server that also keeps when each count was made."""

    def __init__(self) -> None:
        super().__init__()
        self.moments: dict[str, list[float]] = {}

    def __setitem__(self, key: str, value: int) -> None:
        super().__setitem__(key, value)
        self.moments.setdefault(key, []).append(time.monotonic())


def measure(scale: Scale) -> Iterator[Figure]:
    seconds = float(scale.pick(20, 90, 300))
    patterns: dict[str, Callable[[float], tuple[int, int]]] = {
        "up and down every 0.1 to 0.5 s": lambda time: _killed(time, up=(0.2, 0.5), down=(0.1, 0.4)),
        "up 0.8 to 1.5 s, down 0.2 s": lambda time: _killed(time, up=(0.8, 1.5), down=(0.1, 0.3)),
        "every answer cut off, for every other 0.5 s": _cut_off,
        "all connections reset every 0.4 s": _reset,
    }
    chosen = list(patterns.values())
    found = side_by_side(lambda number: chosen[number](seconds), len(chosen), len(chosen))
    note = (
        f"attempts that reached a program, in the busiest {_MINUTE:.0f} s of {seconds:.0f} s, as the worker "
        "or as the server saw them, whichever is more; default policy, one run each"
    )
    for name, (attempts, _) in zip(patterns, found, strict=True):
        yield Figure(f"attempts: {name}", "/min", (attempts,), at_most(_MOST_ATTEMPTS), True, note)
    beside = "the same runs; a return is confirmed by a second request, and a lost stream checked at once"
    requests = tuple(asked for _, asked in found)
    yield Figure("requests for /system_stats of the four", "/min", requests, note=beside)


# --- ways to flap: each returns attempts and requests of its busiest minute ---------------------------------


def _killed(seconds: float, *, up: Range, down: Range) -> tuple[int, int]:
    chance = random.Random(_SEED)
    with ComfyServer() as server:

        def flap() -> None:
            server.kill()
            pause(chance.uniform(*down))
            server.start()
            pause(chance.uniform(*up))

        return _count(server, server.url, seconds, flap)


def _cut_off(seconds: float) -> tuple[int, int]:
    with ComfyServer() as server:

        def flap() -> None:
            server.faults.drop_after = 0
            server.close_websockets()
            pause(0.5)
            server.faults.clear()
            pause(0.5)

        return _count(server, server.url, seconds, flap)


def _reset(seconds: float) -> tuple[int, int]:
    with ComfyServer() as server, TcpProxy(("127.0.0.1", server.port)) as proxy:

        def flap() -> None:
            proxy.mode = "reset"
            pause(0.1)
            proxy.mode = "pass"
            pause(0.3)

        return _count(server, proxy.url, seconds, flap)


def _count(server: ComfyServer, url: str, seconds: float, flap: Callable[[], None]) -> tuple[int, int]:
    requests = server.counts.requests = TimedCounter()
    with Watched(url) as watched:
        watched.now_or_next(is_streaming)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            flap()
        told = busiest(attempts_that_reached(watched.moments), _MINUTE)
    # Each attempt that gets so far asks for the features once, and nothing else does.
    seen = busiest(requests.moments.get("/features", []), _MINUTE - _JITTER)
    asked = busiest(requests.moments.get("/system_stats", []), _MINUTE)
    return max(told, seen), asked


# --- counting -----------------------------------------------------------------------------------------------


def attempts_that_reached(moments: Sequence[Moment]) -> list[float]:
    """Beginnings of the attempts for which a connection came about."""
    reached: dict[float, bool] = {}
    for _, row in moments:
        if row.last_attempt_at is not None and not row.attempting:
            failed = row.problem is not None and row.problem.code in UNREACHED
            reached.setdefault(row.last_attempt_at, not failed)
    return [moment for moment, did in reached.items() if did]


def busiest(moments: Sequence[float], window: float) -> int:
    """The most of `moments` (ascending) that lie within any `window` seconds."""
    most, first = 0, 0
    for number, moment in enumerate(moments):
        while moment - moments[first] >= window:
            first += 1
        most = max(most, number - first + 1)
    return most
