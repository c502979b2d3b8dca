# SPDX-License-Identifier: GPL-3.0-or-later
"""From the name of a computer to its addresses, without ever waiting longer than asked."""

from __future__ import annotations

import ipaddress
import itertools
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .cancellation import Cancellation
from .failures import name_unknown

Lookup = Callable[..., Sequence[tuple[Any, ...]]]
"""Takes and returns what `socket.getaddrinfo` does."""

_ADDRESSES_TRIED = 8
_LOOPBACK = ("127.0.0.1", "::1")


@dataclass(frozen=True)
class Address:
    """Where to connect to: an address family and what connect() takes for it."""

    family: int
    sockaddr: tuple[Any, ...]

    def at(self, port: int) -> Address:
        """The same computer, another port."""
        host, _, *rest = self.sockaddr
        return Address(self.family, (host, port, *rest))

    def __str__(self) -> str:
        host, port = self.sockaddr[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_localhost(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


class Resolver:
    """Looks names up in threads that nobody has to wait for: a look-up of the system cannot be cut."""

    def __init__(self, owner: str, lookup: Lookup) -> None:
        self._owner = owner
        self._lookup = lookup
        self._lock = threading.Lock()
        self._pending: dict[str, _PendingLookup] = {}

    def addresses(self, host: str, port: int, cancellation: Cancellation, deadline: float) -> list[Address]:
        """The addresses of `host`, best first and families in turn.

        Raises `Unreachable` (``name-unknown``), also when there is no answer by `deadline`, or `Cancelled`.
        """
        if is_localhost(host):
            return [address for literal in _LOOPBACK for address in self._literal(literal, port)]
        if _is_literal(host):
            return self._literal(host, port)
        pending = self._start(host)
        entries = pending.wait(cancellation, deadline)
        if isinstance(entries, Exception):
            raise name_unknown(host, port, str(entries)) from entries
        if not entries:
            raise name_unknown(host, port, "it has no address")
        return _families_in_turn([Address(family, (ip, port, *rest)) for family, (ip, _, *rest) in entries])

    def _literal(self, host: str, port: int) -> list[Address]:
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=numeric)
        except OSError as error:  # the zone of an IPv6 address names no interface of this computer
            raise name_unknown(host, port, str(error)) from error
        return [Address(family, sockaddr) for family, _, _, _, sockaddr in entries]

    def _start(self, host: str) -> _PendingLookup:
        """Begin a look-up, or join the one that is already under way for the same name."""
        with self._lock:
            pending = self._pending.get(host)
            if pending is None:
                pending = self._pending[host] = _PendingLookup()
                name = f"movie-director {self._owner}: look up {host}"
                threading.Thread(target=self._run, args=(host, pending), name=name, daemon=True).start()
            return pending

    def _run(self, host: str, pending: _PendingLookup) -> None:
        result: _Entries | Exception
        try:
            found = self._lookup(host, None, type=socket.SOCK_STREAM)
            result = [(family, sockaddr) for family, _, _, _, sockaddr in found]
        except (OSError, UnicodeError) as error:
            result = error
        with self._lock:
            del self._pending[host]
        pending.finish(result)


_Entries = list[tuple[int, tuple[Any, ...]]]


class _PendingLookup:
    """The result of one look-up, or those who wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[Cancellation] = set()
        self._result: _Entries | Exception | None = None

    def finish(self, result: _Entries | Exception) -> None:
        with self._lock:
            self._result = result
            for cancellation in self._waiting:
                cancellation.wake()

    def wait(self, cancellation: Cancellation, deadline: float) -> _Entries | Exception:
        started = time.monotonic()
        with self._lock:
            self._waiting.add(cancellation)
        try:
            while self._result is None:
                if not cancellation.wait(deadline) and self._result is None:
                    return TimeoutError(f"no answer within {max(0.0, deadline - started):.1f} s")
            return self._result
        finally:
            with self._lock:
                self._waiting.discard(cancellation)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _families_in_turn(addresses: list[Address]) -> list[Address]:
    """The first of each family, then the second of each, as RFC 8305 asks; only the first few."""
    families: dict[int, list[Address]] = {}
    for address in dict.fromkeys(addresses):
        families.setdefault(address.family, []).append(address)
    turns = itertools.zip_longest(*families.values())
    return [address for turn in turns for address in turn if address is not None][:_ADDRESSES_TRIED]
