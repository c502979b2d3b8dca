# SPDX-License-Identifier: GPL-3.0-or-later
"""How a WebSocket is known to be dead although nothing closed it. Rules only: no socket, no clock."""

from __future__ import annotations

from enum import Enum

from ...core.facts import Queue

_DISAGREEMENTS = 2


class MuteDetector:
    """Notices a WebSocket to which ComfyUI no longer sends, although it is open and answers pings.

    That happens when two sockets shared one client id and the older one closed: the server then forgets
    the id, and with it the newer socket. It shows in the queue: each change is sent to every socket, so
    a WebSocket that told another length than HTTP does now, twice in a row, was left out.
    """

    def __init__(self) -> None:
        self._told: Queue | None = None
        self.was_told = False
        """Whether any status message came."""
        self._disagreements = 0

    def told(self, queue: Queue | None) -> None:
        """A status message came over the WebSocket."""
        self.was_told = True
        self._told = queue
        self._disagreements = 0

    def polled(self, queue: Queue | None) -> None:
        """An HTTP request told the queue."""
        if self._told is None or queue is None or queue == self._told:
            self._disagreements = 0
        else:
            self._disagreements += 1

    @property
    def is_mute(self) -> bool:
        return self._disagreements >= _DISAGREEMENTS


class Pulse(Enum):
    """What is to be done to know whether the other side lives."""

    BEATS = "nothing: it was heard recently"
    PING = "send a ping"
    STOPPED = "give up: a ping was not answered in time"


class Heartbeat:
    """Decides when to send a ping, and when silence means death. Times are monotonic seconds.

    Silence counts from the ping, not from the last message: if we ourselves stood still, such as during
    the sleep of the computer, the other side still gets its full time.
    """

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._pinged_at: float | None = None

    def check(self, now: float, heard_at: float, patience: float) -> Pulse:
        """Return what to do now; after `Pulse.PING` the ping counts as sent.

        `heard_at`: when anything last came. `patience`: how long a ping may stay unanswered.
        """
        if self._pinged_at is not None and self._pinged_at < heard_at:
            self._pinged_at = None
        if self._pinged_at is not None:
            return Pulse.STOPPED if now - self._pinged_at >= patience else Pulse.BEATS
        if now - heard_at >= self._interval:
            self._pinged_at = now
            return Pulse.PING
        return Pulse.BEATS
