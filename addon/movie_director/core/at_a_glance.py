# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a snapshot is to be seen, so that nothing is drawn again when nothing looks different.

A service that is connected says something new at every check: how long it took, and how much memory is free.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from .snapshot import ServiceStatus, Snapshot


def at_a_glance(snapshot: Snapshot, unfolded: Collection[str]) -> Snapshot:
    """The snapshot without its version, and of services not in `unfolded` without what only details show.

    Two that are equal give equal cards at the same moment, in the panel and in the preferences.
    """
    services = {
        name: status if name in unfolded else _folded(status) for name, status in snapshot.services.items()
    }
    return replace(snapshot, version=0, services=services)


def _folded(status: ServiceStatus) -> ServiceStatus:
    """Only what changes often is left out: what is overlooked here is drawn needlessly, and not too late."""
    info = status.info and replace(status.info, devices=(), queue=None)
    return replace(status, latency=None, last_attempt_at=None, info=info)
