# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and passwords, each bound to the address it was entered for (docs/adr/0065, docs/security.md).

A secret belongs to one origin: scheme, host and port. ``http`` and ``https`` are two origins, for what is
shown to one is readable on the way and to the other is not. ``localhost``, ``127.0.0.1`` and ``::1`` are one
computer, so they are one host; every other name and number stands for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .endpoint import Credentials, Endpoint, parse_endpoint, parse_url
from .errors import ConfigError

_HERE = "localhost"
_NAMES_OF_HERE = frozenset({_HERE, "127.0.0.1", "::1"})

FOUND_HERE = ""
"""Stands for the address of a service that was looked for, and found, on this computer."""


@dataclass(frozen=True, order=True)
class Origin:
    """Whom a secret may be shown to, and whom a user allows to be contacted."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, endpoint: Endpoint) -> Origin:
        host = _HERE if endpoint.host in _NAMES_OF_HERE else endpoint.host
        return cls(endpoint.scheme, host, endpoint.port)

    @classmethod
    def parse(cls, text: str, *, default_port: int | None = None) -> Origin:
        """That of a URL; raises `ConfigError` (``bad-url``)."""
        return cls.of(parse_endpoint(text, default_port=default_port))

    @property
    def is_here(self) -> bool:
        """Whether it can only lie on this computer; to reach it, nothing is looked up or sent elsewhere."""
        return Endpoint(self.scheme, self.host, self.port).is_loopback

    def __str__(self) -> str:
        return Endpoint(self.scheme, self.host, self.port).origin


@dataclass(frozen=True)
class Key:
    """What a program wants to see before it works for us: a key, or name and password of its log-in."""

    api_key: str = field(default="", repr=False)
    credentials: Credentials | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        return bool(self.api_key) or self.credentials is not None

    def completed_by(self, other: Key) -> Key:
        """The same, with what it lacks taken from `other`."""
        return Key(self.api_key or other.api_key, self.credentials or other.credentials)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every text of it that must never be shown, for a `redact.Redactor`."""
        found = [self.api_key]
        if self.credentials is not None:
            user, password = self.credentials.user, self.credentials.password
            found += [password, f"{user}:{password}" if password else user]
        return tuple(each for each in found if each)


NO_KEY = Key()


@dataclass(frozen=True)
class Keyring:
    """The keys of one service, each with the address it was entered for; the earlier ones come first.

    An address is a URL, or `FOUND_HERE`.
    """

    keys: tuple[tuple[str, Key], ...] = field(default=(), repr=False)

    def add(self, address: str, key: Key) -> Keyring:
        """With one more key, behind those that are there."""
        return Keyring((*self.keys, (address, key))) if key else self

    def followed_by(self, other: Keyring) -> Keyring:
        return Keyring((*self.keys, *other.keys))

    def key_for(self, endpoint: Endpoint, usual_ports: Iterable[int], *, was_found: bool) -> Key:
        """All that may be shown to the program at `endpoint`.

        `usual_ports` are those of the service, the first of them that of an address without one. `was_found`
        says that nobody named this address: the service was looked for and found there.
        """
        ports = tuple(usual_ports)
        key = NO_KEY
        for address, each in self.keys:
            if _is_for(address, endpoint, ports, was_found):
                key = key.completed_by(each)
        return key

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every text of it that must never be shown."""
        return tuple(dict.fromkeys(secret for _, key in self.keys for secret in key.secrets))

    def __iter__(self) -> Iterator[tuple[str, Key]]:
        return iter(self.keys)

    def __bool__(self) -> bool:
        return bool(self.keys)


def _is_for(address: str, endpoint: Endpoint, ports: tuple[int, ...], was_found: bool) -> bool:
    origin = Origin.of(endpoint)
    if address == FOUND_HERE:
        # At a usual port it would have been found, whoever named it: that gives nothing away.
        looked_for = was_found or endpoint.port in ports
        return looked_for and origin.host == _HERE and not endpoint.secure
    try:
        return Origin.parse(address, default_port=ports[0] if ports else None) == origin
    except ConfigError:
        return False


def split_credentials(url: str) -> tuple[str, Credentials | None]:
    """A URL as it may be kept and shown, and name and password that stood in it.

    Raises `ConfigError` (``bad-url``), which quotes nothing of them.
    """
    text = url.strip()
    credentials = parse_url(text).credentials
    if credentials is None:
        return text, None
    scheme, separator, rest = text.rpartition("://")
    return scheme + separator + rest.rpartition("@")[2], credentials


def key_in(url: str) -> Keyring:
    """Name and password that stand in a URL, for this URL; raises `ConfigError` (``bad-url``)."""
    address, credentials = split_credentials(url)
    return Keyring().add(address, Key(credentials=credentials))
