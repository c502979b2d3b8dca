# SPDX-License-Identifier: GPL-3.0-or-later
"""What hands do in more than one scenario."""

from __future__ import annotations

import bpy
from inside.gui import DRAW, EVENT, SETTLE, Button, Gui, Steps


def under_mouse(gui: Gui, x: int, y: int) -> Steps[Button | None]:
    """What is there. The mouse moves twice: at the first event Blender leaves what was."""
    gui.window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x - 1, y=y)
    return (yield from gui.button_at(x, y))


def key_at(gui: Gui, name: str, x: int, y: int) -> Steps[None]:
    """Press and release a key with the mouse there: a menu takes no keys while the mouse is elsewhere."""
    for value in ("PRESS", "RELEASE"):
        gui.window.event_simulate(type=name, value=value, x=x, y=y)
        yield EVENT


def type_at(gui: Gui, text: str, x: int, y: int) -> Steps[None]:
    """Type a text faster than Blender draws, with the mouse there."""
    for character in text:
        gui.window.event_simulate(type="A", value="PRESS", x=x, y=y, unicode=character)
        gui.window.event_simulate(type="A", value="RELEASE", x=x, y=y)
    yield SETTLE


def close_what_opened(gui: Gui) -> Steps[None]:
    """Menus that ask, and the window with the preferences."""
    yield from gui.key("ESC")
    windows = bpy.context.window_manager.windows
    while len(windows) > 1:
        with bpy.context.temp_override(window=windows[-1]):
            bpy.ops.wm.window_close()
        yield DRAW
