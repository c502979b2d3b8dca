# SPDX-License-Identifier: GPL-3.0-or-later
"""Type into the preferences and press their buttons, as a person does.

`options["url"]` is where a ComfyUI runs; `options["theme"]` and `options["scale"]` are how Blender looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy
from inside import preferences
from inside.gui import DRAW, Gui, Steps
from inside.session import Session

CANARY = "sk-canary-typed"
SERVICE = "comfyui"
LIMIT = 60.0
"""Seconds that anything may take; drawing the page is slow without a graphics card."""
TOP, BOTTOM = 520, 280
"""Heights above the first box of a service, and above the end of the page."""


def scenario(session: Session) -> Iterator[object]:
    gui = Gui(session)
    yield from gui.prepare()
    session.install()
    _look(session)
    yield from preferences.ready(session)
    yield from preferences.show(session, gui)
    yield from gui.picture("preferences")
    settings = session.addon("ui.engine").application().settings

    field = yield from _address(session, gui, settings)
    row = yield from _test(session, gui, field)
    yield from _reset(session, gui, settings, field, row)
    yield from _key(session, gui, settings, field)
    yield from _unfold(gui, field)
    yield from _look_around(session, gui, field)
    mistakes = session.addon("ui.bridge").mistakes()
    assert not mistakes, mistakes


def _address(session: Session, gui: Gui, settings: Any) -> Steps[int]:
    """Half of an address is told to be wrong and not used; a whole one is; Esc brings back what was there.

    Returns the height of the field.
    """

    def holds() -> object:
        return settings.newest.effective.get(SERVICE, "url").value

    url = session.options["url"]
    note = yield from preferences.find(gui, "Empty: it is looked for", preferences.MIDDLE, TOP)
    x, y = note.x, note.y + preferences.ROW
    yield from gui.double_click(x, y)
    yield from gui.type("http://127.0.")
    yield 2.0  # longer than a complete text waits
    assert holds() == "", "half an address was used"
    yield from gui.picture("half-typed")
    yield from gui.type(url.removeprefix("http://127.0."))
    yield from gui.key("RET")
    yield session.until(lambda: holds() == url, LIMIT, "the address is used")
    yield 0.5
    yield from gui.double_click(x, y)
    yield from gui.key("A", ctrl=True)
    yield from gui.type("http://somewhere.else")
    yield from gui.key("ESC")
    yield 2.0
    assert holds() == url, "Esc did not bring back what was there"
    return y


def _test(session: Session, gui: Gui, below: int) -> Steps[int]:
    """Returns the height of the button."""
    engine = session.addon("ui.engine")
    wanted = f'test_connection(service="{SERVICE}")'
    y = yield from preferences.press(gui, wanted, preferences.LEFT, below)

    def finished() -> bool:
        test = engine.snapshot().tests.get(SERVICE)
        return test is not None and test.finished

    yield session.until(finished, LIMIT, "the test ends")
    assert engine.snapshot().tests[SERVICE].passed, engine.snapshot().tests[SERVICE]
    yield from gui.picture("tested")
    return y


def _reset(session: Session, gui: Gui, settings: Any, field: int, row: int) -> Steps[None]:
    """All of the service, then back, then one field."""
    wanted = f'reset_settings(service="{SERVICE}", setting="")'
    yield from preferences.press(gui, wanted, preferences.RIGHT, row + preferences.ROW)
    yield session.until(lambda: not settings.newest.user, LIMIT, "it is taken back")
    yield from preferences.scroll(gui, down=True)
    yield from preferences.press(gui, "undo_reset", preferences.RIGHT, BOTTOM)
    yield session.until(lambda: settings.newest.user.get(SERVICE, "url"), LIMIT, "it is set again")
    yield from _reset_all(session, gui, settings)
    yield from preferences.scroll(gui, down=False)
    wanted = f'reset_settings(service="{SERVICE}", setting="url")'
    yield from preferences.press(gui, wanted, preferences.BESIDE, field + preferences.ROW)
    yield session.until(lambda: not settings.newest.user, LIMIT, "one field is taken back")


def _reset_all(session: Session, gui: Gui, settings: Any) -> Steps[None]:
    """Blender asks first; then back again."""
    wanted = 'reset_settings(service="", setting="")'
    y = yield from preferences.press(gui, wanted, preferences.LEFT, BOTTOM)
    yield DRAW
    yield from gui.picture("reset-all")
    assert settings.newest.user.get(SERVICE, "url"), "everything was taken back without a question"
    if bpy.app.version >= (4, 1, 0):
        yield from gui.key("RET")
    else:
        # A menu there, whose only entry opens under the mouse.
        yield from gui.click(gui.region.x + int(gui.region.width * preferences.LEFT), y)
    yield session.until(lambda: not settings.newest.user, LIMIT, "everything is taken back")
    yield from preferences.press(gui, "undo_reset", preferences.RIGHT, BOTTOM)
    yield session.until(lambda: settings.newest.user.get(SERVICE, "url"), LIMIT, "it is set again")


def _key(session: Session, gui: Gui, settings: Any, field: int) -> Steps[None]:
    """It goes in, shows as dots, and is forgotten."""
    yield DRAW
    note = yield from preferences.find(gui, "copy_text", preferences.MIDDLE, field)
    yield from gui.double_click(note.x, note.y - preferences.ROW)
    yield from gui.type(CANARY)
    yield from gui.key("RET")
    yield session.until(lambda: CANARY in settings.trust.keys.secrets, LIMIT, "the key is kept")
    assert CANARY not in getattr(preferences.properties(session), f"{SERVICE}_key")
    yield from gui.picture("key")
    wanted = f'forget_key(service="{SERVICE}")'
    yield from preferences.press(gui, wanted, preferences.BESIDE, note.y)
    yield session.until(lambda: not settings.trust.keys.secrets, LIMIT, "the key is forgotten")


def _unfold(gui: Gui, field: int) -> Steps[None]:
    wanted = f'show_advanced(service="{SERVICE}")'
    yield from preferences.press(gui, wanted, preferences.FOLD, field - preferences.ROW)
    yield DRAW
    yield from gui.picture("advanced")


def _look_around(session: Session, gui: Gui, field: int) -> Steps[None]:
    yield from preferences.press(
        gui, "movie_director.discover()", preferences.LEFT, field + 6 * preferences.ROW
    )
    engine = session.addon("ui.engine")

    def finished() -> bool:
        report = engine.snapshot().discovery
        return report is not None and report.finished

    yield session.until(finished, LIMIT, "the look around ends")
    yield from gui.picture("looked-around")


def _look(session: Session) -> None:
    """Show Blender in another theme or size, if that is asked for."""
    theme = session.options.get("theme")
    if theme:
        folder = bpy.utils.preset_paths("interface_theme")[0]
        bpy.ops.script.execute_preset(
            filepath=f"{folder}/{theme}.xml", menu_idname="USERPREF_MT_interface_theme_presets"
        )
    bpy.context.preferences.view.ui_scale = session.options.get("scale", 1.0)
