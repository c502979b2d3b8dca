# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask the local network which services it advertises: one-shot multicast DNS (RFC 6762 §5.1).

Sends a few packets to every network, and listens for a moment. An extra, never the only way: firewalls
swallow these packets, and no answer does not mean that nothing is there.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import sys
import time
from collections.abc import Iterator, Sequence

from ..core.dns_message import Advertisement, Directory, question
from .cancellation import Cancellation

HTTP_SERVICES = ("_http._tcp.local.",)
GROUP = ("224.0.0.251", 5353)
WINDOW = 1.5
"""Seconds to listen. Answers may be delayed by half a second, and packets get lost, so it is asked twice."""
_MOST_INTERFACES = 16
_MOST_PACKETS = 512
_PACKET_SIZE = 9000
_HOPS = 255


def browse(
    cancellation: Cancellation,
    services: Sequence[str] = HTTP_SERVICES,
    *,
    window: float = WINDOW,
    group: tuple[str, int] = GROUP,
    interfaces: Sequence[int] | None = None,
) -> tuple[Advertisement, ...]:
    """What is advertised within `window` seconds on the networks of this computer. Raises `Cancelled`.

    `interfaces` are the indices of those networks that may be asked, None for all.
    """
    directory = Directory(services)
    with contextlib.ExitStack() as opened:
        sockets = [opened.enter_context(sock) for sock in _sockets(interfaces)]
        selector = opened.enter_context(selectors.DefaultSelector())
        selector.register(cancellation, selectors.EVENT_READ)
        for sock in sockets:
            selector.register(sock, selectors.EVENT_READ)
        left = _MOST_PACKETS
        for _ in range(2):
            _ask(sockets, directory, group)
            left = _listen(selector, directory, time.monotonic() + window / 2, cancellation, left)
    return directory.advertisements()


def _ask(sockets: Sequence[socket.socket], directory: Directory, group: tuple[str, int]) -> None:
    packet = question(directory.questions())
    for sock in sockets:
        with contextlib.suppress(OSError):  # a network without multicast, or one that went away
            sock.sendto(packet, group)


def _listen(
    selector: selectors.BaseSelector,
    directory: Directory,
    until: float,
    cancellation: Cancellation,
    left: int,
) -> int:
    """Hear what comes until the moment `until`; how many more packets may be read."""
    while left and (remaining := until - time.monotonic()) > 0:
        for key, _ in selector.select(remaining):
            cancellation.check()
            sock = key.fileobj
            if isinstance(sock, socket.socket):
                left -= 1
                # Windows reports here that nobody listened where the question went.
                with contextlib.suppress(OSError):
                    packet, sender = sock.recvfrom(_PACKET_SIZE)
                    directory.hear(packet, str(sender[0]))
    return left


def _sockets(interfaces: Sequence[int] | None) -> Iterator[socket.socket]:
    """One socket for each network of this computer."""
    if interfaces is None:
        interfaces = [index for index, _ in socket.if_nameindex()]
    for index in interfaces[:_MOST_INTERFACES]:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, _HOPS)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, _interface(index))
            sock.bind(("", 0))
        except OSError:
            sock.close()
        else:
            yield sock


def _interface(index: int) -> bytes:
    """The network with this index, as IP_MULTICAST_IF wants it."""
    if sys.platform == "win32":
        return struct.pack("!I", index)
    return struct.pack("=4s4si", b"", b"", index)
