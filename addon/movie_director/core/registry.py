# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry: who can make what, as a pure view of one snapshot.

Nothing is kept here. Whoever wants to hear of changes waits for the next snapshot on the board.
"""

from __future__ import annotations

from dataclasses import dataclass

from .model import Capability, Health, LanguageModel, ServiceInfo, State
from .snapshot import ServiceStatus, Snapshot
from .versions import Support

_HEALTH_ORDER = {Health.READY: 0, Health.DEGRADED: 1, Health.BUSY: 2, None: 0}


@dataclass(frozen=True)
class Offer:
    """One service that makes what was asked for."""

    status: ServiceStatus
    capabilities: tuple[Capability, ...]
    """The operations that make it; one without a name where the service does not list them."""

    @property
    def ready(self) -> bool:
        """Whether work can be given to it now."""
        return self.status.state is State.CONNECTED and self.status.support is not Support.TOO_OLD

    @property
    def remaining(self) -> int | None:
        """Work that waits in or runs on it; None if it does not say."""
        info = self.status.info
        return None if info is None or info.queue is None else info.queue.remaining


def who_can_make(snapshot: Snapshot, makes: str, *, ready_only: bool = False) -> tuple[Offer, ...]:
    """Services that make "image", "video", "text", "voice" or "sound": ready ones first, least busy first.

    Among equals the order of the snapshot holds. Services that are switched off are left out.
    """
    offers = [
        Offer(status, capabilities)
        for status in snapshot.services.values()
        if status.state is not State.DISABLED and (capabilities := _capabilities(status, makes))
    ]
    if ready_only:
        offers = [offer for offer in offers if offer.ready]
    return tuple(sorted(offers, key=_preference))


def makes_of(status: ServiceStatus) -> tuple[str, ...]:
    """Everything that a service makes, each once."""
    said = _said(status.info)
    return tuple(dict.fromkeys(capability.makes for capability in said)) or status.makes


def language_models(snapshot: Snapshot) -> tuple[tuple[str, LanguageModel], ...]:
    """(service, model) of every language model that can be asked now."""
    return tuple(
        (status.service, model)
        for status in snapshot.services.values()
        if status.state is State.CONNECTED and status.info is not None
        for model in status.info.language_models
    )


def _capabilities(status: ServiceStatus, makes: str) -> tuple[Capability, ...]:
    said = _said(status.info)
    if said:
        return tuple(capability for capability in said if capability.makes == makes)
    return (Capability(makes),) if makes in status.makes else ()


def _said(info: ServiceInfo | None) -> tuple[Capability, ...]:
    return () if info is None else info.capabilities


def _preference(offer: Offer) -> tuple[bool, int, int]:
    remaining = offer.remaining
    return (not offer.ready, _HEALTH_ORDER[offer.status.health], 0 if remaining is None else remaining)
