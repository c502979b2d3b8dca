# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns that every room shares. All are frozen: they cross threads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .endpoint import Endpoint
from .errors import Problem


class State(str, Enum):
    """Where a connection stands; docs/connection-states.md draws how it moves."""

    DISABLED = "disabled"
    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    SUSPENDED = "suspended"
    FAILED = "failed"


class Health(str, Enum):
    """How well a connected service does."""

    READY = "ready"
    BUSY = "busy"
    DEGRADED = "degraded"


class Stream(str, Enum):
    """The second, event-driven channel of a service that has one (ComfyUI's WebSocket)."""

    NONE = "none"
    """This service has no such channel."""
    OPEN = "open"
    MISSING = "missing"
    """It should be open but is not; HTTP polling serves meanwhile."""


class Source(str, Enum):
    """Where an endpoint came from."""

    CONFIGURED = "configured"
    LAST_GOOD = "last-good"
    DISCOVERED = "discovered"


@dataclass(frozen=True)
class Device:
    """One computing device of a service; sizes in bytes, None where the service does not say."""

    name: str
    kind: str
    memory_total: int | None = None
    memory_free: int | None = None


@dataclass(frozen=True)
class Queue:
    """Work that waits in or runs on a service, whoever sent it."""

    remaining: int

    @property
    def working(self) -> bool:
        return self.remaining > 0


class Access(str, Enum):
    """Whether a service lets us in: reachable, authorised and ready are three different answers."""

    OPEN = "open"
    """It asks for nothing."""
    ACCEPTED = "accepted"
    NOT_CHECKED = "not-checked"
    """It has not said whether our credentials are right."""


@dataclass(frozen=True)
class Parameter:
    """One value that an operation takes. Limits are None and choices empty where the service says none."""

    name: str
    kind: str
    """"text", "number", "boolean", "choice", "image", "audio", "video", "file", or "object" for several
    values in one."""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Capability:
    """Something that a service can make, and by which operation of it."""

    makes: str
    """"image", "video", "text", "voice", "sound"."""
    operation: str = ""
    """The service's own name of the operation; empty where it has none."""
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class LanguageModel:
    """A model that answers with text."""

    name: str
    provider: str = ""


@dataclass(frozen=True)
class ServiceInfo:
    """What a service told us about itself. Empty fields mean "not said" or "not read yet"."""

    program: str
    version: str = ""
    devices: tuple[Device, ...] = ()
    features: tuple[str, ...] = ()
    models: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(folder, model names) pairs, in the order of the service."""
    queue: Queue | None = None
    access: Access = Access.OPEN
    capabilities: tuple[Capability, ...] = ()
    """Empty leaves it to the backend's `makes`."""
    language_models: tuple[LanguageModel, ...] = ()
    variables: tuple[str, ...] = ()
    """Environment variables of the service's own process that would bring it more models."""
    complete: bool = False
    """False while heavier facts (models) are still being read."""

    @property
    def working(self) -> bool:
        return self.queue is not None and self.queue.working


@dataclass(frozen=True)
class Sighting:
    """What discovery saw at one open port: one of our services, or a stranger."""

    endpoint: Endpoint
    service: str | None
    """Name of the backend that recognised it; None for another program."""
    info: ServiceInfo | None
    stranger: str = ""
    """For another program: what it calls itself, as far as it said."""
    problem: Problem | None = None
    seconds: float = 0.0
