# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns that every room shares. All are frozen: they cross threads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .endpoint import Endpoint
from .errors import Problem
from .facts import ServiceInfo


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
