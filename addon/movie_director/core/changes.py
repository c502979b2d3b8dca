# SPDX-License-Identifier: GPL-3.0-or-later
"""What changed between two snapshots, in the terms of a person who watches: lost, back, paused, busy.

Not every transition is news: the attempts of an outage are not, its beginning and its end are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from .connection import WAITING
from .errors import Parameter
from .messages import explain, message, text
from .model import Health, State
from .presentation import context, is_usable
from .snapshot import ServiceStatus, Snapshot


class Kind(str, Enum):
    """What happened to a service."""

    CONNECTED = "connected"
    """For the first time since it was switched on."""
    MISSING = "missing"
    """It was looked for, and is not there."""
    LOST = "lost"
    BACK = "back"
    PAUSED = "paused"
    NEEDS_USER = "needs-user"
    BUSY = "busy"
    DEGRADED = "degraded"
    READY = "ready"
    OFF = "off"
    ON = "on"


@dataclass(frozen=True)
class Change:
    """One piece of news about one service; `at` is a reading of the monotonic clock."""

    kind: Kind
    at: float
    status: ServiceStatus
    """The service after the change."""
    outage: float | None = None
    """For ``back``: seconds since it was lost, None if that moment was not seen."""


@dataclass(frozen=True)
class _Seen:
    status: ServiceStatus
    told: Kind | None = None
    """The last news of whether it can be used."""
    lost_at: float | None = None
    """Since when it cannot be used, if it could be before."""
    health: Health = Health.READY
    """The last news of its health; one that has just come is expected to be ready."""
    health_at: float = 0.0
    """When its health became what it is now."""


_HEALTH_NEWS = {Health.BUSY: Kind.BUSY, Health.DEGRADED: Kind.DEGRADED, Health.READY: Kind.READY}
_HOLD = 1.0
"""Seconds that a health must last to be news: a lost stream is often the first sign of a lost service."""
_THERE = (Kind.CONNECTED, Kind.BACK)
_AWAY = (Kind.LOST, Kind.MISSING, Kind.PAUSED, Kind.NEEDS_USER)


class ChangeLog:
    """Compares each snapshot with the one before; owned by one reader."""

    def __init__(self) -> None:
        self._seen: Mapping[str, _Seen] = {}

    def update(self, snapshot: Snapshot, now: float) -> tuple[Change, ...]:
        """The news since the last call, oldest first; `now` is the time of this one.

        Call it again after a second although nothing changed: a health is news only once it lasted.
        """
        news: list[Change] = []
        seen: dict[str, _Seen] = {}
        for name, status in snapshot.services.items():
            before = self._seen.get(name)
            change = _change_of_use(before, status)
            health = _change_of_health(before, status, now)
            news += [each for each in (change, health) if each is not None]
            seen[name] = _remembered(before, status, change, health, now)
        self._seen = seen
        return tuple(sorted(news, key=lambda each: each.at))


def _remembered(
    before: _Seen | None, status: ServiceStatus, change: Change | None, health: Change | None, now: float
) -> _Seen:
    told = change.kind if change is not None else (before.told if before else None)
    if is_usable(status):
        same = before is not None and is_usable(before.status) and before.status.health is status.health
        last = before.health if before is not None and change is None else Health.READY
        if health is not None and status.health is not None:
            last = status.health
        return _Seen(status, told, None, last, before.health_at if before is not None and same else now)
    if status.state is State.DISABLED:
        return _Seen(status, told)
    if before is not None and before.told in _THERE and told in _AWAY:
        return _Seen(status, told, status.since)
    return _Seen(status, told, before.lost_at if before else None)


def _change_of_use(before: _Seen | None, status: ServiceStatus) -> Change | None:
    """News of whether the service can be used."""
    told = before.told if before else None
    if is_usable(status):
        return _arrival(before, status)
    kind = None
    if status.state is State.DISABLED:
        was_off = before is None or before.status.state is State.DISABLED
        kind = None if was_off else Kind.OFF
    elif status.state is State.FAILED:
        kind = Kind.NEEDS_USER
    elif status.state in WAITING and told in _THERE:
        kind = Kind.LOST
    elif status.state is State.SUSPENDED:
        kind = Kind.PAUSED
    elif status.state in WAITING and told not in _AWAY and status.problem is not None:
        kind = Kind.MISSING
    elif told is Kind.OFF:
        kind = Kind.ON
    return None if kind is None or kind is told else Change(kind, status.since, status)


def _arrival(before: _Seen | None, status: ServiceStatus) -> Change | None:
    if before is None or before.told not in _THERE:
        if before is None or before.lost_at is None:
            return Change(Kind.CONNECTED, status.since, status)
        return Change(Kind.BACK, status.since, status, status.since - before.lost_at)
    if before.status.since != status.since:
        return Change(Kind.BACK, status.since, status)  # it went and came between two looks
    return None


def _change_of_health(before: _Seen | None, status: ServiceStatus, now: float) -> Change | None:
    """News of how well a service does that can be used, once that has lasted."""
    if before is None or not is_usable(status) or not is_usable(before.status) or status.health is None:
        return None
    lasted = status.health is before.status.health and now - before.health_at >= _HOLD
    if not lasted or status.health is before.health:
        return None
    return Change(_HEALTH_NEWS[status.health], before.health_at, status)


def change_text(change: Change) -> str:
    """The news in a few words, without the name of the service."""
    status = change.status
    known: dict[str, Parameter] = {"program": status.label, "attempts": status.attempt}
    if status.problem is not None:
        known["reason"] = explain(status.problem, context(status.label, status.endpoint)).title.rstrip(".")
    if status.endpoint is not None:
        known["url"] = status.endpoint.url
    if status.info is not None and status.info.version:
        known["version"] = status.info.version
    if change.outage is not None:
        known["seconds"] = change.outage
    return text(message(f"change.{change.kind.value}", **known))
