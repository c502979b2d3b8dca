# SPDX-License-Identifier: GPL-3.0-or-later
"""The memory of one connection, and what follows from it without an event.

How it changes is `core.transitions`' business alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from .endpoint import Endpoint
from .errors import Problem, ProblemCode
from .model import Health, State, Stream
from .settings import Policy

WAITING = (State.DISCONNECTED, State.RECONNECTING, State.SUSPENDED)
"""The states in which nothing is connected and another attempt will follow."""


class Breaker(str, Enum):
    """The circuit breaker as the core knows it."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True)
class Connection:
    """The whole memory of one connection. All times are monotonic seconds."""

    policy: Policy = field(default_factory=Policy)
    state: State = State.DISABLED
    since: float = 0.0
    due: float | None = None
    """When `Elapsed` is to be sent; None while an effect is under way or nothing is awaited."""
    problem: Problem | None = None
    breaker: Breaker = Breaker.CLOSED
    # attempts
    attempt: int = 0
    """Failed attempts in a row."""
    attempting: bool = False
    last_attempt_at: float | None = None
    recent: tuple[float, ...] = ()
    """Starts of the last attempts that reached a program, for the limit per minute."""
    seen: bool = False
    """It was connected since it was enabled or configured."""
    returning: bool = False
    """One success after an outage was seen; a second must confirm it."""
    mute: bool = False
    """The peer accepts connections but does not answer."""
    # while connected
    health: Health | None = None
    latency: float | None = None
    working: bool = False
    """The service was at work at its last good answer."""
    failures: int = 0
    """Failed checks in a row."""
    nonsense: int = 0
    """Checks in a row that were answered, but not as the service would: it does not only take its time."""
    answered_at: float = 0.0
    stream: Stream = Stream.NONE
    stream_at: float = 0.0
    """When the stream was last opened or tried."""


def port_is_closed(what: Problem, endpoint: Endpoint) -> bool:
    """Whether a problem proves that nothing listens at the endpoint.

    A loopback connect that times out counts: Windows answers a closed port with silence.
    """
    if what.code is ProblemCode.REFUSED:
        return True
    return what.code is ProblemCode.CONNECT_TIMEOUT and endpoint.is_loopback


def watches_port(connection: Connection) -> bool:
    """Whether bare TCP connects should look for the port opening or closing.

    Not while a stream is open (it tells sooner), and not while the peer is mute: its backlog
    accepts connections that nobody will ever serve.
    """
    if connection.mute or connection.attempting:
        return False
    if connection.state is State.CONNECTED:
        return connection.stream is not Stream.OPEN and connection.failures == 0
    return connection.state in WAITING or connection.state is State.FAILED


def holds_request(connection: Connection) -> bool:
    """Whether one request should be held open at a mute peer, so that its answer or death is noticed."""
    return connection.mute and not connection.attempting and connection.state in WAITING
