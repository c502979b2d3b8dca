# SPDX-License-Identifier: GPL-3.0-or-later
"""The clocks, as something that a test can replace; and how a computer's sleep is noticed by them."""

from __future__ import annotations

import time
from typing import Protocol

_JUMP = 5.0
"""Seconds by which the clocks must part before it counts as sleep: more than any clock correction
that happens in small steps, less than any sleep that cuts connections."""


class Clock(Protocol):
    """Two readings in seconds."""

    def monotonic(self) -> float:
        """For waits and durations; stands still or not while the computer sleeps."""

    def wall(self) -> float:
        """Seconds since 1970, for people; may jump."""


class SystemClock:
    """The clocks of this computer."""

    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()


class SleepDetector:
    """Notices that wall and monotonic clock parted, as they do when a computer sleeps.

    Somebody who sets the clock by hand looks the same; then connections are merely verified once.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset = self._read()
        self._overslept = False

    def note_wait(self, planned: float | None, took: float) -> None:
        """A wait that took far longer than planned was a sleep too: on Windows both clocks count it."""
        self._overslept |= planned is not None and took > planned + _JUMP

    def slept(self) -> bool:
        """Whether the computer slept since the last call."""
        offset = self._read()
        jumped = abs(offset - self._offset) > _JUMP or self._overslept
        self._offset, self._overslept = offset, False
        return jumped

    def _read(self) -> float:
        return self._clock.wall() - self._clock.monotonic()
