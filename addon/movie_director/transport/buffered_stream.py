# SPDX-License-Identifier: GPL-3.0-or-later
"""A socket that is read ahead, so that many small frames cost few system calls."""

from __future__ import annotations

import contextlib
import time

from .owned_socket import OwnedSocket, OwnedTlsSocket

_READ_AHEAD = 64 * 1024
_HEAD_KEPT = 64


class BufferedStream:
    """What websocket-client takes for a socket. Used by one thread.

    `head_limit`: bytes that may arrive before `end_of_head`; a handshake has to end.
    """

    def __init__(self, sock: OwnedSocket, head_limit: int) -> None:
        self._sock = sock
        self._head_left: int | None = head_limit
        self.head = b""
        """The beginning of what came."""
        self._buffer = b""
        self._position = 0
        self.last_received_at = time.monotonic()

    def fileno(self) -> int:
        return self._sock.fileno()

    @property
    def has_buffered(self) -> bool:
        """Whether there is something to read although the descriptor may not be readable."""
        if self._position < len(self._buffer):
            return True
        return isinstance(self._sock, OwnedTlsSocket) and self.fileno() != -1 and self._sock.pending() > 0

    def limit(self, seconds: float) -> None:
        """End all that follows after `seconds` with a `TimeoutError`; with 0, do only what needs no wait."""
        self._sock.settimeout(None if seconds > 0 else 0.0)
        self._sock.deadline = time.monotonic() + seconds

    def end_of_head(self) -> None:
        self._head_left = None

    def gettimeout(self) -> float | None:
        return self._sock.gettimeout()

    def recv(self, count: int) -> bytes:
        """Between 1 and `count` bytes; b"" at the end. Raises what the socket raises."""
        if self._position >= len(self._buffer):
            self._fill()
        data = self._buffer[self._position : self._position + count]
        self._position += len(data)
        if self._head_left is not None:
            self._head_left -= len(data)
            if self._head_left < 0:
                raise ValueError("the answer to the handshake does not end")
        return data

    def send(self, data: bytes) -> int:
        self._sock.sendall(data)
        return len(data)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._sock.close()

    def _fill(self) -> None:
        self._buffer = self._sock.recv(_READ_AHEAD)
        self._position = 0
        if self._buffer:
            self.last_received_at = time.monotonic()
            self.head = self.head or self._buffer[:_HEAD_KEPT]
