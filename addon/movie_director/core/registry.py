# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry: who can make what, as a pure view of one snapshot.

Nothing is kept here. Whoever wants to hear of changes waits for the next snapshot on the board.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .facts import Capability, LanguageModel, Queue, ServiceInfo
from .model import Health, State
from .snapshot import Remembered, ServiceStatus, Snapshot
from .versions import Support

MAKES = ("image", "video", "text", "voice", "sound")
"""Everything that can be asked for."""

_HEALTH_ORDER = {Health.READY: 0, Health.DEGRADED: 1, Health.BUSY: 2, None: 0}


@dataclass(frozen=True)
class Offer:
    """One service, and what it makes of what was asked for."""

    status: ServiceStatus
    capabilities: tuple[Capability, ...]
    """The operations that make it; one without a name where the service does not list them."""
    last_seen: Remembered | None = None
    """For a service that is not connected: when it last was, and what it could do then."""

    @property
    def ready(self) -> bool:
        """Whether work can be given to it now."""
        return self.status.state is State.CONNECTED and self.status.support is not Support.TOO_OLD

    @property
    def info(self) -> ServiceInfo | None:
        """What it says of itself, or said when it was last seen."""
        return self.status.info if self.last_seen is None else self.last_seen.info

    @property
    def queue(self) -> Queue | None:
        """Work that waits in or runs on it; None if it does not say."""
        info = self.status.info
        return None if info is None or self.status.state is not State.CONNECTED else info.queue


def who_can_make(snapshot: Snapshot, makes: str, *, ready_only: bool = False) -> tuple[Offer, ...]:
    """Services that make "image", "video", "text", "voice" or "sound": ready ones first, least busy first.

    Who does not tell what runs, or tells nothing of its work, may be idle: it comes behind those that are
    known to be, and before those that are known to be at work. Among equals the order of the snapshot holds.
    Services that are switched off are left out.
    """
    return offers(snapshot, (makes,), ready_only=ready_only)


def offers(
    snapshot: Snapshot, makes: Collection[str] = MAKES, *, ready_only: bool = False
) -> tuple[Offer, ...]:
    """Like `who_can_make`, for services that make any of these."""
    found = [
        offer
        for status in snapshot.services.values()
        if status.state is not State.DISABLED
        and (offer := _offer(status, snapshot.remembered.get(status.service), makes)).capabilities
    ]
    if ready_only:
        found = [offer for offer in found if offer.ready]
    return tuple(sorted(found, key=_preference))


def makes_of(status: ServiceStatus, last_seen: Remembered | None = None) -> tuple[str, ...]:
    """Everything that a service makes, each once."""
    said = _offer(status, last_seen, MAKES).capabilities
    return tuple(dict.fromkeys(capability.makes for capability in said))


def language_models(snapshot: Snapshot) -> tuple[tuple[str, LanguageModel], ...]:
    """(service, model) of every language model that can be asked now."""
    return tuple(
        (status.service, model)
        for status in snapshot.services.values()
        if status.state is State.CONNECTED and status.info is not None
        for model in status.info.language_models
    )


def _offer(status: ServiceStatus, last_seen: Remembered | None, makes: Collection[str]) -> Offer:
    """What a service says that it makes; where it says nothing, what its kind makes."""
    known = last_seen if status.state is not State.CONNECTED else None
    info = status.info if known is None else known.info
    said = info.capabilities if info is not None else ()
    if not said:
        said = tuple(Capability(each) for each in status.makes)
    return Offer(status, tuple(each for each in said if each.makes in makes), known)


def _preference(offer: Offer) -> tuple[bool, int, int, bool]:
    queue = offer.queue
    least, is_sure = (0, False) if queue is None else (queue.least, not queue.waiting_only)
    return (not offer.ready, _HEALTH_ORDER[offer.status.health], least, not is_sure)
