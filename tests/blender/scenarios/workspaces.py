# SPDX-License-Identifier: GPL-3.0-or-later
"""A change of a service is drawn in the regions that show it and in no other, in one workspace after another.

The scene properties show nothing but our panel, so that it can be found and folded out.

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
    only_our_panel()
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
            shown = yield from show_sidebars(gui)
            if is_there(gui, "PROPERTIES"):
                yield from show_properties(gui)
                if not seen:
                    folded = yield from drawn_at_a_change(session, drawings, change, shown)
                    session.note(shown=list(shown), drawn_while_folded=folded)
                yield from unfold(gui)
                shown.append(("PROPERTIES", "WINDOW"))
            drawn = yield from drawn_at_a_change(session, drawings, change, shown)
            seen[f"{template}: {name}"] = {"shown": shown, "drawn": drawn}
    session.note(workspaces=seen)
    yield from hide(gui)
    # Once more where it was: what was drawn last may still be to be seen.
    yield from drawn_at_a_change(session, drawings, change, ())
    session.note(elsewhere=(yield from drawn_at_a_change(session, drawings, change, ())))
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


def only_our_panel() -> None:
    for name in dir(bpy.types):
        kind = getattr(bpy.types, name)
        is_panel = isinstance(kind, type) and issubclass(kind, bpy.types.Panel)
        if not is_panel or name.startswith("MOVIE_DIRECTOR") or not getattr(kind, "is_registered", False):
            continue
        if getattr(kind, "bl_space_type", "") == "PROPERTIES" and getattr(kind, "bl_context", "") == "scene":
            bpy.utils.unregister_class(kind)


def is_there(gui: Gui, area: str) -> bool:
    return any(each.type == area for each in gui.window.screen.areas)


def show_sidebars(gui: Gui) -> Any:
    """Open our tab in the first area of each kind that has one; return where it is."""
    shown = []
    for area in SIDEBARS:
        if is_there(gui, area):
            yield from gui.open_tab(TAB, area)
            shown.append((area, "UI"))
    return shown


def show_properties(gui: Gui) -> Iterator[object]:
    """Our panel is there then, folded in."""
    gui.area = next(each for each in gui.window.screen.areas if each.type == "PROPERTIES")
    gui.area.spaces[0].context = "SCENE"
    gui.region = next(each for each in gui.area.regions if each.type == "WINDOW")
    gui.area.tag_redraw()
    yield DRAW * 2


def unfold(gui: Gui) -> Iterator[object]:
    yield from gui.open_panel("MOVIE_DIRECTOR_PT_connection_status_scene")


def hide(gui: Gui) -> Iterator[object]:
    """Open another tab, and other properties than those of the scene."""
    for area in gui.window.screen.areas:
        if area.type == "PROPERTIES":
            area.spaces[0].context = "RENDER"
    for area in SIDEBARS:
        if is_there(gui, area):
            yield from gui.open_tab(OTHER_TAB, area)
