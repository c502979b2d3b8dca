# SPDX-License-Identifier: GPL-3.0-or-later
"""Cheap signs of life while nothing else tells: does the port open or close, does a mute peer stir?"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from ..core.endpoint import Endpoint
from ..core.errors import Problem, ServiceError, Unreachable
from ..transport.header_fields import host_field
from ..transport.sockets import SocketFactory


class PortWatch:
    """Notices edges: an address that begins or ceases to accept connections."""

    def __init__(self, sockets: SocketFactory) -> None:
        self._sockets = sockets
        self._open: dict[Endpoint, bool] = {}

    def aim(self, endpoints: Iterable[Endpoint], open_ones: Iterable[Endpoint] = ()) -> None:
        """Watch these endpoints from now on; `open_ones` are known to accept connections."""
        known = frozenset(open_ones)
        self._open = {endpoint: endpoint in known for endpoint in endpoints}

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return tuple(self._open)

    def look(self, is_loopback: bool, timeout: float) -> tuple[bool, Problem | None]:
        """Try every endpoint on this computer, or every one elsewhere, once, `timeout` seconds each.

        Returns whether one opened since the last look and, when only one is watched, the problem of its
        having closed.
        """
        places = [endpoint for endpoint in self._open if endpoint.is_loopback is is_loopback]
        if len(places) == len(self._open) == 1:
            return self._look_at_one(places[0], timeout)
        accepting = self._accepting(places, timeout)
        opened = any(place in accepting and not self._open[place] for place in places)
        self._open.update((place, place in accepting) for place in places)
        return opened, None

    def _look_at_one(self, endpoint: Endpoint, timeout: float) -> tuple[bool, Problem | None]:
        was_open = self._open[endpoint]
        closed = self._sockets.probe(endpoint.host, endpoint.port, timeout=timeout)
        self._open[endpoint] = closed is None
        return closed is None and not was_open, closed if was_open else None

    def _accepting(self, places: Iterable[Endpoint], timeout: float) -> set[Endpoint]:
        """Those that accept connections; the ports of one computer are tried in one go."""
        by_host: dict[str, dict[int, Endpoint]] = {}
        for endpoint in places:
            by_host.setdefault(endpoint.host, {})[endpoint.port] = endpoint
        found = set()
        for host, by_port in by_host.items():
            with contextlib.suppress(Unreachable):  # a computer that is off may have taken its name along
                for port, connection in self._sockets.connect_each(host, by_port, timeout=timeout):
                    connection.close()
                    found.add(by_port[port])
        return found


class HeldRequest:
    """One request kept open at a peer that accepts connections but does not answer.

    The kernel of a frozen program accepts connections for it, so a port says nothing. But when the
    program thaws it answers this request, and when it dies the connection ends: both make the socket
    readable. It costs one connection and no polling.
    """

    def __init__(self, sockets: SocketFactory, endpoint: Endpoint, timeout: float) -> None:
        """Connect and send; raises `ServiceError` when even that is not possible within `timeout`."""
        self._socket = sockets.connect(endpoint.host, endpoint.port, timeout=timeout)
        request = f"GET / HTTP/1.1\r\nHost: {host_field(endpoint)}\r\nConnection: close\r\n\r\n"
        with contextlib.suppress(OSError):  # a connection that ends is what we wait for
            self._socket.sendall(request.encode("ascii"))

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()


def hold_request(sockets: SocketFactory, endpoint: Endpoint, timeout: float) -> HeldRequest | None:
    """A `HeldRequest`, or None while the peer does not even accept connections.

    Never at an encrypted endpoint: what stands in front of the program there would answer for it.
    """
    if endpoint.secure:
        return None
    try:
        return HeldRequest(sockets, endpoint, timeout)
    except ServiceError:
        return None
