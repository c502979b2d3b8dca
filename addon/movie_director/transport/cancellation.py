# SPDX-License-Identifier: GPL-3.0-or-later
"""A request to stop that also ends a wait in a selector."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time

from ..core.errors import Cancelled


class Cancellation:
    """Set from any thread; the waiting thread has it among the things that its selector watches.

    `wake` only ends the wait, so that the waiting thread looks at what else may have happened.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def fileno(self) -> int:
        return self._reader.fileno()

    def cancel(self) -> None:
        self._cancelled = True
        self.wake()

    def wake(self) -> None:
        # Under the lock: else close() in between could hand the number of our descriptor to somebody else.
        with self._lock, contextlib.suppress(OSError):
            self._writer.send(b"\0")

    def check(self) -> None:
        """Take note of wake-ups; raise `Cancelled` if cancelled."""
        with contextlib.suppress(BlockingIOError):
            self._reader.recv(4096)
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
        with self._lock:
            self._reader.close()
            self._writer.close()
