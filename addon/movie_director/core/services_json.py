# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry as JSON: who can make what, ready or not; docs/json.md describes the shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .registry import Offer, language_models
from .serialisation import Clocks, Json, capability_json, endpoint_json, language_model_json, models_json
from .snapshot import Remembered, Snapshot
from .versions import VersionRule

SERVICES = "movie-director/services/1"

_NO_RULE = VersionRule()


def services_json(
    snapshot: Snapshot,
    found: Iterable[Offer],
    clocks: Clocks,
    rules: Mapping[str, VersionRule],
    *,
    make: str | None,
    ready_only: bool,
) -> Json:
    """The offers that were `found` for a query, in their order. `rules` says per service what we support."""
    offers = list(found)
    return {
        "schema": SERVICES,
        "at": clocks.moment(),
        "ok": any(offer.ready for offer in offers),
        "make": make,
        "ready_only": ready_only,
        "services": [
            _offer_json(offer, clocks, rules.get(offer.status.service, _NO_RULE)) for offer in offers
        ],
        "language_models": [
            {"service": service, **language_model_json(model)} for service, model in language_models(snapshot)
        ],
    }


def _offer_json(offer: Offer, clocks: Clocks, rule: VersionRule) -> Json:
    status, info = offer.status, offer.info
    return {
        "service": status.service,
        "label": status.label,
        "ready": offer.ready,
        "state": status.state.value,
        "health": status.health.value if status.health else None,
        "endpoint": endpoint_json(status.endpoint),
        "queue_remaining": offer.queue.remaining if offer.queue else None,
        "program": info.program if info else None,
        "version": (info.version or None) if info else None,
        "support": status.support.value,
        "oldest_version": rule.oldest or None,
        "newest_tested_version": rule.newest_tested or None,
        "capabilities": [capability_json(each) for each in offer.capabilities],
        "features": list(info.features) if info else [],
        "models": models_json(info.models) if info else [],
        "complete": info is not None and info.complete,
        "last_seen": _last_seen(offer.last_seen, clocks),
    }


def _last_seen(seen: Remembered | None, clocks: Clocks) -> Json | None:
    if seen is None:
        return None
    return {
        "at": clocks.moment(clocks.monotonic + seen.seen_at - clocks.wall),
        "seconds_ago": round(max(0.0, clocks.wall - seen.seen_at), 3),
        "url": seen.url,
        "shortened": seen.shortened,
    }
