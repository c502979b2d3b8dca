# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings what the engine knows to Blender: one timer on the main thread, which never waits.

The engine calls nobody back. The timer looks whether there is a newer snapshot, shows it in the properties,
and has those regions drawn again that show any of it.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING

import bpy

from . import engine, status_properties

if TYPE_CHECKING:
    from ..core.changes import Change
    from .ticking import Ticking

log = logging.getLogger(__name__)

INTERVAL = 0.05
"""Seconds between two ticks: a change is shown within 0.1 s, though Blender's timers are late by some ms."""


class Bridge:
    """One life of the bridge, from `register` to `unregister`."""

    def __init__(self) -> None:
        self.followers: list[Callable[[float], bool]] = []
        """Called at every tick with the time; what is true has the regions drawn again."""
        self.mistakes: list[str] = []
        """What went wrong in ticks, each place once."""
        self.ticking: Ticking | None = None
        """None until the engine is there."""

    def tick(self, now: float) -> None:
        """Look once; `now` is a reading of the monotonic clock. Never raises."""
        try:
            engine.start()
            application = engine.application()
            if application is None:
                return
            if self.ticking is None:
                from .ticking import Ticking

                self.ticking = Ticking()
            self.ticking.tick(application, now, self._follow)
        except Exception as error:
            self._tell(error)

    def _follow(self, now: float) -> bool:
        """Whether a follower asks for a redraw; one that fails does not hold up the others."""
        is_asked = False
        for follow in self.followers:
            try:
                is_asked |= follow(now)
            except Exception as error:
                self._tell(error)
        return is_asked

    def _tell(self, error: Exception) -> None:
        """Once for each place: a tick comes twenty times a second."""
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{type(error).__name__} {frames[-1].filename}:{frames[-1].lineno}"
        if place not in self.mistakes:
            self.mistakes.append(place)
            log.error("the display does not follow", exc_info=error)


_bridge: Bridge | None = None


def tick() -> float | None:
    """What the timer does; also for scripts in background mode, where timers never fire.

    Returns the seconds until the next tick, or None once the add-on is off.
    """
    if _bridge is None:
        return None
    _bridge.tick(time.monotonic())
    return INTERVAL


def news() -> tuple[Change, ...]:
    """The newest changes, oldest first."""
    return () if _bridge is None or _bridge.ticking is None else tuple(_bridge.ticking.news)


def mistakes() -> tuple[str, ...]:
    """The faults of ours that ticks met; each is in the log with all of it."""
    return () if _bridge is None else tuple(_bridge.mistakes)


def want_redraw() -> None:
    """Have the regions that show us drawn again soon; for operators that changed what is shown."""
    if _bridge is not None and _bridge.ticking is not None:
        _bridge.ticking.redraw_wanted = True


def at_every_tick(follow: Callable[[float], bool]) -> None:
    """Have `follow` called with the monotonic time until the bridge ends; true asks for a redraw."""
    if _bridge is not None:
        _bridge.followers.append(follow)


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
