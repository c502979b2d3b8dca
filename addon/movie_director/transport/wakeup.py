# SPDX-License-Identifier: GPL-3.0-or-later
"""A bell that another thread can ring while one waits in a selector."""

from __future__ import annotations

import contextlib
import socket
import threading


class Wakeup:
    """One end to select on, one end to ring. A socket pair, because Windows selects on nothing else."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def fileno(self) -> int:
        return self._reader.fileno()

    def ring(self) -> None:
        """Make the reader readable; never blocks, may be called from any thread and after `close`."""
        # Under the lock: else close() in between could hand the number of the descriptor to somebody else.
        # An error is nothing: a full buffer rings already, a closed bell has no listener.
        with self._lock, contextlib.suppress(OSError):
            self._writer.send(b"\0")

    def clear(self) -> None:
        """Make the reader silent again."""
        with contextlib.suppress(OSError):
            while self._reader.recv(4096):
                pass

    def close(self) -> None:
        with self._lock:
            self._reader.close()
            self._writer.close()
