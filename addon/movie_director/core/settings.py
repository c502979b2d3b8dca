# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user can set, validated; and the timing policy that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from .backoff import Backoff
from .endpoint import ParsedUrl, parse_url
from .errors import ConfigError, ProblemCode, problem


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
    url: str = ""
    required: bool | None = None
    """None leaves it to the backend's default."""
    api_key: str = field(default="", repr=False)
    policy: Policy = field(default_factory=Policy)

    def target(self, default_port: int) -> ParsedUrl | None:
        """The configured endpoint, None for automatic; raises `ConfigError` for a broken URL."""
        return parse_url(self.url, default_port=default_port) if self.url.strip() else None


@dataclass(frozen=True)
class Settings:
    """Effective settings of all services; a service that is not named has the defaults."""

    services: Mapping[str, ServiceSettings] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, service: str) -> ServiceSettings:
        return self.services.get(service, _DEFAULTS)

    def with_service(self, service: str, settings: ServiceSettings) -> Settings:
        return Settings(MappingProxyType({**self.services, service: settings}))


_DEFAULTS = ServiceSettings()
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
_TIMEOUT_RANGE = (1.0, 300.0)


def settings_from_environment(services: Iterable[str], environment: Mapping[str, str]) -> Settings:
    """Read ``MOVIE_DIRECTOR_<SERVICE>_{URL,ENABLED,TIMEOUT,API_KEY}``.

    TIMEOUT is the limit of one health check in seconds (1 to 300). Raises `ConfigError` that names the
    variable, its value (never a key) and what was expected. An empty variable counts as not set.
    """
    found: dict[str, ServiceSettings] = {}
    for service in services:
        prefix = f"MOVIE_DIRECTOR_{service.upper()}_"
        values = {
            key: environment[prefix + key].strip()
            for key in ("URL", "ENABLED", "TIMEOUT", "API_KEY")
            if environment.get(prefix + key, "").strip()
        }
        if values:
            found[service] = _from_values(prefix, values)
    return Settings(MappingProxyType(found))


def _from_values(prefix: str, values: Mapping[str, str]) -> ServiceSettings:
    settings = _DEFAULTS
    if "URL" in values:
        _check_url(prefix + "URL", values["URL"])
        settings = replace(settings, url=values["URL"])
    if "ENABLED" in values:
        settings = replace(settings, enabled=_boolean(prefix + "ENABLED", values["ENABLED"]))
    if "TIMEOUT" in values:
        timeout = _seconds(prefix + "TIMEOUT", values["TIMEOUT"])
        settings = replace(settings, policy=replace(settings.policy, check_timeout=timeout))
    if "API_KEY" in values:
        settings = replace(settings, api_key=_key(prefix + "API_KEY", values["API_KEY"]))
    return settings


def _check_url(variable: str, value: str) -> None:
    try:
        parse_url(value)
    except ConfigError as error:
        reason = str(error.problem.parameter("reason"))
        raise _bad_setting(variable, str(error.problem.parameter("value")), reason) from error


def _boolean(variable: str, value: str) -> bool:
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise _bad_setting(variable, value, "expected 1, true, yes, on, 0, false, no or off")


def _seconds(variable: str, value: str) -> float:
    low, high = _TIMEOUT_RANGE
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not low <= seconds <= high:
        raise _bad_setting(variable, value, f"expected a number of seconds from {low:g} to {high:g}")
    return seconds


def _key(variable: str, value: str) -> str:
    if value.isascii() and value.isprintable() and " " not in value:
        return value
    reason = "a key has only letters, digits and signs of plain English, no space and no line break"
    raise _bad_setting(variable, "(hidden)", reason)


def _bad_setting(name: str, value: str, reason: str) -> ConfigError:
    return ConfigError(
        problem(
            ProblemCode.BAD_SETTING,
            f"{name}='{value[:80]}': {reason}",
            retry=False,
            name=name,
            value=value[:80],
            reason=reason,
        )
    )
