# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules behind the transition table: each says what one event does to a connection.

A rule is a pure function (connection, event, now) → (connection, effects). Which rule answers which
event in which state stands in `core.transitions`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from .connection import Breaker, Connection
from .errors import UNREACHED, Problem, ProblemCode
from .events import (
    Answered,
    Blocked,
    BreakerClosed,
    CheckFailed,
    CheckPassed,
    Effect,
    Event,
    Failed,
    PortClosed,
    Reconfigure,
    Retime,
    StreamFailed,
)
from .model import Health, State, Stream

Effects: TypeAlias = tuple[Effect, ...]
Rule: TypeAlias = Callable[[Connection, Event, float], tuple[Connection, Effects]]

_MUTE_CODES = frozenset({ProblemCode.NO_ANSWER})
_NONSENSE = frozenset(
    {
        ProblemCode.NOT_HTTP,
        ProblemCode.NEEDS_HTTP,
        ProblemCode.NEEDS_HTTPS,
        ProblemCode.REDIRECTED,
        ProblemCode.MALFORMED,
        ProblemCode.TOO_LARGE,
        ProblemCode.WRONG_PROGRAM,
    }
)
"""Answers that no work explains."""


# --- attempts -------------------------------------------------------------------------------


def _earliest(connection: Connection, now: float, *, limited: bool = True) -> float:
    """The first moment at which the next attempt may start."""
    policy, recent = connection.policy, connection.recent
    moment = now
    if connection.last_attempt_at is not None:
        moment = max(moment, connection.last_attempt_at + policy.attempt_spacing)
    if limited and len(recent) >= policy.attempts_per_minute:
        moment = max(moment, recent[-policy.attempts_per_minute] + 60.0)
    return moment


def _begin(connection: Connection, now: float, *, limited: bool = True) -> tuple[Connection, Effects]:
    """Start an attempt, or set `due` to the moment when it may start."""
    moment = _earliest(connection, now, limited=limited)
    if moment > now:
        return replace(connection, due=moment, returning=False), ()
    recent = (*connection.recent, now)[-connection.policy.attempts_per_minute :]
    begun = replace(
        connection, due=None, attempting=True, returning=False, recent=recent, last_attempt_at=now
    )
    return begun, (Effect.CLOSE, Effect.ATTEMPT)


def _fresh(connection: Connection) -> Connection:
    """Forget the outage and everything learned about the peer, but not when attempts were made."""
    return Connection(
        policy=connection.policy,
        recent=connection.recent,
        last_attempt_at=connection.last_attempt_at,
        seen=connection.seen,
    )


def enable(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    return _begin(replace(_fresh(connection), state=State.CONNECTING, seen=False), now, limited=False)


def disable(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    return replace(_fresh(connection), seen=False), (Effect.CLOSE, Effect.RESET_BREAKER)


def reconfigure(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    assert isinstance(event, Reconfigure)
    anew = replace(_fresh(connection), policy=event.policy, state=State.CONNECTING, seen=False)
    begun, effects = _begin(anew, now, limited=False)
    return begun, _closing_first(Effect.RESET_BREAKER, effects)


def keep_policy(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    assert isinstance(event, Reconfigure)
    return replace(connection, policy=event.policy), ()


def retime(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    """The wait that goes on is as long as if it had begun with these times."""
    assert isinstance(event, Retime)
    anew = replace(connection, policy=event.policy)
    longer = _wait(anew) - _wait(connection)
    if connection.due is None or not longer:
        return anew, ()
    earliest = now if connection.state is State.CONNECTED else _earliest(anew, now)
    due = min(connection.due + longer, now + _wait(anew))
    return replace(anew, due=max(due, earliest)), ()


def _wait(connection: Connection) -> float:
    """Seconds that the user may set, of the wait that goes on."""
    if connection.state is State.CONNECTED and not connection.failures:
        return connection.policy.check_interval
    if connection.state in (State.SUSPENDED, State.FAILED):
        return connection.policy.breaker_interval
    return 0.0


def retry_now(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    begun, effects = _begin(replace(_fresh(connection), state=State.CONNECTING), now, limited=False)
    return begun, _closing_first(Effect.RESET_BREAKER, effects)


def _closing_first(effect: Effect, effects: Effects) -> Effects:
    """A new beginning closes the old client even when the attempt itself must still wait."""
    return (Effect.CLOSE, effect, *(each for each in effects if each is not Effect.CLOSE))


def wake_waiting(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    state = State.RECONNECTING if connection.seen else State.DISCONNECTED
    anew = replace(_fresh(connection), state=state, since=connection.since, problem=connection.problem)
    return replace(anew, due=_earliest(anew, now)), (Effect.CLOSE, Effect.RESET_BREAKER)


def nothing(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    return connection, ()


def due_attempt(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    return _begin(connection, now)


def due_connecting(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    if connection.returning:
        return replace(connection, due=None), (Effect.CHECK,)
    return _begin(connection, now, limited=False)


def port_opened(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    awake = replace(connection, mute=False)
    begun, effects = _begin(awake, now)
    return (replace(begun, state=State.CONNECTING) if effects else begun), effects


def answered(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    assert isinstance(event, Answered)
    opened = replace(
        connection,
        attempting=False,
        mute=False,
        problem=event.problem,
        failures=0,
        nonsense=0,
        latency=event.latency,
        working=event.working,
        answered_at=now,
        stream=event.stream,
        stream_at=now,
    )
    if connection.seen:
        due = now + connection.policy.confirm_interval
        return replace(opened, state=State.CONNECTING, returning=True, due=due), ()
    return _connected(opened, now)


def _connected(connection: Connection, now: float) -> tuple[Connection, Effects]:
    up = replace(
        connection,
        state=State.CONNECTED,
        seen=True,
        attempt=0,
        returning=False,
        problem=connection.problem if connection.stream is Stream.MISSING else None,
        due=now + connection.policy.check_interval,
    )
    return replace(up, health=_health(up)), (Effect.READ_FACTS,)


def attempt_failed(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    assert isinstance(event, Failed)
    count = connection.attempt + 1
    down = replace(
        _down(connection, event.problem),
        attempt=count,
        mute=event.problem.code in _MUTE_CODES,
        recent=connection.recent if _reached_a_program(event.problem) else connection.recent[:-1],
    )
    if connection.breaker is not Breaker.CLOSED:
        due = now + connection.policy.breaker_interval
        return replace(down, state=State.SUSPENDED, due=due), (Effect.CLOSE,)
    delay = connection.policy.backoff.delay(count, event.jitter)
    due = max(now + delay, _earliest(down, now))
    return replace(down, state=_outage_state(connection), due=due), (Effect.CLOSE,)


def _reached_a_program(what: Problem) -> bool:
    """Whether somebody was asked for something, be it in vain: who kept silent may have worked on it."""
    if what.code is ProblemCode.NOT_FOUND:
        return bool(what.met or what.parameter("silent"))
    return what.code not in UNREACHED


def blocked(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    """The user is needed; where time may help too (another program may go away), look again rarely."""
    assert isinstance(event, Blocked)
    due = now + connection.policy.breaker_interval if event.problem.retry else None
    return replace(_down(connection, event.problem), state=State.FAILED, due=due), (Effect.CLOSE,)


def _down(connection: Connection, what: Problem) -> Connection:
    """The parts of an outage that are the same however it came about."""
    return replace(
        connection,
        attempting=False,
        returning=False,
        problem=what,
        health=None,
        failures=0,
        nonsense=0,
        stream=Stream.NONE,
        working=False,
        mute=False,
    )


def _outage_state(connection: Connection) -> State:
    return State.RECONNECTING if connection.seen else State.DISCONNECTED


# --- breaker --------------------------------------------------------------------------------


def breaker_opened(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    due = now + connection.policy.breaker_interval
    return replace(connection, breaker=Breaker.OPEN, state=State.SUSPENDED, due=due), ()


def breaker_noted(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    noted = Breaker.CLOSED if isinstance(event, BreakerClosed) else Breaker.HALF_OPEN
    return replace(connection, breaker=noted), ()


# --- while connected ------------------------------------------------------------------------


def _health(connection: Connection) -> Health:
    late = connection.latency is not None and connection.latency > connection.policy.slow_answer
    if connection.failures or late:
        return Health.BUSY if connection.working and not connection.nonsense else Health.DEGRADED
    return Health.DEGRADED if connection.stream is Stream.MISSING else Health.READY


def _lost(connection: Connection, what: Problem, now: float) -> tuple[Connection, Effects]:
    """An outage begins: the first attempt follows as soon as it may."""
    down = replace(
        _down(connection, what), state=State.RECONNECTING, attempt=0, mute=what.code in _MUTE_CODES
    )
    return replace(down, due=_earliest(down, now)), (Effect.CLOSE,)


def due_check(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    return replace(connection, due=None), (Effect.CHECK,)


def check_passed(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    assert isinstance(event, CheckPassed)
    well = replace(
        connection,
        failures=0,
        nonsense=0,
        latency=event.latency,
        working=event.working,
        answered_at=now,
        due=now + connection.policy.check_interval,
    )
    problem = connection.problem if well.stream is Stream.MISSING and not connection.failures else None
    well = replace(well, health=_health(well), problem=problem)
    if well.stream is Stream.MISSING and now >= well.stream_at + well.policy.stream_retry:
        return replace(well, stream_at=now), (Effect.OPEN_STREAM,)
    return well, ()


def check_failed(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    assert isinstance(event, CheckFailed)
    policy = connection.policy
    ill = replace(
        connection,
        failures=connection.failures + 1,
        nonsense=connection.nonsense + 1 if event.problem.code in _NONSENSE else 0,
        problem=event.problem,
        working=event.working,
    )
    if event.gone:
        return _lost(ill, event.problem, now)
    if ill.working and ill.nonsense < policy.checks_until_down:
        # Silence, and failures that it admits, may come from its work.
        down = now - ill.answered_at >= policy.busy_limit
    else:
        down = ill.failures >= policy.checks_until_down
    if down:
        return _lost(ill, event.problem, now)
    return replace(ill, health=_health(ill), due=now + policy.recheck_interval), ()


def confirmed(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    assert isinstance(event, CheckPassed)
    return _connected(replace(connection, latency=event.latency, working=event.working, answered_at=now), now)


def not_confirmed(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    assert isinstance(event, CheckFailed)
    reached = replace(connection, recent=(*connection.recent, now))
    return attempt_failed(reached, Failed(event.problem, 0.0), now)


def port_closed(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    assert isinstance(event, PortClosed)
    return _lost(connection, event.problem, now)


def stream_opened(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    back = replace(connection, stream=Stream.OPEN, stream_at=now)
    if not back.failures:
        back = replace(back, problem=None)
    return replace(back, health=_health(back)), ()


def stream_failed(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    """A lost stream is the first sign of a dead server, so its health is checked at once.

    A stream that had held for a while is opened again right after that check; one that was refused,
    or broke soon after it was opened, waits for `stream_retry`.
    """
    assert isinstance(event, StreamFailed)
    was_open = connection.stream is Stream.OPEN
    held = was_open and now - connection.stream_at >= connection.policy.stream_retry
    without = replace(
        connection,
        stream=Stream.MISSING,
        stream_at=now - connection.policy.stream_retry if held else now,
        problem=event.problem,
    )
    without = replace(without, health=_health(without))
    if was_open and connection.due is not None:
        return replace(without, due=None), (Effect.CHECK,)
    return without, ()


def stream_failed_early(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    assert isinstance(event, StreamFailed)
    return replace(connection, stream=Stream.MISSING, stream_at=now, problem=event.problem), ()


def look_again(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    return replace(connection, due=None), (Effect.CHECK, Effect.READ_FACTS)


def wake_connected(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    stream = Stream.NONE if connection.stream is Stream.NONE else Stream.MISSING
    renewed = replace(
        connection, stream=stream, stream_at=now - connection.policy.stream_retry, due=None, answered_at=now
    )
    return renewed, (Effect.RENEW, Effect.CHECK)
