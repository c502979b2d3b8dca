# SPDX-License-Identifier: GPL-3.0-or-later
"""The marks as icons: pictures of our own, because Blender's icons have no colour and its texts neither.

scripts/draw_icons.py draws them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy.utils.previews

from . import bridge

if TYPE_CHECKING:
    from ..core.card_parts import Mark

FOLDER = Path(__file__).parent / "icons"

_unread: list[Path] = []
"""The files that Blender has not read yet."""
_pictures: bpy.utils.previews.ImagePreviewCollection | None = None


def icon_of(mark: Mark) -> int:
    """For `icon_value`; 0, which shows no icon, while it is not read yet."""
    if _pictures is None or mark.value not in _pictures:
        return 0
    return int(_pictures[mark.value].icon_id)


def follow(now: float) -> bool:
    """Called at every tick: have Blender read one more picture; whether there was one.

    Not when it is first drawn: that is done by a job of Blender's, which may end before, and then the icon
    stays empty.
    """
    if not _unread or _pictures is None:
        return False
    path = _unread.pop()
    picture = _pictures.load(path.stem, str(path), "IMAGE")
    # To look at its size is to have it read; `icon_size` alone is a view of it, and asks for nothing.
    return tuple(picture.icon_size) != (0, 0)


def register() -> None:
    global _pictures
    _pictures = bpy.utils.previews.new()
    if not bpy.app.background:  # where nothing is drawn
        _unread.extend(sorted(FOLDER.glob("*.png")))
    bridge.at_every_tick(follow)


def unregister() -> None:
    global _pictures
    _unread.clear()
    pictures, _pictures = _pictures, None
    if pictures is not None:
        bpy.utils.previews.remove(pictures)
