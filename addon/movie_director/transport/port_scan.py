# SPDX-License-Identifier: GPL-3.0-or-later
"""Connect to many ports at once, in one thread: which of them accept?"""

from __future__ import annotations

import contextlib
import selectors
import time
from collections import deque
from collections.abc import Iterable, Iterator

from .cancellation import Cancellation
from .owned_socket import OwnedSocket
from .race import begin, make_ready, outcome
from .resolve import Address

_AT_ONCE = 200
"""Connects under way. Windows selects on at most 512 sockets, and a router may take more for an attack."""


def connect_each(
    targets: Iterable[tuple[int, Address]], timeout: float, cancellation: Cancellation
) -> Iterator[tuple[int, OwnedSocket]]:
    """Yield (port, blocking connection) for each port that accepts within `timeout` seconds.

    `targets` may have several addresses for one port: the first that accepts serves. What does not
    accept yields nothing. Whoever takes a connection closes it. Raises `Cancelled`.
    """
    with contextlib.closing(_Scan(targets, timeout, cancellation)) as scan:
        yield from scan.run()


class _Scan:
    def __init__(
        self, targets: Iterable[tuple[int, Address]], timeout: float, cancellation: Cancellation
    ) -> None:
        self._waiting = deque(targets)
        self._timeout = timeout
        self._cancellation = cancellation
        self._running: dict[OwnedSocket, tuple[int, float]] = {}
        """Port and moment of giving up, in the order in which they were begun."""
        self._done: set[int] = set()
        self._selector = selectors.DefaultSelector()
        self._selector.register(cancellation, selectors.EVENT_READ)

    def run(self) -> Iterator[tuple[int, OwnedSocket]]:
        while self._waiting or self._running:
            self._cancellation.check()
            while self._waiting and len(self._running) < _AT_ONCE:
                self._start(*self._waiting.popleft())
            self._give_up_late_ones()
            yield from self._accepted()

    def close(self) -> None:
        for sock in self._running:
            sock.close()
        self._selector.close()

    def _start(self, port: int, address: Address) -> None:
        if port in self._done:
            return
        sock, _ = begin(address)
        if sock is not None:
            self._running[sock] = port, time.monotonic() + self._timeout
            self._selector.register(sock, selectors.EVENT_WRITE)

    def _accepted(self) -> Iterator[tuple[int, OwnedSocket]]:
        """Wait for outcomes, at most until the first connect is to be given up."""
        if not self._running:
            return
        _, give_up = next(iter(self._running.values()))
        for key, _ in self._selector.select(max(0.0, give_up - time.monotonic())):
            sock = key.fileobj
            if not isinstance(sock, OwnedSocket):
                continue
            port = self._forget(sock)
            if outcome(sock) or port in self._done:
                sock.close()
                continue
            self._done.add(port)
            make_ready(sock)
            yield port, sock

    def _give_up_late_ones(self) -> None:
        now = time.monotonic()
        for sock in [sock for sock, (_, give_up) in self._running.items() if give_up <= now]:
            self._forget(sock)
            sock.close()

    def _forget(self, sock: OwnedSocket) -> int:
        self._selector.unregister(sock)
        port, _ = self._running.pop(sock)
        return port
