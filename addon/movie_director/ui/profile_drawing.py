# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts profiles, and what goes with them to another computer, into a layout of Blender. Needs no bpy."""

from __future__ import annotations

from ..core.messages import message, text
from ..core.profile_cards import ProfileCards, ProfileRow
from ..core.wrapping import width
from . import drawing
from .drawing import Layout, Page


def draw(layout: Layout, cards: ProfileCards, page: Page) -> None:
    column = layout.column(align=True)
    drawing.heading(column, text(message("profiles.title")), text(message("profiles-tip.profile")), page)
    for row in cards.rows:
        _row(column, row, page)
    if cards.none:
        drawing.sentence(column, cards.none, text(message("profiles-tip.save")), page, icon="INFO")
    column.separator()
    row = column.row(align=True)
    row.operator_context = "INVOKE_DEFAULT"
    for name, operator, icon in (
        ("save", "save_profile", "ADD"),
        ("undo", "undo_profile", "LOOP_BACK"),
        ("import", "import_settings", "IMPORT"),
        ("export", "export_settings", "EXPORT"),
    ):
        row.operator(f"movie_director.{operator}", text=_button(name), icon=icon)


def _row(column: Layout, profile: ProfileRow, page: Page) -> None:
    row = column.row(align=True)
    row.operator_context = "INVOKE_DEFAULT"
    shown = f"{profile.name} ({profile.mark})" if profile.mark else profile.name
    room = page.less(width(_button("load")) + 3 * drawing.BUTTON)
    drawing.sentence(row, shown, profile.tooltip, room, icon="CHECKMARK" if profile.mark else "DOT")
    buttons = row.row(align=True)
    buttons.alignment = "RIGHT"
    buttons.operator("movie_director.load_profile", text=_button("load")).name = profile.name
    own = buttons.row(align=True)
    own.enabled = not profile.is_preset
    own.operator("movie_director.rename_profile", text="", icon="GREASEPENCIL").name = profile.name
    own.operator("movie_director.delete_profile", text="", icon="TRASH").name = profile.name


def _button(name: str) -> str:
    return text(message(f"profiles-button.{name}"))
