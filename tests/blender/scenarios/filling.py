# SPDX-License-Identifier: GPL-3.0-or-later
"""Fill in every field of every service in the preferences, by the mouse and the keyboard.

`options["typed"]` are the texts by service and setting, in the order of the fields. Check boxes are clicked.
Then the first field is opened by a double click, and the others are reached with the tabulator. Blender does
not tell which property is under the mouse here; but each text is another, so each must be found where it
belongs. Nothing is contacted meanwhile: connecting is switched off until every service is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy
from inside import preferences
from inside.calls import Call, arguments, call_of
from inside.gui import DRAW, SETTLE, Gui, Steps
from inside.hands import key_at, type_at, under_mouse
from inside.session import Session

LIMIT = 60.0
"""Seconds that anything may take; drawing the page is slow without a graphics card."""
SMALL = 0.5
"""The size of the user interface at which every service fits into the window, advanced fields folded in."""
STEP = 3
"""Pixels between two places where a line is looked for."""
ROW = 12
"""Pixels from one field to the next, at that size."""
BESIDE, MIDDLE = 0.42, 0.6
"""Fractions of the width at which there are the lines below fields, and fields."""
EMPTY = "Empty: it is looked for"
"""What stands below each empty field of an address."""
ENABLED, ADDRESS, REQUIRED = 2, 1, -2
"""The rows from that line up to these fields."""


def scenario(session: Session) -> Iterator[object]:
    gui = Gui(session)
    yield from gui.prepare()
    bpy.context.preferences.view.ui_scale = SMALL
    session.install()
    yield from preferences.ready(session)
    settings = session.addon("ui.engine").application().settings
    settings.set_value("", "auto_connect", False)
    session.disable()
    session.enable()
    yield from preferences.ready(session)
    settings = session.addon("ui.engine").application().settings
    assert settings.newest.effective.get("", "auto_connect").value is False

    filling = Filling(session, gui, settings)
    yield from preferences.show(session, gui)
    lines = yield from filling.lines()
    yield from filling.click_check_boxes(lines)
    yield from filling.click_auto_connect(lines[0])
    # Further down than the window reaches, but the tabulator leads there all the same.
    for service in session.options["typed"]:
        bpy.ops.movie_director.show_advanced(service=service)
    gui.area.tag_redraw()
    yield DRAW
    yield from filling.type_all(lines[0])
    yield from gui.picture("filled")
    kept = settings.trust.keys.entries
    session.note(
        user={key.dotted: value for key, value in settings.newest.user.entries.items()},
        effective={
            key.dotted: each.value for key, each in settings.newest.effective if key.name != "api_key"
        },
        keys={f"{service} {origin}": each.api_key for (service, origin), each in kept.items()},
    )
    mistakes = session.addon("ui.bridge").mistakes()
    assert mistakes == (), mistakes
    session.disable()


class Filling:
    """The hands, and the settings that they change."""

    def __init__(self, session: Session, gui: Gui, settings: Any) -> None:
        self._session = session
        self._gui = gui
        self._settings = settings
        self._typed: dict[str, dict[str, str]] = session.options["typed"]

    def lines(self) -> Steps[list[int]]:
        """The height of the line below the address of each service, in their order."""
        region = self._gui.region
        x = self._x(BESIDE)
        found: list[int] = []
        for y in range(region.y + region.height - STEP, region.y, -STEP):
            button = yield from under_mouse(self._gui, x, y)
            is_line = call_of(button) is not None and EMPTY in arguments(button).get("text", "")
            if is_line and (not found or found[-1] - y > ROW):
                found.append(y - STEP // 2)
        assert len(found) == len(self._typed), found
        return found

    def click_check_boxes(self, lines: list[int]) -> Steps[None]:
        """Turn each over, from below: what follows from it may move what is further down."""
        for service, line in reversed([*zip(self._typed, lines, strict=True)]):
            for setting, rows in (("required", REQUIRED), ("enabled", ENABLED)):
                before = self._holds(service, setting)
                yield from self._gui.click(self._x(MIDDLE), line + rows * ROW)
                yield self._session.until(
                    lambda service=service, setting=setting, before=before: (
                        self._holds(service, setting) is not before
                    ),
                    LIMIT,
                    f"the check box {setting} of {service} changes",
                )

    def click_auto_connect(self, below: int) -> Steps[None]:
        """It stands above the buttons for all services."""
        x = self._x(MIDDLE)
        for y in range(below, self._gui.region.y + self._gui.region.height, STEP):
            if call_of((yield from under_mouse(self._gui, x, y))) == Call("test_connection"):
                break
        yield from self._gui.click(x, y + ROW + STEP)
        yield self._session.until(
            lambda: self._holds("", "auto_connect") is True, LIMIT, "services may be connected again"
        )

    def type_all(self, line: int) -> Steps[None]:
        """From the first field to the last, each followed by the tabulator, the last by the return key."""
        x, y = self._x(MIDDLE), line + ADDRESS * ROW
        yield from self._gui.double_click(x, y)
        every = [(service, name) for service, texts in self._typed.items() for name in texts]
        for service, name in every:
            text = self._typed[service][name]
            self._gui.window.event_simulate(type="A", value="PRESS", x=x, y=y, ctrl=True)
            self._gui.window.event_simulate(type="A", value="RELEASE", x=x, y=y, ctrl=True)
            yield from type_at(self._gui, text, x, y)
            if name == "url":
                yield self._session.until(
                    lambda service=service, text=text: self._holds(service, "url") == text,
                    LIMIT,
                    f"the address of {service} is used",
                )
            yield from key_at(self._gui, "RET" if (service, name) == every[-1] else "TAB", x, y)
            yield SETTLE
        service, name = every[-1]
        yield self._session.until(
            lambda: self._settings.newest.user.get(service, name) is not None, LIMIT, "the last text is used"
        )

    def _holds(self, service: str, name: str) -> Any:
        return self._settings.newest.effective.get(service, name).value

    def _x(self, fraction: float) -> int:
        return self._gui.region.x + int(self._gui.region.width * fraction)
