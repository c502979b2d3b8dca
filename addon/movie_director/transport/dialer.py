# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens the connections of one pool, and tells each of them which request it carries."""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass

from ..core.endpoint import Endpoint
from . import tls
from .owned_socket import OwnedSocket
from .sockets import SocketFactory


@dataclass
class Exchange:
    """One request and its answer, as the connection that carries them sees it."""

    deadline: float
    """Monotonic end of everything: connect, TLS, request, answer."""
    fresh: bool = False
    """Whether a pooled connection must not be used."""
    sock: OwnedSocket | None = None
    reused: bool = False
    """Whether `sock` had carried an earlier exchange."""
    _received_before: int = 0

    def begin(self, sock: OwnedSocket, *, reused: bool) -> None:
        self.sock = sock
        self.reused = reused
        self._received_before = sock.received
        sock.deadline = self.deadline

    @property
    def unanswered(self) -> bool:
        """Whether there was a connection, but not one byte came back on it."""
        return self.sock is not None and self.sock.received == self._received_before


class Dialer:
    """Opens the connections to one endpoint, and counts them and what they carry."""

    def __init__(
        self,
        endpoint: Endpoint,
        sockets: SocketFactory,
        connect_timeout: float,
        context: ssl.SSLContext | None,
        opened: OwnedSocket | None = None,
    ) -> None:
        """`opened` is a plain connection that is there already; it is used before another is opened."""
        self.endpoint = endpoint
        self.connects = 0
        self.requests = 0
        self._sockets = sockets
        self._connect_timeout = connect_timeout
        self._context = context
        self._opened = opened
        self._counting = threading.Lock()
        self._of_thread = threading.local()

    @property
    def exchange(self) -> Exchange:
        """The exchange of the calling thread; urllib3 has no way to hand it to a connection."""
        current: Exchange = self._of_thread.exchange
        return current

    @exchange.setter
    def exchange(self, exchange: Exchange) -> None:
        self._of_thread.exchange = exchange

    def dial(self) -> OwnedSocket:
        """Open a connection for the exchange of the calling thread; raises like `tls.open_connection`."""
        sock = self._take_opened() or tls.open_connection(
            self.endpoint,
            self._sockets,
            self._context,
            connect_timeout=self._connect_timeout,
            deadline=self.exchange.deadline,
        )
        with self._counting:
            self.connects += 1
        return sock

    def close(self) -> None:
        """Close the connection that was handed over, if it was never used."""
        sock = self._take_opened()
        if sock is not None:
            sock.close()

    def _take_opened(self) -> OwnedSocket | None:
        with self._counting:
            sock, self._opened = self._opened, None
        return sock

    def count_request(self) -> None:
        with self._counting:
            self.requests += 1
