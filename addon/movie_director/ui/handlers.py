# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender tells us of: a file was loaded, Blender ends."""

from __future__ import annotations

import atexit

import bpy
from bpy.app.handlers import persistent

from . import bridge


@persistent
def after_load(*_: object) -> None:
    """Also for a new file, which is loaded from the start-up file."""
    bridge.after_load()


@persistent
def before_exit(*_: object) -> None:
    """End threads and the timer: in Blender 4.5 as a Python module, a timer left at the end hangs it."""
    bridge.unregister()


def register() -> None:
    bpy.app.handlers.load_post.append(after_load)
    if hasattr(bpy.app.handlers, "exit_pre"):
        bpy.app.handlers.exit_pre.append(before_exit)
    atexit.register(before_exit)


def unregister() -> None:
    atexit.unregister(before_exit)
    for handlers, ours in (
        (bpy.app.handlers.load_post, after_load),
        (getattr(bpy.app.handlers, "exit_pre", []), before_exit),
    ):
        if ours in handlers:
            handlers.remove(ours)
