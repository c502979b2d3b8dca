# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place that opens sockets, and that can close every socket it opened (docs/adr/0010)."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator

from ..core.errors import Cancelled, Problem, Unreachable
from .cancellation import Cancellation
from .failures import authority, connect_failed
from .owned_socket import OwnedSocket, OwnedTlsSocket, SocketRegistry
from .port_scan import connect_each
from .race import RaceLost, race
from .resolve import Address, Lookup, Resolver, is_localhost

_STAGGER = 0.25
"""Head start of one address before the next, seconds (RFC 8305)."""


class SocketFactory:
    """Opens every socket of one owner, and closes them all at once from any thread.

    No proxy is ever used. `owner` appears in the names of threads; `lookup` is what names are looked up
    with, for those who have something better than the system's.
    """

    def __init__(self, owner: str, *, lookup: Lookup = socket.getaddrinfo) -> None:
        self._resolver = Resolver(owner, lookup)
        self._lock = threading.Lock()
        self._sockets = SocketRegistry()
        self._connecting: set[Cancellation] = set()
        self._winners: dict[tuple[str, int], Address] = {}
        self._opened_total = 0
        self._closed = False

    @property
    def open_count(self) -> int:
        """Connections that are neither closed nor dropped."""
        return len(self._sockets)

    @property
    def opened_total(self) -> int:
        """Connections ever made."""
        return self._opened_total

    def connect(self, endpoint_host: str, port: int, *, timeout: float) -> OwnedSocket:
        """Open a TCP connection; `timeout` (seconds) is the limit for all of it, the look-up included.

        ``localhost`` is 127.0.0.1 and ::1, tried at once; the addresses of other names are raced. Raises
        `Unreachable` (name-unknown, refused, no-route, connect-timeout, connect-failed), or `Cancelled`
        when drop() or close() is called meanwhile or close() was called before.
        """
        deadline = time.monotonic() + timeout
        try:
            return self._connect(endpoint_host, port, deadline)
        except RaceLost as lost:
            raise connect_failed(endpoint_host, port, lost.failures, timeout) from lost
        except OSError as error:  # such as too many open files
            failures = [(authority(endpoint_host, port), error.errno or 0)]
            raise connect_failed(endpoint_host, port, failures, timeout) from error

    def probe(self, host: str, port: int, *, timeout: float) -> Problem | None:
        """Whether the port is open, by a bare TCP connection: None, or why it is not.

        A connect that times out counts as closed, as Windows may drop what other systems refuse. Raises
        `Cancelled` like `connect`.
        """
        try:
            self.connect(host, port, timeout=timeout).close()
        except Unreachable as error:
            return error.problem
        return None

    def connect_each(
        self, host: str, ports: Iterable[int], *, timeout: float
    ) -> Iterator[tuple[int, OwnedSocket]]:
        """Connect to many ports of one computer at once; yield (port, connection) as they accept.

        `timeout` (seconds) is the limit of each connect, and of the look-up before. Closed ports yield
        nothing. Whoever takes a connection closes it. Raises `Unreachable` (name-unknown), or
        `Cancelled` like `connect`.
        """
        with self.cancellable() as cancellation:
            addresses = self._resolver.addresses(host, 0, cancellation, time.monotonic() + timeout)
            targets = [(port, address.at(port)) for address in addresses for port in ports]
            for port, sock in connect_each(targets, timeout, cancellation):
                self._keep(sock, cancellation)
                yield port, sock

    def resolve(self, host: str, port: int, *, timeout: float) -> None:
        """Look the name up and connect to nothing; raises `Unreachable` (name-unknown) or `Cancelled`."""
        with self.cancellable() as cancellation:
            self._resolver.addresses(host, port, cancellation, time.monotonic() + timeout)

    def secure(self, sock: OwnedSocket, context: ssl.SSLContext, host: str) -> OwnedTlsSocket:
        """Begin TLS on a connection of ours, verified for `host`; the plain socket is used up.

        The handshake ends by the socket's `deadline`. Raises what `ssl` raises, or `Cancelled`.
        """
        context.sslsocket_class = OwnedTlsSocket
        try:
            secured = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
        except BaseException:
            sock.close()
            raise
        assert isinstance(secured, OwnedTlsSocket)
        secured.deadline = sock.deadline
        self._sockets.replace(sock, secured)
        try:
            secured.do_handshake()
        except BaseException:
            secured.close()
            raise
        return secured

    @contextlib.contextmanager
    def cancellable(self) -> Iterator[Cancellation]:
        """What a wait in a selector watches so that drop() and close() end it. Raises `Cancelled`."""
        cancellation = Cancellation()
        with self._lock:
            self._connecting.add(cancellation)
        try:
            if self._closed:
                raise Cancelled("the sockets of this owner are closed for good")
            yield cancellation
        finally:
            with self._lock:
                self._connecting.discard(cancellation)
            cancellation.close()

    def drop(self) -> None:
        """Cut every connection now; whoever waits for one gets `Cancelled`. Later connects are allowed.

        The descriptors are closed by those who use them: a selector would not notice a close.
        """
        with self._lock:
            for cancellation in self._connecting:
                cancellation.cancel()
        self._sockets.drop_all()

    def close(self) -> None:
        """Like `drop`, and every later connect raises `Cancelled`."""
        self._closed = True
        self.drop()

    def _connect(self, host: str, port: int, deadline: float) -> OwnedSocket:
        key = (host, port)
        with self.cancellable() as cancellation:
            addresses = self._resolver.addresses(host, port, cancellation, deadline)
            addresses.sort(key=lambda address: address != self._winners.get(key))
            stagger = 0.0 if is_localhost(host) else _STAGGER
            sock, self._winners[key] = race(addresses, stagger, deadline, cancellation)
            self._keep(sock, cancellation)
        return sock

    def _keep(self, sock: OwnedSocket, cancellation: Cancellation) -> None:
        """Register a new connection, unless drop() was faster."""
        with self._lock:
            try:
                cancellation.check()
            except Cancelled:
                sock.close()
                raise
            self._opened_total += 1
            self._sockets.add(sock)
