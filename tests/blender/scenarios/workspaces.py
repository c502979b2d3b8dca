# SPDX-License-Identifier: GPL-3.0-or-later
"""A change of a service is drawn in the regions that show it and in no other, in one workspace after another.

All services are off; the changes are put on the board. `options` has the `templates` of new files, and
whether `all` of their workspaces are opened or only the first.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import bpy
from inside.gui import DRAW, Gui
from inside.services import first_row_at_rest
from inside.session import Session

SPACES = (
    "SpaceView3D",
    "SpaceProperties",
    "SpaceOutliner",
    "SpaceDopeSheetEditor",
    "SpaceImageEditor",
    "SpaceNodeEditor",
    "SpaceSequenceEditor",
    "SpaceTextEditor",
    "SpaceConsole",
)
REGIONS = ("WINDOW", "UI")
SIDEBARS = ("VIEW_3D", "SEQUENCE_EDITOR")
"""The areas that have our tab."""
TAB, OTHER_TAB = "Movie Director", "Tool"
QUIET = 1.5
"""Seconds without a drawing after which no more is expected."""


class Drawings:
    """Notes which regions Blender draws, as (type of the area, type of the region)."""

    def __init__(self) -> None:
        self.begin()
        for name in SPACES:
            kind = getattr(bpy.types, name)
            for region in REGIONS:
                with contextlib.suppress(TypeError):  # not every editor has a sidebar
                    kind.draw_handler_add(self._note, (), region, "POST_PIXEL")

    def begin(self) -> None:
        self.seen: set[tuple[str, str]] = set()
        self.last = time.monotonic()

    def _note(self) -> None:
        self.seen.add((bpy.context.area.type, bpy.context.region.type))
        self.last = time.monotonic()

    def are_over(self) -> bool:
        return time.monotonic() - self.last > QUIET


def scenario(session: Session) -> Iterator[object]:
    session.install()
    gui, drawings = Gui(session), Drawings()
    seen = {}
    for template in session.options["templates"]:
        bpy.ops.wm.read_homefile(app_template=template)
        yield DRAW
        yield from gui.prepare()
        # Blender switches the add-on off and on for another template: there is a new board.
        yield from first_row_at_rest(session)
        change = changing(session)
        names = [each.name for each in bpy.data.workspaces] if session.options["all"] else [active(gui)]
        for name in names:
            gui.window.workspace = bpy.data.workspaces[name]
            yield DRAW
            shown = yield from show(gui)
            drawn = yield from drawn_at_a_change(session, drawings, change, shown)
            seen[f"{template}: {name}"] = {"shown": shown, "drawn": drawn}
    session.note(workspaces=seen)
    yield from hide(gui)
    # Once more where it was: what was drawn last may still be to be seen.
    yield from drawn_at_a_change(session, drawings, change, ())
    session.note(elsewhere=(yield from drawn_at_a_change(session, drawings, change, ())))
    properties = [each for each in gui.window.screen.areas if each.type == "PROPERTIES"]
    for area in properties:
        # As our panel does when it is folded out there, which nobody can ask Blender for.
        session.addon("ui.regions").drawn_in(next(each for each in area.regions if each.type == "WINDOW"))
    unfolded = [("PROPERTIES", "WINDOW")] if properties else []
    drawn = yield from drawn_at_a_change(session, drawings, change, unfolded)
    session.note(unfolded=unfolded, drawn_unfolded=drawn)
    mistakes = session.addon("ui.bridge").mistakes()
    assert not mistakes, mistakes
    session.disable()


def active(gui: Gui) -> str:
    return str(gui.window.workspace.name)


def drawn_at_a_change(
    session: Session, drawings: Drawings, change: Callable[[], None], shown: Sequence[tuple[str, str]]
) -> Any:
    """What Blender draws because of a change; waits for what is `shown`, and for whatever else may come."""
    yield session.until(drawings.are_over, what="nothing more is drawn")
    drawings.begin()
    change()
    newest = session.addon("ui.engine").snapshot().version
    properties = session.addon("ui.status_properties")
    yield session.until(lambda: properties.shown().version >= newest, what="the change in the properties")
    yield session.until(lambda: drawings.seen.issuperset(shown), what=f"{shown} drawn")
    yield session.until(drawings.are_over, what="nothing more is drawn")
    return sorted(drawings.seen)


def changing(session: Session) -> Callable[[], None]:
    """What makes the first service busy, or ready again: everybody who shows it has something new to show."""
    board, health = session.addon("ui.engine").application().board, session.addon("core.model").Health
    row = next(iter(board.snapshot().services.values()))
    state = session.addon("core.model").State.CONNECTED
    row = replace(row, state=state, health=health.READY, since=time.monotonic() - 3600.0)
    board.publish(row)

    def change() -> None:
        nonlocal row
        row = replace(row, health=health.BUSY if row.health is health.READY else health.READY)
        board.publish(row)

    return change


def is_there(gui: Gui, area: str) -> bool:
    return any(each.type == area for each in gui.window.screen.areas)


def show(gui: Gui) -> Any:
    """Open our tab in the first area of each kind that has one; return where it is.

    The scene properties are shown, too: there our panel is folded in, so nothing is drawn for it.
    """
    shown = []
    for area in SIDEBARS:
        if is_there(gui, area):
            yield from gui.open_tab(TAB, area)
            shown.append((area, "UI"))
    for each in gui.window.screen.areas:
        if each.type == "PROPERTIES":
            each.spaces[0].context = "SCENE"
    return shown


def hide(gui: Gui) -> Iterator[object]:
    """Open another tab, and other properties than those of the scene."""
    for area in gui.window.screen.areas:
        if area.type == "PROPERTIES":
            area.spaces[0].context = "RENDER"
    for area in SIDEBARS:
        if is_there(gui, area):
            yield from gui.open_tab(OTHER_TAB, area)
