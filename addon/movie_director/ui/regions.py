# SPDX-License-Identifier: GPL-3.0-or-later
"""The regions that show something of ours. Only these are drawn again, never a whole area.

Drawing a 3D viewport again costs up to half a second on a slow graphics card, its sidebar a fraction of that.
Blender does not tell whether a panel is to be seen: its tab may be another one, which versions before 4.2 do
not tell either, and the panel may be folded in. But it asks only what is to be seen to draw itself.
"""

from __future__ import annotations

import bpy

_drawn: set[int] = set()
"""By their addresses, the regions in which we have drawn since they were tagged last."""


def drawn_in(region: bpy.types.Region) -> None:
    """To be told by whoever draws something of ours."""
    _drawn.add(region.as_pointer())


def tag() -> int:
    """Have every region drawn again that shows something of ours; returns how many.

    A region that has been tagged and not been drawn since is left out, for it is still to be drawn. One that
    showed us and does no longer is drawn once more.
    """
    if not _drawn:
        return 0
    found = [
        region
        for manager in bpy.data.window_managers
        for window in manager.windows
        for area in window.screen.areas
        for region in area.regions
        if region.as_pointer() in _drawn
    ]
    _drawn.clear()
    for region in found:
        region.tag_redraw()
    return len(found)
