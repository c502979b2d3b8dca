# SPDX-License-Identifier: GPL-3.0-or-later
"""The regions that show something of ours. Only these are drawn again, never a whole area.

Drawing a 3D viewport again costs up to half a second on a slow graphics card, its sidebar a fraction of that.
"""

from __future__ import annotations

import bpy

CATEGORY = "Movie Director"
"""The tab of the sidebars."""

_NO_TABS = (None, "", "UNSUPPORTED")


def tag() -> int:
    """Have every region drawn again that shows our panel or preferences; returns how many."""
    found = [
        region
        for manager in bpy.data.window_managers
        for window in manager.windows
        for area in window.screen.areas
        for region in area.regions
        if _shows_us(area, region)
    ]
    for region in found:
        region.tag_redraw()
    return len(found)


def _shows_us(area: bpy.types.Area, region: bpy.types.Region) -> bool:
    if region.width <= 1:
        return False
    if area.type in ("VIEW_3D", "SEQUENCE_EDITOR"):
        return region.type == "UI" and _shows_our_tab(region)
    if area.type == "PROPERTIES":
        return region.type == "WINDOW" and getattr(area.spaces.active, "context", "") == "SCENE"
    if area.type == "PREFERENCES":
        section = bpy.context.preferences.active_section
        return region.type == "WINDOW" and section in ("ADDONS", "EXTENSIONS")
    return False


def _shows_our_tab(region: bpy.types.Region) -> bool:
    """True also where Blender does not tell the open tab, as before 4.2."""
    tab = getattr(region, "active_panel_category", None)
    return tab == CATEGORY or tab in _NO_TABS
