# SPDX-License-Identifier: GPL-3.0-or-later
"""Install the zip, enable and disable it again and again, and remove it: nothing of it stays."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator

import bpy
from inside.session import COMES, Session

TIMES = 10
PAUSE = 0.1
"""Seconds in which the add-on ticks, as it does while somebody works."""


def scenario(session: Session) -> Iterator[object]:
    session.install(enable=False)
    before = traces()  # Blender's own folder for add-ons is on sys.path from now on
    session.mark("installed")
    for _ in range(TIMES):
        session.enable()
        yield PAUSE
        session.disable()
        yield from gone(session, before)
    session.enable()
    yield PAUSE
    session.mark("enabled again and again")
    session.uninstall()
    yield from gone(session, before)


def gone(session: Session, before: set[str]) -> Iterator[object]:
    """Wait until nothing is left but what was there `before`; threads end a moment after the add-on."""
    begun = time.monotonic()
    while traces() != before:
        assert time.monotonic() - begun < COMES, f"left: {sorted(traces() ^ before)}"
        yield
    session.facts["longest"] = max(session.facts.get("longest", 0.0), time.monotonic() - begun)


def traces() -> set[str]:
    """A name for everything that an add-on can leave in a running Blender."""
    handlers = {
        f"handler {name} {getattr(handler, '__module__', handler)}"
        for name in dir(bpy.app.handlers)
        if isinstance(found := getattr(bpy.app.handlers, name), list)
        for handler in found
    }
    classes = {f"class {name}" for name in dir(bpy.types) if "movie_director" in name.lower()}
    properties = {
        f"property {kind.__name__}.{name}"
        for kind in (bpy.types.Scene, bpy.types.WindowManager)
        for name in kind.bl_rna.properties
    }
    threads = {f"thread {thread.name}" for thread in threading.enumerate()}
    return handlers | classes | properties | threads | {f"path {entry}" for entry in sys.path}
