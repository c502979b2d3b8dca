# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets with a time limit for the whole conversation, which another thread can cut at any moment."""

from __future__ import annotations

import contextlib
import math
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from ..core.errors import Cancelled

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

Result = TypeVar("Result")

_LOOK_AROUND = 0.25
"""Longest wait of one system call. Windows does not promise that shutdown() ends the wait of another thread,
so every wait looks up this often to see whether the socket was cut."""

_READ_AT_ONCE = 256 * 1024
"""A peer that announces a huge body must not make us allocate it beforehand."""


class SocketRegistry:
    """The open sockets of one owner.

    A descriptor is closed by the thread that uses it; other threads only shut the connection down, which
    ends a blocked read, write or select. Both happen under one lock: a descriptor that is closed at the
    same moment may already belong to somebody else's new file.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()  # reentrant: the garbage collector may close a socket while it is held
        self._open: set[OwnedSocket] = set()

    def __len__(self) -> int:
        with self.lock:
            return len(self._open)

    def add(self, sock: OwnedSocket) -> None:
        with self.lock:
            sock.registry = self
            self._open.add(sock)

    def replace(self, old: OwnedSocket, new: OwnedSocket) -> None:
        """Let `new` take the place of `old`, of which it took over the descriptor (TLS)."""
        with self.lock:
            self._open.discard(old)
            self.add(new)
            if old.dropped:
                new.drop()

    def remove(self, sock: OwnedSocket) -> None:
        with self.lock:
            self._open.discard(sock)

    def drop_all(self) -> None:
        with self.lock:
            for sock in tuple(self._open):  # the garbage collector may close others meanwhile
                sock.drop()
            self._open.clear()


class OwnedSocket(socket.socket):
    """A TCP socket whose reads and writes end by `deadline`, and raise `Cancelled` once it was dropped.

    `TimeoutError` always means that a limit of ours is over: `deadline`, or the time-out of one operation.
    """

    registry: SocketRegistry | None = None
    dropped = False
    received = 0
    """Bytes read so far (under TLS: of the plain text)."""
    deadline: float | None = None
    """Monotonic instant after which every operation raises `TimeoutError`; None for no limit."""
    _timeout: float | None = None
    _armed: float | None = None

    def drop(self) -> None:
        """Cut the connection, from any thread. The descriptor stays open until its user closes it."""
        with self.registry.lock if self.registry else contextlib.nullcontext():
            self.dropped = True
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self, socket.SHUT_RDWR)  # SSLSocket.shutdown forgets its keys

    def close(self) -> None:
        registry = self.registry
        if registry is None:
            super().close()
            return
        with registry.lock:
            super().close()
            if self.fileno() == -1:  # otherwise a file made of this socket still holds it open
                registry.remove(self)

    def settimeout(self, value: float | None) -> None:
        self._timeout = self._armed = value
        super().settimeout(value)

    def gettimeout(self) -> float | None:
        return self._timeout

    def setblocking(self, flag: bool) -> None:
        self.settimeout(None if flag else 0.0)

    def recv(self, bufsize: int = 1024, flags: int = 0) -> bytes:
        data = self._within_limits(super().recv, min(bufsize, _READ_AT_ONCE), flags)
        self._count(len(data), bufsize)
        return data

    def recv_into(self, buffer: WriteableBuffer, nbytes: int | None = None, flags: int = 0) -> int:
        wanted = nbytes or memoryview(buffer).nbytes
        count = self._within_limits(super().recv_into, buffer, wanted, flags)
        self._count(count, wanted)
        return count

    def send(self, data: ReadableBuffer, flags: int = 0) -> int:
        return self._within_limits(super().send, data, flags)

    def sendall(self, data: ReadableBuffer, flags: int = 0) -> None:
        with memoryview(data) as view, view.cast("B") as rest:
            sent = 0
            while sent < len(rest):
                sent += self.send(rest[sent:], flags)

    def _count(self, count: int, wanted: int) -> None:
        self.received += count
        if not count and wanted:
            self._check_dropped()

    def _check_dropped(self) -> None:
        if self.dropped:
            raise Cancelled("the connection was closed by ourselves")

    def _within_limits(self, operation: Callable[..., Result], *arguments: Any) -> Result:
        if self._timeout == 0:
            return operation(*arguments)
        limit = self._limit()
        while True:
            self._check_dropped()
            remaining = limit - time.monotonic()
            if remaining <= 0:
                raise TimeoutError("timed out")
            self._arm(min(remaining, _LOOK_AROUND))
            try:
                return operation(*arguments)
            except TimeoutError as error:
                if error.errno is not None:  # ETIMEDOUT: the system gave the peer up
                    raise ConnectionAbortedError(error.errno, error.strerror) from error
            except OSError:
                self._check_dropped()
                raise

    def _limit(self) -> float:
        limit = math.inf if self.deadline is None else self.deadline
        return limit if self._timeout is None else min(limit, time.monotonic() + self._timeout)

    def _arm(self, seconds: float) -> None:
        if seconds != self._armed:
            super().settimeout(seconds)
            self._armed = seconds


class OwnedTlsSocket(OwnedSocket, ssl.SSLSocket):
    """The same under TLS; made by an `ssl.SSLContext` whose `sslsocket_class` it is."""

    def do_handshake(self, block: bool = False) -> None:
        self._within_limits(super().do_handshake, block)

    def getpeername(self) -> Any:
        """Empty once the peer has reset the connection.

        SSLSocket would take the error for "not connected yet", try to read, and lose the descriptor.
        """
        try:
            return super().getpeername()
        except OSError:
            return ()
