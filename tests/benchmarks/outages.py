"""How long a killed or frozen server goes unnoticed, and how long a returned one."""

from __future__ import annotations

import contextlib
import functools
import random
import sys
import time
from collections.abc import Callable, Iterator

from movie_director.core.model import State

from tests.servers.comfyui import ComfyServer
from tests.servers.http_client import exchange
from tests.servers.process import comfyui_process

from .figures import Figure, Limit, Scale, at_most, not_run
from .pacing import pause, side_by_side
from .watched import Watched, is_connected, is_lost, is_streaming, is_waiting

_KILL_SEEN = (Limit("median", 0.7), Limit("p95", 1.5))
_FREEZE_SEEN = 13.0
_UP_AGAIN = 2.0
_CHECK_INTERVAL = 4.0
"""Faults begin at random moments of this period, the default's."""
_AT_ONCE = 6
_SEED = 2

_EACH_ANEW = "default policy, at random moments; a fresh manager each, as one may try only 10 times a minute"


# --- killed -------------------------------------------------------------------------------------------------


def measure_killed(scale: Scale) -> Iterator[Figure]:
    moments = random.Random(_SEED)
    many, few = scale.pick(4, 100, 1000), scale.pick(1, 12, 50)
    for count, name, kill in (
        (many, "killed in process, stream open", lambda phase: _kill_in_process(phase, stream=True)),
        (many, "killed in process, stream refused", lambda phase: _kill_in_process(phase, stream=False)),
        (few, "kill -9, stream open", lambda phase: _kill_process(phase, stream=True)),
        (few, "kill -9, stream refused", lambda phase: _kill_process(phase, stream=False)),
    ):
        yield Figure(name, "s", _at_random_moments(kill, count, moments), _KILL_SEEN, note=_EACH_ANEW)


def _at_random_moments(
    work: Callable[[float], float], count: int, moments: random.Random
) -> tuple[float, ...]:
    phases = [moments.uniform(0.0, _CHECK_INTERVAL) for _ in range(count)]
    return tuple(side_by_side(lambda number: work(phases[number]), count, _AT_ONCE))


def _kill_in_process(phase: float, *, stream: bool) -> float:
    with ComfyServer() as server:
        server.faults.websocket_status = None if stream else 403
        with Watched(server.url) as watched:
            return _time_to_loss(watched, phase, server.kill, stream=stream)


def _kill_process(phase: float, *, stream: bool) -> float:
    with comfyui_process() as process:
        if not stream:
            _set_fault(process.url, websocket_status=403)
        with Watched(process.url) as watched:
            return _time_to_loss(watched, phase, process.kill, stream=stream)


def _set_fault(url: str, **faults: object) -> None:
    answer = exchange(f"{url}/__control", "POST", json_body={"faults": faults})
    if answer.status != 200:
        raise RuntimeError(f"the server takes no faults: {answer.status}")


def _time_to_loss(watched: Watched, phase: float, strike: Callable[[], None], *, stream: bool) -> float:
    watched.now_or_next(is_streaming if stream else is_connected)
    pause(phase)
    struck = time.monotonic()
    strike()
    return watched.after(struck, is_lost).at - struck


# --- frozen -------------------------------------------------------------------------------------------------


def measure_frozen(scale: Scale) -> Iterator[Figure]:
    if sys.platform == "win32":
        yield not_run("frozen seen", "s", "Windows has no SIGSTOP")
        return
    moments = random.Random(_SEED)
    count = scale.pick(1, 8, 40)
    phases = [moments.uniform(0.0, _CHECK_INTERVAL) for _ in range(count)]
    pairs = side_by_side(lambda number: _freeze_and_thaw(phases[number]), count, _AT_ONCE)
    note = "SIGSTOP to a server process at random moments, default policy, stream open, nothing at work"
    seen = tuple(seen for seen, _ in pairs)
    yield Figure("frozen seen", "s", seen, at_most(_FREEZE_SEEN), note=note)
    thaw = "from SIGCONT, after the freeze was seen, to CONNECTED; default policy"
    yield Figure("up again after a thaw", "s", tuple(up for _, up in pairs), at_most(_UP_AGAIN), note=thaw)


def _freeze_and_thaw(phase: float) -> tuple[float, float]:
    with comfyui_process() as process, Watched(process.url) as watched:
        seen = _time_to_loss(watched, phase, process.freeze, stream=True)
        watched.now_or_next(is_waiting)
        thawed = time.monotonic()
        process.thaw()
        return seen, watched.after(thawed, lambda row: not is_lost(row)).at - thawed


# --- up again -----------------------------------------------------------------------------------------------


def measure_return(scale: Scale) -> Iterator[Figure]:
    soon = scale.pick(2, 30, 200)
    late = scale.pick(1, 6, 60)
    moments = random.Random(_SEED)
    note = "from the moment the port answers to CONNECTED; default policy; SUSPENDED is reached after 26 s"
    for name, count, state in (
        ("up again from RECONNECTING", soon, State.RECONNECTING),
        ("up again from SUSPENDED", late, State.SUSPENDED),
    ):
        values = _at_random_moments(functools.partial(_return_from, state), count, moments)
        yield Figure(name, "s", values, at_most(_UP_AGAIN), note=note)


def _return_from(state: State, phase: float) -> float:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(ComfyServer())
        watched = stack.enter_context(Watched(server.url))
        watched.now_or_next(is_streaming)
        killed = time.monotonic()
        server.kill()
        watched.after(killed, lambda row: row.state is state and not row.attempting)
        pause(phase)
        server.start()
        answering = time.monotonic()
        return watched.after(answering, lambda row: not is_lost(row)).at - answering
