# SPDX-License-Identifier: GPL-3.0-or-later
"""Movie Director: find, watch and feed the AI services on this computer, from Blender.

The rooms, and the one direction in which they may import each other:

    ui, cli  →  runtime  →  backends  →  transport  →  core

``core`` holds values and decisions, ``transport`` is the only room that opens sockets, ``backends``
knows one program per module, ``runtime`` owns the threads, ``cli`` is the terminal, and ``ui`` is the only
room that knows bpy. This module imports none of them, so that the terminal and the tests need no Blender.
"""

from __future__ import annotations

# Blender reads this without running the file: a literal, without an annotation, up to the first empty line.
# An extension's comes from blender_manifest.toml, and Blender deletes this name: use VERSION.
bl_info = {
    "name": "Movie Director",
    "author": "Movie Director contributors",
    "version": (0, 1, 0),
    "blender": (3, 6, 0),
    "location": "3D Viewport and Sequencer > Sidebar > Movie Director, and Properties > Scene",
    "description": "Find, connect to and watch the AI services on your computer",
    "category": "Sequencer",
}

VERSION: tuple[int, int, int] = bl_info["version"]  # type: ignore[assignment]


def register() -> None:
    """Called by Blender when the add-on is enabled."""
    from . import ui

    ui.register()


def unregister() -> None:
    """Called by Blender when the add-on is disabled, and when Blender ends."""
    from . import ui

    ui.unregister()
