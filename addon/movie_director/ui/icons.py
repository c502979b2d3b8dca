# SPDX-License-Identifier: GPL-3.0-or-later
"""The marks as icons: pictures of our own, because Blender's icons have no colour and its texts neither.

scripts/draw_icons.py draws them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy.utils.previews

if TYPE_CHECKING:
    from ..core.card_parts import Mark

FOLDER = Path(__file__).parent / "icons"

_pictures: bpy.utils.previews.ImagePreviewCollection | None = None


def icon_of(mark: Mark) -> int:
    """For `icon_value`; 0, which shows no icon, while there are no pictures."""
    if _pictures is None or mark.value not in _pictures:
        return 0
    return int(_pictures[mark.value].icon_id)


def register() -> None:
    """Name the files; Blender reads each when it is first drawn."""
    global _pictures
    _pictures = bpy.utils.previews.new()
    for path in FOLDER.glob("*.png"):
        _pictures.load(path.stem, str(path), "IMAGE")


def unregister() -> None:
    global _pictures
    pictures, _pictures = _pictures, None
    if pictures is not None:
        bpy.utils.previews.remove(pictures)
