# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings what the engine knows to Blender: one timer on the main thread, which never waits.

The engine calls nobody back. The timer looks whether there is a newer snapshot, shows it in the properties,
and has those regions drawn again that show any of it.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections import deque

import bpy

from ..core.changes import Change, ChangeLog
from ..core.presentation import counts_down
from ..core.snapshot import Snapshot
from . import engine, online, regions, status_properties

log = logging.getLogger(__name__)

INTERVAL = 0.05
"""Seconds between two ticks: a change is shown within 0.1 s, though Blender's timers are late by some ms."""
REDRAW_SPACING = 0.2
"""Seconds between two redraws, because drawing a sidebar can take Blender a tenth of a second."""
_BEAT = 1.0
_NEWS_KEPT = 100


class Bridge:
    """What the ticks of one life of the add-on remember."""

    def __init__(self) -> None:
        self.news: deque[Change] = deque(maxlen=_NEWS_KEPT)
        """The newest changes, oldest first."""
        self._changes = ChangeLog()
        self._seen = -1
        self._next_beat = 0.0
        self._redraw_wanted = False
        self._drawn_at = float("-inf")
        self._mistakes: set[str] = set()

    def tick(self, now: float) -> None:
        """Look once; `now` is a reading of the monotonic clock. Never raises."""
        try:
            self._look(now)
        except Exception as error:
            self._tell(error)

    def want_redraw(self) -> None:
        """Have our regions drawn at the next tick that may."""
        self._redraw_wanted = True

    def show_again(self) -> None:
        """Take the newest snapshot as not seen yet."""
        self._seen = -1

    def _look(self, now: float) -> None:
        application = engine.application()
        if application is None:
            return
        snapshot = application.board.snapshot(self._seen)
        if snapshot is not None:
            self._seen = snapshot.version
            self._show(snapshot, now)
        if now >= self._next_beat:
            self._next_beat = now + _BEAT
            self._beat(now)
        if self._redraw_wanted and now - self._drawn_at >= REDRAW_SPACING:
            self._redraw_wanted = False
            self._drawn_at = now
            regions.tag()

    def _show(self, snapshot: Snapshot, now: float) -> None:
        status_properties.show(snapshot)
        self.news.extend(self._changes.update(snapshot, now))
        self._redraw_wanted = True

    def _beat(self, now: float) -> None:
        """What is due once a second, whether or not anything changed."""
        shown = status_properties.shown()
        self.news.extend(self._changes.update(shown, now))
        if any(counts_down(status, now) for status in shown.services.values()):
            self._redraw_wanted = True
        engine.allow_other_computers(online.is_allowed())

    def _tell(self, error: Exception) -> None:
        """Once for each place: a tick comes twenty times a second."""
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{type(error).__name__} {frames[-1].filename}:{frames[-1].lineno}"
        if place not in self._mistakes:
            self._mistakes.add(place)
            log.error("the display does not follow", exc_info=error)


_bridge: Bridge | None = None


def tick() -> float | None:
    """What the timer does; also for scripts in background mode, where timers never fire.

    Returns the seconds until the next tick, or None once the add-on is off.
    """
    if _bridge is None:
        return None
    engine.start()
    _bridge.tick(time.monotonic())
    return INTERVAL


def news() -> tuple[Change, ...]:
    """The newest changes, oldest first."""
    return () if _bridge is None else tuple(_bridge.news)


def want_redraw() -> None:
    """Have the regions that show us drawn again soon; for operators that changed what is shown."""
    if _bridge is not None:
        _bridge.want_redraw()


def after_load() -> None:
    """A file was loaded: its window manager has no items of ours, and its regions are new."""
    status_properties.refill()
    want_redraw()
    _keep_ticking()


def register() -> None:
    global _bridge
    _bridge = Bridge()
    _keep_ticking()


def unregister() -> None:
    """Stop ticking, then end all threads."""
    global _bridge
    _bridge = None
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)
    engine.stop()


def _keep_ticking() -> None:
    if not bpy.app.timers.is_registered(tick):
        bpy.app.timers.register(tick, first_interval=INTERVAL, persistent=True)
