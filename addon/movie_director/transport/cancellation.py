# SPDX-License-Identifier: GPL-3.0-or-later
"""A request to stop that also ends a wait in a selector."""

from __future__ import annotations

import selectors
import time

from ..core.errors import Cancelled
from .wakeup import Wakeup


class Cancellation:
    """Set from any thread; the waiting thread has it among the things that its selector watches.

    `wake` only ends the wait, so that the waiting thread looks at what else may have happened.
    """

    def __init__(self) -> None:
        self._wakeup = Wakeup()
        self._cancelled = False

    def fileno(self) -> int:
        return self._wakeup.fileno()

    def cancel(self) -> None:
        self._cancelled = True
        self._wakeup.ring()

    def wake(self) -> None:
        self._wakeup.ring()

    def check(self) -> None:
        """Take note of wake-ups; raise `Cancelled` if cancelled."""
        self._wakeup.clear()
        if self._cancelled:
            raise Cancelled("the connection was given up by ourselves")

    def wait(self, deadline: float) -> bool:
        """Wait until woken (True) or until `deadline` on the monotonic clock (False)."""
        with selectors.DefaultSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            woken = bool(selector.select(max(0.0, deadline - time.monotonic())))
        self.check()
        return woken

    def close(self) -> None:
        self._wakeup.close()
