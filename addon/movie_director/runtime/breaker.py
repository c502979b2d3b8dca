# SPDX-License-Identifier: GPL-3.0-or-later
"""pybreaker behind one door.

pybreaker's `call` holds a lock for as long as the guarded function runs, and its waiting time follows
the wall clock. So the function that it guards here only repeats an outcome that is already known:
pybreaker counts the failures and holds the state, and `core` decides on monotonic time when to try.
One breaker belongs to one worker thread.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from ..core.errors import ServiceError
from ..core.events import BreakerClosed, BreakerHalfOpened, BreakerOpened, Event
from ..transport import vendored

_NEVER = 10.0 * 365 * 24 * 3600
"""Seconds after which pybreaker would half-open by itself; `allow_trial` always comes before."""

_EVENTS: dict[str, type[Event]] = {
    "closed": BreakerClosed,
    "open": BreakerOpened,
    "half-open": BreakerHalfOpened,
}


class ServiceBreaker:
    """Counts outcomes; every method returns the events that its change of state brings."""

    def __init__(self, service: str, threshold: int) -> None:
        self._breaker = vendored.pybreaker.CircuitBreaker(
            fail_max=threshold, reset_timeout=_NEVER, name=service, throw_new_error_on_trip=False
        )

    def set_threshold(self, threshold: int) -> None:
        """So many failures in a row open it from now on; those that were counted stay."""
        self._breaker.fail_max = threshold

    def allow_trial(self) -> tuple[Event, ...]:
        """Half-open an open breaker, because the core decided to try."""
        is_open = self._breaker.current_state == vendored.pybreaker.STATE_OPEN
        return self._changes_by(self._breaker.half_open) if is_open else ()

    def note_success(self) -> tuple[Event, ...]:
        return self._changes_by(lambda: self._breaker.call(lambda: None))

    def note_failure(self, error: ServiceError) -> tuple[Event, ...]:
        def fail() -> None:
            raise error

        events = self._changes_by(lambda: self._breaker.call(fail))
        # pybreaker's frames and the error would hold each other, and with them all of the failed attempt,
        # until the garbage collector comes.
        error.__traceback__ = None
        return events

    def reset(self) -> tuple[Event, ...]:
        return self._changes_by(self._breaker.close)

    def _changes_by(self, action: Callable[[], object]) -> tuple[Event, ...]:
        before = self._breaker.current_state
        with contextlib.suppress(ServiceError):  # the outcome we told it, handed back
            action()
        after = self._breaker.current_state
        return () if after == before else (_EVENTS[after](),)
