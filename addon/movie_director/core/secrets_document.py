# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys that the user entered, and the JSON in which they are kept, by service and address.

{"format": "movie-director/secrets", "version": 1,
 "keys": {"litellm": {"http://localhost:4000": {"api_key": "…"}},
          "rvc": {"https://render.example:7865": {"user": "…", "password": "…"}}}}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from . import reading
from .documents import Document
from .endpoint import Credentials
from .errors import ConfigError
from .keyring import NO_KEY, Key, Keyring, Origin

LONGEST_SECRET = 4096
"""Characters of a key, a name or a password."""

_SERVICE = re.compile(r"[a-z0-9]{1,40}")


@dataclass(frozen=True)
class StoredKeys:
    """Every key that the user entered, by service and origin."""

    entries: Mapping[tuple[str, Origin], Key] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )

    def with_key(self, service: str, origin: Origin, key: Key) -> StoredKeys:
        """Enter a key, or name and password, in place of the old; the other of the two stays."""
        if not key:
            return self
        whole = key.completed_by(self.entries.get((service, origin), NO_KEY))
        return StoredKeys(MappingProxyType({**self.entries, (service, origin): whole}))

    def without(self, service: str, origin: Origin | None = None) -> StoredKeys:
        """Forget one key, or every key of a service."""
        kept = {
            (name, place): key
            for (name, place), key in self.entries.items()
            if name != service or (origin is not None and place != origin)
        }
        return StoredKeys(MappingProxyType(kept))

    def of(self, service: str) -> Keyring:
        ring = Keyring()
        for (name, origin), key in self.entries.items():
            if name == service:
                ring = ring.add(str(origin), key)
        return ring

    def origins(self, service: str) -> tuple[Origin, ...]:
        """Where keys of a service go: what may be listed."""
        return tuple(sorted(origin for name, origin in self.entries if name == service))

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every text that must never be shown."""
        return tuple(dict.fromkeys(secret for key in self.entries.values() for secret in key.secrets))


def is_storable(secret: str) -> bool:
    """Whether a key, a name or a password can be kept and sent as it is."""
    return len(secret) <= LONGEST_SECRET and secret.isprintable()


def _fields(stored: StoredKeys) -> Mapping[str, object]:
    services: dict[str, dict[str, dict[str, str]]] = {}
    for (service, origin), key in stored.entries.items():
        services.setdefault(service, {})[str(origin)] = _key_json(key)
    return {"keys": services}


def _key_json(key: Key) -> dict[str, str]:
    fields = {"api_key": key.api_key} if key.api_key else {}
    if key.credentials is not None:
        fields |= {"user": key.credentials.user, "password": key.credentials.password}
    return fields


def _value(document: Mapping[str, object]) -> StoredKeys:
    return StoredKeys(MappingProxyType(dict(_entries(document.get("keys")))))


def _entries(value: object) -> Iterator[tuple[tuple[str, Origin], Key]]:
    for service, places in reading.mapping(value).items():
        if not _SERVICE.fullmatch(service):
            continue
        for address, fields in reading.mapping(places).items():
            key = _key(reading.mapping(fields))
            try:
                origin = Origin.parse(address)
            except ConfigError:
                continue
            if key:
                yield (service, origin), key


def _key(fields: Mapping[str, object]) -> Key:
    api_key, user, password = (_secret(fields.get(name)) for name in ("api_key", "user", "password"))
    return Key(api_key, Credentials(user, password) if user or password else None)


def _secret(value: object) -> str:
    return value if isinstance(value, str) and is_storable(value) else ""


SECRETS: Document[StoredKeys] = Document(
    format="movie-director/secrets",
    version=1,
    limit=1024 * 1024,
    empty=StoredKeys(),
    fields=_fields,
    value=_value,
)
