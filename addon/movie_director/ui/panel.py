# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel "Movie Director": in the sidebars of 3D viewport and sequencer, and in the scene properties."""

from __future__ import annotations

from typing import Any

import bpy

from ..core.messages import Message, text
from . import bridge, classes, engine, icons, operators, regions, status_properties

_CATEGORY = "Movie Director"
"""The tab of the sidebars."""
_TABS = 22.0
"""Pixels, at a scale of 1, that the tabs of a sidebar take."""
_MARGINS = 30.0
"""Pixels, at a scale of 1, left and right of what stands in a box in a panel."""
_BEAT = 1.0
"""Seconds between two looks whether a text has grown old."""

_FOR_ALL = {
    "movie_director.show_details": text(Message("panel-button.show-all")),
    "movie_director.test_connection": text(Message("panel-button.test-all")),
}
"""Names in the menu of those that take all services when they are called without one; the others ask."""

_next_look = 0.0


class _StatusPanel:
    """What all of them share."""

    bl_label = text(Message("panel.title"))
    tabs = _TABS

    def draw(self, context: bpy.types.Context) -> None:
        regions.drawn_in(context.region)
        if engine.application() is None:  # which has imported what draws, once it is there
            _draw_start(self.layout)  # type: ignore[attr-defined]
            return
        from . import drawing, viewing

        page = drawing.Page(room_in(context, self.tabs), icons.icon_of)
        drawing.draw(self.layout, viewing.cards(context), page)  # type: ignore[attr-defined]


def _draw_start(layout: bpy.types.UILayout) -> None:
    """What there is to say without the engine. Its modules, which wrap lines, may be what is missing."""
    if engine.failure() is None:
        layout.label(text=text(Message("panel.starting")), icon="TIME")
        return
    layout.label(text=text(Message("panel.failed")), icon="ERROR")
    for line in ("panel.failed-advice-1", "panel.failed-advice-2"):
        layout.label(text=text(Message(line)), icon="BLANK1")
    button: Any = layout.operator(
        "movie_director.copy_text", text=text(Message("panel-button.copy-error")), icon="COPYDOWN"
    )
    button.text, button.tooltip = operators.start_failure(), text(Message("panel-button-tip.copy-error"))


class MOVIE_DIRECTOR_PT_connection_status(_StatusPanel, bpy.types.Panel):
    bl_idname = "MOVIE_DIRECTOR_PT_connection_status"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = _CATEGORY


class MOVIE_DIRECTOR_PT_connection_status_sequencer(_StatusPanel, bpy.types.Panel):
    bl_idname = "MOVIE_DIRECTOR_PT_connection_status_sequencer"
    bl_space_type = "SEQUENCE_EDITOR"
    bl_region_type = "UI"
    bl_category = _CATEGORY


class MOVIE_DIRECTOR_PT_connection_status_scene(_StatusPanel, bpy.types.Panel):
    bl_idname = "MOVIE_DIRECTOR_PT_connection_status_scene"
    bl_space_type = "PROPERTIES"
    bl_region_type = "WINDOW"
    bl_context = "scene"
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012  Blender wants a set
    tabs = 0.0


class MOVIE_DIRECTOR_MT_services(bpy.types.Menu):
    """Makes every action reachable by Blender's menu search, which finds only what stands in a menu."""

    bl_idname = "MOVIE_DIRECTOR_MT_services"
    bl_label = text(Message("panel.title"))

    def draw(self, context: bpy.types.Context) -> None:
        from . import drawing

        layout: drawing.Layout = self.layout
        # Operators that need a service ask for one when they are invoked without.
        layout.operator_context = "INVOKE_DEFAULT"
        layout.operator("movie_director.refresh_connections", icon="FILE_REFRESH")
        layout.operator("movie_director.show_details", **_named("movie_director.show_details"))
        layout.separator()
        for action, operator in drawing.OPERATORS.items():
            layout.operator(operator, icon=drawing.ICONS[action], **_named(operator))
        layout.separator()
        layout.operator("movie_director.copy_diagnostics", icon="COPYDOWN")


def _named(operator: str) -> dict[str, str]:
    return {"text": _FOR_ALL[operator]} if operator in _FOR_ALL else {}


def room_in(context: bpy.types.Context, tabs: float) -> float:
    """How many em fit into a line of a box in the region that is drawn."""
    from ..core.wrapping import room

    scale = context.preferences.system.ui_scale
    points = context.preferences.ui_styles[0].widget.points
    pixels = context.region.width - (tabs + _MARGINS) * scale
    return room(pixels, scale, points)


def texts_age(now: float) -> bool:
    """Whether what is folded out tells a time that passes, such as "12 s ago"; looks once a second."""
    global _next_look
    if now < _next_look:
        return False
    _next_look = now + _BEAT
    snapshot, unfolded = engine.snapshot(), status_properties.open_details()
    if snapshot is None or not unfolded:
        return False
    from ..core.cards import is_ticking

    return is_ticking(snapshot, unfolded, now)


def _in_window_menu(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.separator()
    self.layout.menu(MOVIE_DIRECTOR_MT_services.bl_idname)


_CLASSES: tuple[Any, ...] = (
    MOVIE_DIRECTOR_MT_services,
    MOVIE_DIRECTOR_PT_connection_status,
    MOVIE_DIRECTOR_PT_connection_status_sequencer,
    MOVIE_DIRECTOR_PT_connection_status_scene,
)


def register() -> None:
    classes.register(_CLASSES)
    bpy.types.TOPBAR_MT_window.append(_in_window_menu)
    bridge.at_every_tick(texts_age)


def unregister() -> None:
    bpy.types.TOPBAR_MT_window.remove(_in_window_menu)
    classes.unregister(_CLASSES)
