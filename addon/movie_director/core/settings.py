# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user can set, validated; and the timing policy that follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from .backoff import Backoff
from .endpoint import Endpoint, ParsedUrl, parse_url
from .errors import ConfigError, Problem
from .keyring import Key, Keyring, key_in


@dataclass(frozen=True)
class Policy:
    """The numbers by which a connection is watched; all times in seconds.

    The defaults are those of the design; tests pass smaller ones, so nothing needs to be patched.
    """

    backoff: Backoff = field(default_factory=Backoff)
    breaker_threshold: int = 5
    """Failed attempts in a row that open the circuit breaker."""
    breaker_interval: float = 30.0
    """Wait between two trials while the breaker is open."""
    attempt_spacing: float = 1.0
    """Never two attempts closer than this."""
    attempts_per_minute: int = 10
    check_interval: float = 4.0
    check_timeout: float = 2.0
    recheck_interval: float = 1.0
    """Wait between two checks after a failed one."""
    checks_until_down: int = 3
    confirm_interval: float = 0.5
    """Wait before the second success that a returning service must show."""
    busy_limit: float = 60.0
    """How long a service that is known to work may stay silent."""
    slow_answer: float = 1.0
    """An answer later than this makes a service DEGRADED, or BUSY while it works."""
    stream_retry: float = 15.0
    """Wait before a refused or lost stream is opened again."""
    presence_loopback: float = 1.0
    presence_remote: float = 5.0
    connect_timeout_loopback: float = 1.0
    connect_timeout_remote: float = 3.0

    def connect_timeout(self, is_loopback: bool) -> float:
        return self.connect_timeout_loopback if is_loopback else self.connect_timeout_remote

    def presence_interval(self, is_loopback: bool) -> float:
        return self.presence_loopback if is_loopback else self.presence_remote


@dataclass(frozen=True)
class ServiceSettings:
    """The effective settings of one service. An empty `url` means: find it by yourself."""

    enabled: bool = True
    url: str = field(default="", repr=False)
    """May hold name and password, which are for this address alone."""
    required: bool | None = None
    """None leaves it to the backend's default."""
    keys: Keyring = field(default_factory=Keyring)
    """Every key of this service, each for the address it was entered for."""
    ca_file: str = ""
    """Certificates (PEM) that are trusted besides those of the system; empty for none."""
    by_project: bool = False
    """Whether the URL is that of the open .blend: consent to it holds for nothing else on that computer."""
    local_only: bool = False
    """Whether nothing but this computer may be contacted."""
    policy: Policy = field(default_factory=Policy)
    withheld: Problem | None = None
    """Why the configured endpoint must not be contacted; None if it may be."""

    def target(self, default_port: int) -> ParsedUrl | None:
        """The configured endpoint, None for automatic.

        Raises `ConfigError` for a broken URL, and for one that must not be contacted.
        """
        if self.withheld is not None:
            raise ConfigError(self.withheld)
        return parse_url(self.url, default_port=default_port) if self.url.strip() else None

    def key_for(self, endpoint: Endpoint, usual_ports: Sequence[int]) -> Key:
        """All that may be shown to the program at `endpoint`; `usual_ports` are those of the service.

        Raises nothing: for a broken URL there is no key.
        """
        ring = self._written.followed_by(self.keys)
        return ring.key_for(endpoint, usual_ports, was_found=not self.url.strip())

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every text that must never be shown."""
        return self._written.followed_by(self.keys).secrets

    @property
    def _written(self) -> Keyring:
        """What stands in the URL itself."""
        if "@" not in self.url:
            return Keyring()
        try:
            return key_in(self.url)
        except ConfigError:
            return Keyring()


@dataclass(frozen=True)
class Settings:
    """Effective settings of all services; a service that is not named has the defaults."""

    services: Mapping[str, ServiceSettings] = field(default_factory=lambda: MappingProxyType({}))
    local_only: bool = False
    """Whether nothing but this computer may be contacted."""

    def of(self, service: str) -> ServiceSettings:
        return self.services.get(service, _DEFAULTS)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every text of all services that must never be shown."""
        return tuple(dict.fromkeys(each for service in self.services.values() for each in service.secrets))

    def with_service(self, service: str, settings: ServiceSettings) -> Settings:
        return replace(self, services=MappingProxyType({**self.services, service: settings}))


_DEFAULTS = ServiceSettings()
