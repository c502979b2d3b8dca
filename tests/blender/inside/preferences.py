# SPDX-License-Identifier: GPL-3.0-or-later
"""Our preferences in a scenario: the object with the properties, and the editor that shows them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import addon_utils
import bpy
from inside.gui import DRAW, SETTLE, Button, Gui, Steps
from inside.session import Session, Until

ROW = 20
"""Pixels from one row of the preferences to the next, at a scale of 1."""
TRIES = 3
"""How often the page is looked through: what is drawn meanwhile may move a button."""
STEP, FINE = 11, 4
"""Pixels between two places where a button, and where its edge, is looked for."""
PAGES = 4
"""From one end to the other, and some more."""
FOLD, LEFT, MIDDLE, RIGHT, BESIDE = 0.06, 0.3, 0.6, 0.8, 0.98
"""Fractions of the width at which buttons are."""


def ready(session: Session) -> Steps[None]:
    """Wait until the settings are read and the preferences are registered."""
    engine = session.addon("ui.engine")

    def is_ready() -> bool:
        application = engine.application()
        return application is not None and application.settings.newest.loaded and bool(properties(session))

    yield session.until(is_ready, what="the settings are read")


def written(session: Session) -> Until:
    """To be yielded: wait until our own files hold all that was set."""
    store = session.addon("ui.engine").application().settings
    home = session.addon("runtime.paths").folders(sys.platform, os.environ, os.path.expanduser("~"))
    file = session.addon("runtime.settings_file").SettingsFile(Path(home.user_settings), store.schema)
    return session.until(
        lambda: file.read().user == store.user and not store.trust.is_dirty, what="all is written"
    )


def properties(session: Session) -> Any:
    """The AddonPreferences; None before they are registered."""
    return bpy.context.preferences.addons[session.module_name].preferences


def show(session: Session, gui: Gui) -> Steps[None]:
    """Fill the window with the preferences of our add-on, folded out."""
    yield from gui.show_in("PREFERENCES")
    bpy.context.preferences.active_section = "ADDONS"
    bpy.context.window_manager.addon_search = "Movie Director"
    for module in addon_utils.modules():
        if module.__name__ == session.module_name:
            addon_utils.module_bl_info(module)["show_expanded"] = True
    with bpy.context.temp_override(window=gui.window, area=gui.area, region=gui.region):
        bpy.ops.screen.screen_full_area(use_hide_panels=True)
    yield DRAW * 2
    gui.area = gui.window.screen.areas[0]
    gui.region = next(each for each in gui.area.regions if each.type == "WINDOW")
    gui.area.tag_redraw()
    yield DRAW


def find(gui: Gui, text: str, column: float, below: int = 0) -> Steps[Button]:
    """The first button that has `text` in what it does; AssertionError if none is to be seen.

    It is looked for at the fraction `column` of the width, from the height `below` (or the top) down: every
    step of the mouse has Blender draw the whole page, so there must be few.
    """
    x = gui.region.x + int(gui.region.width * column)
    top = below or gui.region.y + gui.region.height - STEP
    for _ in range(TRIES):
        for y in range(top, gui.region.y, -STEP):
            button = yield from gui.button_at(x, y)
            if button is not None and text in button.what:
                middle = yield from _middle(gui, x, y, top, text)
                if middle is not None:
                    return Button(button.what, x, middle)
                break
    raise AssertionError(f"there is no button {text!r} below {top}")


def _middle(gui: Gui, x: int, y: int, top: int, text: str) -> Steps[int | None]:
    """Its middle, or nearly; None if it is not there.

    Blender may have told of a place that the mouse had left, on a busy computer long ago: it is asked again,
    from there up to `top`.
    """
    while not (yield from _is_at(gui, x, y, text)):
        y += STEP
        if y > top:
            return None
    while (yield from _is_at(gui, x, y + FINE, text)):
        y += FINE
    return y - ROW // 2 + FINE


def _is_at(gui: Gui, x: int, y: int, text: str) -> Steps[bool]:
    yield from gui.button_at(x, y)
    yield SETTLE
    button = yield from gui.button_at(x, y)
    return button is not None and text in button.what


def press(gui: Gui, text: str, column: float, below: int = 0) -> Steps[int]:
    """Press it; returns its height."""
    button = yield from find(gui, text, column, below)
    yield from gui.click(button.x, button.y)
    return button.y


def scroll(gui: Gui, *, down: bool) -> Steps[None]:
    """Move the page to its end, or to its top."""
    operator = bpy.ops.view2d.scroll_down if down else bpy.ops.view2d.scroll_up
    for _ in range(PAGES):
        with bpy.context.temp_override(window=gui.window, area=gui.area, region=gui.region):
            operator(page=True)
        yield DRAW
