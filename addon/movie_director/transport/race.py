# SPDX-License-Identifier: GPL-3.0-or-later
"""Connect to several addresses of one computer at once, and keep the first that answers (RFC 8305)."""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence

from .cancellation import Cancellation
from .owned_socket import OwnedSocket
from .resolve import Address

_IN_PROGRESS = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY, errno.EINTR, 10035, 10036})

# Where the system has them (macOS says TCP_KEEPALIVE for the first): a silent dead peer is known after 35 s.
_KEEP_ALIVE = (("TCP_KEEPIDLE", 20), ("TCP_KEEPALIVE", 20), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))


class RaceLost(Exception):
    """No address could be reached; `failures` has each with its errno."""

    def __init__(self, failures: list[tuple[str, int]]) -> None:
        super().__init__(failures)
        self.failures = failures


def race(
    addresses: Sequence[Address], stagger: float, deadline: float, cancellation: Cancellation
) -> tuple[OwnedSocket, Address]:
    """Return the first connection, blocking, with the address that it leads to; all others are closed.

    The next address is tried `stagger` seconds after the one before, or when all before it have failed.
    Raises `RaceLost`, also when `deadline` (monotonic) is over, or `Cancelled`.
    """
    with contextlib.closing(_Race(addresses, stagger, deadline, cancellation)) as running:
        return running.run()


class _Race:
    def __init__(
        self, addresses: Sequence[Address], stagger: float, deadline: float, cancellation: Cancellation
    ) -> None:
        self._waiting = deque(addresses)
        self._stagger = stagger
        self._deadline = deadline
        self._cancellation = cancellation
        self._next_start = 0.0
        self._running: dict[OwnedSocket, Address] = {}
        self._failures: list[tuple[str, int]] = []
        self._winner: tuple[OwnedSocket, Address] | None = None
        self._selector = selectors.DefaultSelector()
        self._selector.register(cancellation, selectors.EVENT_READ)

    def run(self) -> tuple[OwnedSocket, Address]:
        while self._winner is None:
            self._cancellation.check()
            now = time.monotonic()
            if now >= self._deadline:
                unfinished = [*self._running.values(), *self._waiting]
                raise RaceLost(self._failures + [(str(address), errno.ETIMEDOUT) for address in unfinished])
            if self._waiting and (not self._running or now >= self._next_start):
                self._start(self._waiting.popleft())
                self._next_start = now + self._stagger
            elif not self._running:
                raise RaceLost(self._failures)
            self._collect(now)
        sock, address = self._winner
        make_ready(sock)
        return sock, address

    def close(self) -> None:
        for sock in self._running:
            sock.close()
        self._selector.close()

    def _start(self, address: Address) -> None:
        sock, number = begin(address)
        if sock is None:
            self._failures.append((str(address), number))
            return
        self._running[sock] = address
        self._selector.register(sock, selectors.EVENT_WRITE)

    def _collect(self, now: float) -> None:
        """Wait for an outcome, at most until the next start, and note all outcomes."""
        until = min(self._deadline, self._next_start) if self._waiting else self._deadline
        for key, _ in self._selector.select(max(0.0, until - now) if self._running else 0.0):
            sock = key.fileobj
            if isinstance(sock, OwnedSocket):
                self._selector.unregister(sock)
                self._finish(sock)

    def _finish(self, sock: OwnedSocket) -> None:
        number = outcome(sock)
        if number or self._winner is not None:
            self._fail(sock, number)
        else:
            self._winner = sock, self._running.pop(sock)

    def _fail(self, sock: OwnedSocket, number: int) -> None:
        self._failures.append((str(self._running.pop(sock)), number))
        sock.close()


def begin(address: Address) -> tuple[OwnedSocket | None, int]:
    """Start to connect: a socket to be watched for writing; or None, and the errno of why not."""
    try:
        sock = OwnedSocket(address.family, socket.SOCK_STREAM)
    except OSError as error:  # this computer does not know the address family
        return None, error.errno or 0
    sock.setblocking(False)
    try:
        number = sock.connect_ex(address.sockaddr)
    except OSError as error:
        number = error.errno or 0
    if number in _IN_PROGRESS or number == 0:
        return sock, 0
    sock.close()
    return None, number


def outcome(sock: OwnedSocket) -> int:
    """0 if a socket that has become writable is connected, else the errno of why it is not."""
    number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return errno.ECONNREFUSED if number == 0 and is_connected_to_itself(sock) else number


def make_ready(sock: OwnedSocket) -> None:
    """Let a connected socket block, send at once, and notice a peer that is gone."""
    sock.setblocking(True)
    options = [(socket.IPPROTO_TCP, "TCP_NODELAY", 1), (socket.SOL_SOCKET, "SO_KEEPALIVE", 1)]
    options += [(socket.IPPROTO_TCP, name, value) for name, value in _KEEP_ALIVE]
    for level, name, value in options:
        if hasattr(socket, name):
            with contextlib.suppress(OSError):  # macOS refuses them once the peer has reset the connection
                sock.setsockopt(level, getattr(socket, name), value)


def is_connected_to_itself(sock: OwnedSocket) -> bool:
    """Whether TCP's simultaneous open played a trick on us.

    It can when nobody listens on a port that the system also hands out for outgoing connections, and
    then keeps the port busy for the very server that we wait for.
    """
    try:
        return bool(sock.getsockname() == sock.getpeername())
    except OSError:
        return False
