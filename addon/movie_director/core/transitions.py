# SPDX-License-Identifier: GPL-3.0-or-later
"""How a connection changes: one table, and one function that reads it.

Together with its rules (`core.rules`) this is the only place that decides when to try, when to give
up for a while, and when a service counts as up or down. It knows no thread, socket or clock: `step`
takes the time as an argument and returns what is to be done as `Effect` values. A pair of state and
event without a row raises `IllegalTransition` and changes nothing. docs/connection-states.md is
generated from `TRANSITIONS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from . import rules
from .connection import WAITING, Connection
from .errors import IllegalTransition
from .events import (
    Answered,
    Blocked,
    BreakerClosed,
    BreakerHalfOpened,
    BreakerOpened,
    CheckFailed,
    CheckPassed,
    Disable,
    Elapsed,
    Enable,
    Event,
    Failed,
    PortClosed,
    PortOpened,
    Reconfigure,
    Retime,
    RetryNow,
    StreamFailed,
    StreamOpened,
    Wake,
)
from .model import State
from .rules import Effects, Rule


def step(connection: Connection, event: Event, now: float) -> tuple[Connection, Effects]:
    """Return the connection after `event`, and what is to be done; raise `IllegalTransition`."""
    row = TRANSITIONS.get((connection.state, type(event)))
    if row is None:
        raise IllegalTransition(f"{type(event).__name__} in state {connection.state.value}")
    after, effects = row.rule(connection, event, now)
    since = connection.since if after.state is connection.state else now
    return replace(after, since=since), effects


@dataclass(frozen=True)
class Row:
    """One cell of the table: the rule, and every state in which it can end."""

    rule: Rule
    to: tuple[State, ...]


def _rows() -> Mapping[tuple[State, type[Event]], Row]:
    connecting = (State.CONNECTING,)
    outage = (State.DISCONNECTED, State.RECONNECTING, State.SUSPENDED)
    table: dict[tuple[State, type[Event]], Row] = {}

    def add(state: State, event: type[Event], rule: Rule, to: tuple[State, ...] = ()) -> None:
        table[state, event] = Row(rule, to or (state,))

    add(State.DISABLED, Enable, rules.enable, connecting)
    add(State.DISABLED, Reconfigure, rules.keep_policy)
    add(State.DISABLED, RetryNow, rules.nothing)
    add(State.DISABLED, Wake, rules.nothing)
    for state in State:
        add(state, BreakerClosed, rules.breaker_noted)
        add(state, Retime, rules.retime)
        if state is not State.DISABLED:
            add(state, Disable, rules.disable, (State.DISABLED,))
            add(state, Reconfigure, rules.reconfigure, connecting)

    for state in WAITING:
        ended = (State.SUSPENDED,) if state is State.SUSPENDED else (state, State.SUSPENDED)
        add(state, Elapsed, rules.due_attempt)
        add(state, Failed, rules.attempt_failed, ended)
        add(state, PortOpened, rules.port_opened, (state, State.CONNECTING))
        add(state, BreakerOpened, rules.breaker_opened, (State.SUSPENDED,))
        add(state, Wake, rules.wake_waiting, (State.DISCONNECTED, State.RECONNECTING))
    for state in (*WAITING, State.FAILED):
        add(state, RetryNow, rules.retry_now, connecting)
    for state in (*WAITING, State.CONNECTING, State.FAILED):
        add(state, Blocked, rules.blocked, (State.FAILED,))
        add(state, Answered, rules.answered, (State.CONNECTED, State.CONNECTING))
        add(state, BreakerHalfOpened, rules.breaker_noted)

    add(State.CONNECTING, Elapsed, rules.due_connecting)
    add(State.CONNECTING, RetryNow, rules.nothing)
    add(State.CONNECTING, Failed, rules.attempt_failed, outage)
    add(State.CONNECTING, CheckPassed, rules.confirmed, (State.CONNECTED,))
    add(State.CONNECTING, CheckFailed, rules.not_confirmed, outage)
    add(State.CONNECTING, StreamFailed, rules.stream_failed_early)
    add(State.CONNECTING, Wake, rules.wake_waiting, (State.DISCONNECTED, State.RECONNECTING))

    add(State.FAILED, PortOpened, rules.port_opened, (State.FAILED, State.CONNECTING))
    add(State.FAILED, Elapsed, rules.due_attempt)
    add(State.FAILED, Failed, rules.attempt_failed, outage)
    add(State.FAILED, Wake, rules.retry_now, connecting)

    lost = (State.CONNECTED, State.RECONNECTING)
    add(State.CONNECTED, Elapsed, rules.due_check)
    add(State.CONNECTED, CheckPassed, rules.check_passed)
    add(State.CONNECTED, CheckFailed, rules.check_failed, lost)
    add(State.CONNECTED, Blocked, rules.blocked, (State.FAILED,))
    add(State.CONNECTED, PortClosed, rules.port_closed, (State.RECONNECTING,))
    add(State.CONNECTED, StreamOpened, rules.stream_opened)
    add(State.CONNECTED, StreamFailed, rules.stream_failed)
    add(State.CONNECTED, RetryNow, rules.look_again)
    add(State.CONNECTED, Wake, rules.wake_connected)
    return table


TRANSITIONS: Mapping[tuple[State, type[Event]], Row] = _rows()
