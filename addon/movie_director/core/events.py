# SPDX-License-Identifier: GPL-3.0-or-later
"""What can happen to a connection (events), and what is then to be done (effects)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .errors import Problem
from .model import Stream
from .settings import Policy

# --- events: what happened -------------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """Base of everything that can happen to a connection."""


@dataclass(frozen=True)
class Enable(Event):
    """The user (or the start of the program) wants this service."""


@dataclass(frozen=True)
class Disable(Event):
    """The user does not want this service."""


@dataclass(frozen=True)
class Reconfigure(Event):
    """The settings of this service changed: what is connected is no longer what is wanted."""

    policy: Policy


@dataclass(frozen=True)
class Retime(Event):
    """Times and counts changed, and nothing else of the settings."""

    policy: Policy


@dataclass(frozen=True)
class RetryNow(Event):
    """The user asked to look again at once."""


@dataclass(frozen=True)
class Wake(Event):
    """The computer slept: every socket is suspect and old waits mean nothing."""


@dataclass(frozen=True)
class Elapsed(Event):
    """`Connection.due` has come."""


@dataclass(frozen=True)
class Answered(Event):
    """An attempt succeeded: the right program answers and the client is open.

    `problem` is that of a stream which could not be opened.
    """

    latency: float
    working: bool
    stream: Stream
    problem: Problem | None = None


@dataclass(frozen=True)
class Failed(Event):
    """An attempt failed in a way that time may mend; `jitter` in [0, 1)."""

    problem: Problem
    jitter: float


@dataclass(frozen=True)
class Blocked(Event):
    """An attempt or check failed in a way that only the user can mend."""

    problem: Problem


@dataclass(frozen=True)
class CheckPassed(Event):
    """A health check was answered by the right program."""

    latency: float
    working: bool


@dataclass(frozen=True)
class CheckFailed(Event):
    """A health check failed.

    `gone` when nothing listens at the port any more; `working` when the last thing that the service
    said, by whichever channel, was that it is at work.
    """

    problem: Problem
    gone: bool
    working: bool = False


@dataclass(frozen=True)
class StreamOpened(Event):
    """The second channel is open again."""


@dataclass(frozen=True)
class StreamFailed(Event):
    """The second channel was refused, cut, or has gone mute."""

    problem: Problem


@dataclass(frozen=True)
class PortOpened(Event):
    """Something begins to listen where nothing did, or a mute peer stirs."""


@dataclass(frozen=True)
class PortClosed(Event):
    """Nothing listens any more where the service was."""

    problem: Problem


@dataclass(frozen=True)
class BreakerOpened(Event):
    """Too many failures in a row."""


@dataclass(frozen=True)
class BreakerHalfOpened(Event):
    """A trial is allowed."""


@dataclass(frozen=True)
class BreakerClosed(Event):
    """A trial succeeded, or the breaker was reset."""


# --- effects: what is to be done -------------------------------------------------------------------


class Effect(str, Enum):
    """What the worker must do, in this order; each is answered by an event."""

    CLOSE = "close"
    """Close the client and every socket of it, for sure."""
    RESET_BREAKER = "reset breaker"
    ATTEMPT = "attempt"
    """Find and open the service → Answered, Failed or Blocked."""
    CHECK = "check"
    """Ask for a sign of life → CheckPassed, CheckFailed or Blocked."""
    OPEN_STREAM = "open stream"
    """→ StreamOpened or StreamFailed."""
    RENEW = "renew"
    """Drop the sockets but keep the client."""
    READ_FACTS = "read facts"
    """Read the heavier facts (models) again."""
