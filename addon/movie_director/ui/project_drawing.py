# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts project settings, and questions about addresses, into a layout of Blender. Needs no bpy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.consent_cards import Allowed, Question, short_answer
from ..core.messages import message, text
from ..core.project_cards import ProjectBox, ProjectCards, ProjectField
from ..core.wrapping import width, wrapped
from . import drawing
from .drawing import Layout, Page

_LABELS = 0.45
"""The share of a row that boxes and labels take."""
_NARROW = 20.0
"""Em below which a field stands below its name."""


def draw(layout: Layout, owner: Callable[[str], Any], cards: ProjectCards, page: Page) -> None:
    """Everything. `owner` gives what has the properties of a service, "" those of the whole project."""
    if cards.reading:
        layout.label(text=cards.reading, icon="SORTTIME")
        return
    layout.use_property_decorate = False
    for problem in cards.problems:
        drawing.sentence(layout, problem, _tip("problem"), page, icon="ERROR")
    if cards.intro:
        drawing.sentence(layout, cards.intro, _tip("intro"), page, icon="INFO")
    if not cards.is_locked:
        general = layout.column(align=True)
        for field in cards.general:
            _field(general, owner, field, page)
        for box in cards.services:
            _service(layout.box().column(align=True), owner, box, page.less(1.5))
    row = layout.row()
    row.enabled = cards.may_reset
    row.operator("movie_director.reset_project_settings", text=_button("reset-all"), icon="LOOP_BACK")


def consent(column: Layout, asked: Question, page: Page) -> None:
    """Why a service is not contacted, and the two ways to have it contacted."""
    drawing.sentence(column, asked.sentence, asked.once_tooltip, page, icon="ERROR")
    widest = max(width(asked.once), width(asked.always)) + drawing.BUTTON
    row = column.row(align=True) if 2 * widest <= page.room else column.column(align=True)
    for_now = drawing.fitting(asked.once, short_answer("once"), page.room)
    for_good = drawing.fitting(asked.always, short_answer("always"), page.room)
    once = row.operator("movie_director.allow_address_once", text=for_now, icon="CHECKMARK")
    always = row.operator("movie_director.allow_address_always", text=for_good, icon="LOCKED")
    for each in (once, always):
        each.service, each.origin = asked.service, asked.origin


def allowed(layout: Layout, addresses: tuple[Allowed, ...], page: Page) -> None:
    """The addresses that the user allowed, each with its way back."""
    column = layout.column(align=True)
    drawing.heading(column, text(message("consent.title")), text(message("consent-tip.allowed")), page)
    for each in addresses:
        row = column.row(align=True)
        room = page.less(width(text(message("consent.revoke"))) + drawing.BUTTON)
        shown = f"{each.origin} ({each.until})"
        drawing.sentence(row, shown, text(message("consent-tip.allowed")), room, icon="DOT")
        button = row.row(align=True)
        button.alignment = "RIGHT"
        label = text(message("consent.revoke"))
        button.operator("movie_director.revoke_address", text=label, icon="X").origin = each.origin


def _service(column: Layout, owner: Callable[[str], Any], box: ProjectBox, page: Page) -> None:
    row = column.row(align=True)
    _fold(drawing.left_row(row), box, text=box.label, icon="TRIA_DOWN" if box.is_unfolded else "TRIA_RIGHT")
    if box.summary and width(box.label) + width(box.summary) + 2 * drawing.ICON + drawing.BUTTON <= page.room:
        right = row.row(align=True)
        right.alignment = "RIGHT"
        _fold(right, box, text=box.summary, icon="ERROR" if box.question is not None else "NONE")
    if box.question is not None:
        consent(column, box.question, page)
        column.separator()
    if not box.is_unfolded:
        return
    for field in box.fields:
        _field(column, owner, field, page)
    if box.last:
        drawing.sentence(column, box.last, _tip("last"), page, icon="TIME")
    row = column.row()
    row.enabled = box.may_reset
    reset = row.operator(
        "movie_director.reset_project_settings", text=_button("reset-service"), icon="LOOP_BACK"
    )
    reset.service = box.service


def _fold(layout: Layout, box: ProjectBox, **look: Any) -> None:
    button = layout.operator("movie_director.show_project_service", emboss=False, **look)
    button.service, button.show, button.tooltip = box.service, not box.is_unfolded, box.tooltip


def _field(column: Layout, owner: Callable[[str], Any], field: ProjectField, page: Page) -> None:
    """Its box and name; beside or below them the field, or what holds without the project."""
    if page.room < _NARROW:
        _box(drawing.left_row(column), field, page.room)
        right, room = column, page
    else:
        split = column.split(factor=_LABELS, align=True)
        _box(drawing.left_row(split.row(align=True)), field, page.room * _LABELS)
        right, room = split.column(align=True), page.less(page.room * _LABELS)
    if field.is_set:
        value = right.row(align=True)
        value.alert = field.is_wrong
        value.prop(owner(field.key.service), field.key.name, text="")
    else:
        drawing.sentence(right, field.value, field.value_tooltip, room)
    if field.note:
        icon = "ERROR" if field.is_wrong else "LOCKED"
        drawing.sentence(right, field.note, field.note_tooltip, room, icon=icon)


def _box(layout: Layout, field: ProjectField, room: float) -> None:
    name = "reset_project_settings" if field.is_set else "set_for_project"
    icon = "CHECKBOX_HLT" if field.is_set else "CHECKBOX_DEHLT"
    lines = wrapped(field.label, room - drawing.ICON - drawing.PADDING)
    column = layout.column(align=True)
    for number, line in enumerate(lines):
        row = drawing.left_row(column)
        button = row.operator(
            f"movie_director.{name}", text=line, icon="BLANK1" if number else icon, emboss=False
        )
        button.service, button.setting = field.key.service, field.key.name
        button.tooltip = field.tooltip


def _tip(name: str) -> str:
    return text(message(f"project-tip.{name}"))


def _button(name: str) -> str:
    return text(message(f"project-button.{name}"))
