# SPDX-License-Identifier: GPL-3.0-or-later
"""A bell that another thread can ring while one waits in a selector."""

from __future__ import annotations

import socket


class Wakeup:
    """One end to select on, one end to ring. A socket pair, because Windows selects on nothing else."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def fileno(self) -> int:
        return self._reader.fileno()

    def ring(self) -> None:
        """Make the reader readable; never blocks, may be called from any thread and after `close`."""
        try:
            self._writer.send(b"\0")
        except OSError:
            pass  # a full buffer rings already, a closed bell has no listener

    def clear(self) -> None:
        """Make the reader silent again."""
        try:
            while self._reader.recv(4096):
                pass
        except OSError:
            pass

    def close(self) -> None:
        self._reader.close()
        self._writer.close()
