# SPDX-License-Identifier: GPL-3.0-or-later
"""The transition table: which pairs of state and event exist, and what is read off a connection."""

from __future__ import annotations

from dataclasses import replace

import pytest
from movie_director.core import events as happened
from movie_director.core.connection import Breaker, Connection, holds_request, port_is_closed, watches_port
from movie_director.core.endpoint import Endpoint
from movie_director.core.errors import IllegalTransition, ProblemCode, problem
from movie_director.core.events import (
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
from movie_director.core.model import State, Stream
from movie_director.core.settings import Policy
from movie_director.core.transitions import TRANSITIONS, step

from tests.connection_life import REFUSED, SILENT, STRANGER, STREAM_LOST

ALL_EVENTS = [
    Enable(),
    Disable(),
    Reconfigure(Policy()),
    Retime(Policy()),
    RetryNow(),
    Wake(),
    Elapsed(),
    Answered(0.01, False, Stream.OPEN),
    Failed(REFUSED, 0.0),
    Blocked(STRANGER),
    CheckPassed(0.01, False),
    CheckFailed(SILENT, gone=False),
    StreamOpened(),
    StreamFailed(STREAM_LOST),
    PortOpened(),
    PortClosed(REFUSED),
    BreakerOpened(),
    BreakerHalfOpened(),
    BreakerClosed(),
]


# One line per state, one column per event in the order of ALL_EVENTS; "." has no row.
LEGAL = {
    State.DISABLED: "E.RTNW............C",
    State.DISCONNECTED: ".DRTNWLAFB....O.!HC",
    State.CONNECTING: ".DRTNWLAFBPX.S...HC",
    State.CONNECTED: ".DRTNWL..BPXoS.c..C",
    State.RECONNECTING: ".DRTNWLAFB....O.!HC",
    State.SUSPENDED: ".DRTNWLAFB....O.!HC",
    State.FAILED: ".DRTNWLAFB....O..HC",
}


def typical(state: State) -> Connection:
    """A connection as it really occurs in this state, since second 1."""
    return Connection(
        state=state,
        due=5.0,
        since=1.0,
        seen=state is State.RECONNECTING,
        breaker=Breaker.OPEN if state is State.SUSPENDED else Breaker.CLOSED,
    )


def test_the_table_knows_every_event() -> None:
    defined = {
        each
        for each in vars(happened).values()
        if isinstance(each, type) and issubclass(each, Event) and each is not Event
    }
    assert defined == {type(event) for event in ALL_EVENTS}


@pytest.mark.parametrize("state", list(State))
def test_every_pair_is_a_legal_row_or_an_illegal_transition(state: State) -> None:
    for event, mark in zip(ALL_EVENTS, LEGAL[state], strict=True):
        connection = typical(state)
        if mark == ".":
            with pytest.raises(IllegalTransition):
                step(connection, event, 10.0)
        else:
            after, _ = step(connection, event, 10.0)
            assert after.state in TRANSITIONS[state, type(event)].to
            assert after.since == (10.0 if after.state is not state else 1.0)


def test_the_port_is_watched_unless_something_better_tells() -> None:
    down = Connection(state=State.SUSPENDED)
    up = Connection(state=State.CONNECTED, stream=Stream.OPEN)
    assert watches_port(down)
    assert not watches_port(replace(down, attempting=True))
    assert not watches_port(replace(down, mute=True))
    assert not watches_port(up)
    assert watches_port(replace(up, stream=Stream.MISSING))
    assert not watches_port(replace(up, stream=Stream.MISSING, failures=1))
    assert not watches_port(Connection(state=State.DISABLED))


def test_a_request_is_held_only_at_a_mute_peer() -> None:
    down = Connection(state=State.RECONNECTING, mute=True)
    assert holds_request(down)
    assert not holds_request(replace(down, mute=False))
    assert not holds_request(replace(down, attempting=True))
    assert not holds_request(replace(down, state=State.CONNECTED))


@pytest.mark.parametrize(
    ("code", "host", "closed"),
    [
        (ProblemCode.REFUSED, "127.0.0.1", True),
        (ProblemCode.REFUSED, "render.example", True),
        (ProblemCode.CONNECT_TIMEOUT, "127.0.0.1", True),
        (ProblemCode.CONNECT_TIMEOUT, "render.example", False),
        (ProblemCode.NO_ANSWER, "127.0.0.1", False),
    ],
)
def test_what_proves_that_nothing_listens(code: ProblemCode, host: str, closed: bool) -> None:
    assert port_is_closed(problem(code), Endpoint("http", host, 8188)) is closed
