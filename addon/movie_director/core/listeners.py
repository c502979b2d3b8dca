# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ports of this computer are listened on, as the tables of operating systems tell it.

Reading the tables is `transport.listening_ports`' business; here are their formats, and the choice of
the ports that a look around may knock at.
"""

from __future__ import annotations

import contextlib
import ipaddress
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

Listener = tuple[str, int]
"""The address (an IP literal) and the port that a program listens on."""

MOST_PORTS = 500
"""Ports of one deep look; a computer with more of them is no film maker's."""
LOWEST_PORT = 1024
"""Lower ports belong to the system's own services."""
SPOKEN_TO_BY_OTHERS = frozenset(
    {
        *(1433, 1521, 2049, 3306, 5432, 5433, 6379, 6380, 7687, 9042, 11211, 27017, 33060),
        *(1080, 1883, 3389, 4222, 5060, 5222, 5671, 5672, 8883, 9092, 9150, 2181, 5353),
        *range(5900, 5911),
        *range(6000, 6011),
    }
)
"""Databases, caches, message queues and screens: programs that log a GET as an attack, or count it."""

_LISTEN = "0A"
_LINUX_LINE = re.compile(
    r"\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]+ ([0-9A-F]{2})"
)
_NOBODY = re.compile(r"(0\.0\.0\.0|\[::\]|\*)[:.](0|\*)")
"""The other side of a socket that listens, whatever the language in which its state is written."""
_NETSTAT_ADDRESS = re.compile(r"(\S+)[.:](\d{1,5})")
_ANY = {4: ("127.0.0.1",), 6: ("127.0.0.1", "::1")}


def linux_listeners(table: str) -> Iterator[Listener]:
    """Read ``/proc/net/tcp`` or ``/proc/net/tcp6``."""
    for line in table.splitlines():
        match = _LINUX_LINE.match(line)
        if match is not None and match[3] == _LISTEN:
            raw = bytes.fromhex(match[1])
            # In words of the machine's byte order: little-endian wherever Blender runs.
            packed = b"".join(raw[start : start + 4][::-1] for start in range(0, len(raw), 4))
            yield str(ipaddress.ip_address(packed)), int(match[2], 16)


def netstat_listeners(table: str) -> Iterator[Listener]:
    """Read what ``netstat -an -p tcp`` prints on macOS and on Windows."""
    for line in table.splitlines():
        columns = line.split()
        for local, other in itertools.pairwise(columns):
            if _NOBODY.fullmatch(other):
                yield from _netstat_address(local, columns[0])
                break


def _netstat_address(local: str, protocol: str) -> Iterator[Listener]:
    """``127.0.0.1:8188`` and ``[::1]:8188`` on Windows, ``127.0.0.1.8188`` and ``*.8188`` on macOS."""
    match = _NETSTAT_ADDRESS.fullmatch(local)
    if match is None:
        return
    host = match[1].strip("[]").partition("%")[0]
    if host == "*":
        host = "0.0.0.0" if protocol == "tcp4" else "::"
    with contextlib.suppress(ValueError):
        yield str(ipaddress.ip_address(host)), int(match[2])


def worth_a_look(listeners: Iterable[Listener]) -> tuple[Listener, ...]:
    """The loopback addresses behind `listeners` that may be knocked at, each once, in the order of ports."""
    found: set[Listener] = set()
    for host, port in listeners:
        if port < LOWEST_PORT or port > 65535 or port in SPOKEN_TO_BY_OTHERS:
            continue
        found.update((address, port) for address in _on_loopback(host))
    return tuple(sorted(found, key=lambda listener: (listener[1], listener[0])))[:MOST_PORTS]


def _on_loopback(host: str) -> Sequence[str]:
    address = ipaddress.ip_address(host)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = mapped or address
    if address.is_unspecified:
        return _ANY[address.version]
    return (str(address),) if address.is_loopback else ()
