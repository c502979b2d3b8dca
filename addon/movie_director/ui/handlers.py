# SPDX-License-Identifier: GPL-3.0-or-later
"""What we are told of: a file was loaded, Python ends."""

from __future__ import annotations

import atexit

import bpy
from bpy.app.handlers import persistent

from . import bridge
from . import unregister as unregister_all


@persistent
def after_load(*_: object) -> None:
    """Also for a new file, which is loaded from the start-up file."""
    bridge.after_load()


def register() -> None:
    bpy.app.handlers.load_post.append(after_load)
    # Blender itself disables all add-ons when it ends, but not where it is a Python module: there a timer or
    # a handler that is left hangs 4.5 and crashes 4.2.
    atexit.register(unregister_all)


def unregister() -> None:
    atexit.unregister(unregister_all)
    if after_load in bpy.app.handlers.load_post:
        bpy.app.handlers.load_post.remove(after_load)
