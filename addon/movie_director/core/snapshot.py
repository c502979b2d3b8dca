# SPDX-License-Identifier: GPL-3.0-or-later
"""What the outside sees: one row per service, and one consistent picture of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .connection import Breaker
from .diagnosis import Diagnosis
from .endpoint import Endpoint
from .errors import Problem
from .facts import ServiceInfo
from .model import Health, Sighting, Source, State, Stream
from .versions import Support


@dataclass(frozen=True)
class ServiceStatus:
    """One row of the snapshot: everything the outside may know about one service.

    Times are readings of the monotonic clock; `core.presentation` turns them into words.
    """

    service: str
    label: str
    required: bool
    state: State
    since: float
    health: Health | None = None
    endpoint: Endpoint | None = None
    source: Source | None = None
    info: ServiceInfo | None = None
    stream: Stream = Stream.NONE
    latency: float | None = None
    """Seconds of the last good answer."""
    attempt: int = 0
    """Failed attempts since the service was last connected."""
    attempting: bool = False
    """True while an attempt is under way."""
    retry_at: float | None = None
    last_attempt_at: float | None = None
    breaker: Breaker = Breaker.CLOSED
    problem: Problem | None = None
    makes: tuple[str, ...] = ()
    """What this kind of service makes, whether or not it runs."""
    support: Support = Support.UNKNOWN
    others: tuple[Sighting, ...] = ()
    """Further instances of this service, which the user may choose instead."""


@dataclass(frozen=True)
class DiscoveryReport:
    """What a look around found; grows until `finished`."""

    sightings: tuple[Sighting, ...] = ()
    """Every open port among the candidates, our services first."""
    addresses_tried: int = 0
    seconds: float = 0.0
    finished: bool = False
    advertised: int | None = None
    """How many services the local network advertised by mDNS; None if it was not asked, or not yet. That
    nobody answered does not mean that nothing is there."""


@dataclass(frozen=True)
class Remembered:
    """One service as it was when it was last seen connected; `core.remembered` keeps it on disk."""

    service: str
    url: str
    """Where it was, without credentials."""
    seen_at: float
    """Seconds since 1970."""
    info: ServiceInfo
    """What lasts of what it said: program, version, features, models, capabilities, language models."""
    shortened: bool = False
    """Whether lists were cut because the document has a limit."""


@dataclass(frozen=True)
class Snapshot:
    """One consistent picture of all services, in the order of the backends."""

    version: int = 0
    services: Mapping[str, ServiceStatus] = field(default_factory=lambda: MappingProxyType({}))
    tests: Mapping[str, Diagnosis] = field(default_factory=lambda: MappingProxyType({}))
    """Connection tests by their target, the newest of each."""
    discovery: DiscoveryReport | None = None
    """The newest look around that was asked for; None before the first."""
    remembered: Mapping[str, Remembered] = field(default_factory=lambda: MappingProxyType({}))
    """What services could do when they were last seen, also in earlier sessions."""
    memory_read: bool = False
    """Whether `remembered` holds what earlier sessions left; always False where nothing is kept."""
