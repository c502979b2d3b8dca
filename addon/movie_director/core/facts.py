# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service tells about itself. All are frozen: they cross threads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class Device:
    """One computing device of a service; sizes in bytes, None where the service does not say."""

    name: str
    kind: str
    memory_total: int | None = None
    memory_free: int | None = None


@dataclass(frozen=True)
class Queue:
    """Work on a service, whoever sent it."""

    remaining: int
    """How much of it waits or runs."""
    waiting_only: bool = False
    """Whether the service leaves out what runs: then that nothing waits does not mean that it rests."""

    @property
    def working(self) -> bool:
        """Whether it says that there is work."""
        return self.remaining > 0

    @property
    def least(self) -> int:
        """How much work there is at least: what waits, waits for something that runs."""
        return self.remaining + 1 if self.waiting_only and self.working else self.remaining


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
