# SPDX-License-Identifier: GPL-3.0-or-later
"""What one tick does with what the engine knows. Imported once the engine is there, see `ui.__init__`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..core.at_a_glance import at_a_glance
from ..core.changes import Change, ChangeLog
from ..core.presentation import counts_down
from ..core.snapshot import Snapshot
from . import engine, online, regions, status_properties

if TYPE_CHECKING:
    from ..runtime.application import Application

REDRAW_SPACING = 0.2
"""Seconds between two redraws, because drawing a sidebar can take Blender a tenth of a second."""
_BEAT = 1.0
_NEWS_KEPT = 100


class Ticking:
    """What the ticks of one life of the add-on remember."""

    def __init__(self) -> None:
        self.news: deque[Change] = deque(maxlen=_NEWS_KEPT)
        """The newest changes, oldest first."""
        self.redraw_wanted = False
        """Whether our regions are to be drawn again at the next tick that may."""
        self._changes = ChangeLog()
        self._seen = -1
        self._glance: Snapshot | None = None
        """As much of the newest snapshot as is to be seen."""
        self._next_beat = 0.0
        self._drawn_at = float("-inf")

    def tick(self, application: Application, now: float, follow: Callable[[float], bool]) -> None:
        """Look once; `now` is a reading of the monotonic clock. `follow` says if others want a redraw."""
        snapshot = application.board.snapshot(self._seen)
        if snapshot is not None:
            self._seen = snapshot.version
            self._show(snapshot, now)
        if now >= self._next_beat:
            self._next_beat = now + _BEAT
            self._beat(now)
        self.redraw_wanted |= follow(now)
        if self.redraw_wanted and now - self._drawn_at >= REDRAW_SPACING:
            self.redraw_wanted = False
            self._drawn_at = now
            regions.tag()

    def _show(self, snapshot: Snapshot, now: float) -> None:
        status_properties.show(snapshot)
        self.news.extend(self._changes.update(snapshot, now))
        glance = at_a_glance(snapshot, status_properties.open_details())
        if glance != self._glance:
            self._glance = glance
            self.redraw_wanted = True

    def _beat(self, now: float) -> None:
        """What is due once a second, whether or not anything changed."""
        engine.allow_other_computers(online.is_allowed())
        shown = status_properties.shown()
        if shown is None:
            return
        self.news.extend(self._changes.update(shown, now))
        if any(counts_down(status, now) for status in shown.services.values()):
            self.redraw_wanted = True
