"""Runs inside Blender when it starts: installs the zip that is the last argument, and shows the add-on."""

from __future__ import annotations

import sys
from typing import Any

import bpy

NAME = "movie_director"
REPOSITORY = "user_default"
TAB = "Movie Director"
EXTENSIONS = (4, 2, 0)
"""The first version with extensions; it is also the first in which a script can choose the sidebar's tab."""

PERIOD = 0.2
TRIES = 50

# Without the types: those that checkers know are of Blender 3.6, which lacks some of what is used here.
ops: Any = bpy.ops
context: Any = bpy.context


def install(path: str) -> None:
    """Install the zip as a person would, and enable the add-on. Raises RuntimeError."""
    if bpy.app.version >= EXTENSIONS:
        name = f"bl_ext.{REPOSITORY}.{NAME}"
        ops.extensions.package_install_files(filepath=path, repo=REPOSITORY, enable_on_install=True)
    else:
        name = NAME
        ops.preferences.addon_install(filepath=path, overwrite=True)
        ops.preferences.addon_enable(module=name)
    if name not in context.preferences.addons:  # the operators do not always tell
        raise RuntimeError(f"Blender did not enable {path}; the reason is in the lines above.")


class Showing:
    """Opens the sidebar and the scene's properties, in which the panels are, once there is a window."""

    def __init__(self) -> None:
        self._left = TRIES

    def __call__(self) -> float | None:
        """Called by a timer of Blender; return the seconds until the next call, None when all is shown."""
        self._left -= 1
        areas = [area for window in context.window_manager.windows for area in window.screen.areas]
        shown = [show(area) for area in areas]  # all of them, also after the first that is not
        return None if all(shown) or self._left <= 0 else PERIOD


def show(area: Any) -> bool:
    """Bring our panel up in `area`; return whether it is, or whether there is none to be shown."""
    space = area.spaces.active
    if area.type == "PROPERTIES":
        space.context = "SCENE"
    if area.type != "VIEW_3D":
        return True
    space.show_region_ui = True
    if bpy.app.version < EXTENSIONS:
        return True
    sidebar = next(region for region in area.regions if region.type == "UI")
    try:
        sidebar.active_panel_category = TAB
    except (AttributeError, TypeError):  # not drawn yet, so that it has no tabs
        return False
    return bool(sidebar.active_panel_category == TAB)


def main() -> None:
    context.preferences.view.show_splash = False
    install(sys.argv[-1])
    bpy.app.timers.register(Showing(), first_interval=PERIOD)


main()
