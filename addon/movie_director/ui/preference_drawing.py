# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the preferences into a layout of Blender. Needs no bpy: any layout will do."""

from __future__ import annotations

from typing import Any

from ..core.messages import message, text
from ..core.preference_cards import Found, Looked, PreferenceCards, ServiceBox
from ..core.preference_fields import Field
from ..core.wrapping import width
from . import drawing
from .drawing import Layout, Page
from .preference_names import attribute, of_key

_LABELS = 0.4
"""The share of a row that Blender gives to its label."""


def draw(layout: Layout, owner: Any, cards: PreferenceCards, page: Page) -> None:
    """Everything. `owner` has the properties."""
    if cards.reading:
        layout.label(text=cards.reading, icon="SORTTIME")
        return
    layout.use_property_split = True
    layout.use_property_decorate = False
    for problem in cards.problems:
        drawing.sentence(layout, problem, _tip("problem"), page, icon="ERROR")
    _general(layout.box().column(), owner, cards, page.less(1.0))
    for box in cards.services:
        _service(layout.box().column(), owner, box, page.less(1.0))
    row = layout.row(align=True)
    _reset(row.row(align=True), cards.may_reset, _button("reset-all"))
    row.operator("movie_director.undo_reset", text=_button("undo-reset"), icon="LOOP_BACK")
    drawing.diagnostics_button(layout)


def _general(column: Layout, owner: Any, cards: PreferenceCards, page: Page) -> None:
    for field in cards.general:
        _field(column, owner, field, page)
    row = column.row(align=True)
    row.operator("movie_director.discover", text=_button("discover"), icon="VIEWZOOM")
    row.operator("movie_director.test_connection", text=_button("test-all"), icon="CHECKMARK").service = ""
    if cards.looked is not None:
        _looked(column, cards.looked, page)


def _looked(column: Layout, looked: Looked, page: Page) -> None:
    if looked.sentence:
        drawing.sentence(column, looked.sentence, _tip("sighting"), page, icon="INFO")
    for found in looked.found:
        _found(column, found, page)


def _found(column: Layout, found: Found, page: Page) -> None:
    row = column.row(align=True)
    said = f"{found.sentence}, {_word('in-use')}" if found.is_used else found.sentence
    use = text(message("panel-button.use"))
    room = page if found.is_used else page.less(width(use) + drawing.ICON + 2)
    drawing.sentence(row, said, _tip("sighting"), room, icon="CHECKMARK" if found.is_used else "DOT")
    if not found.is_used:
        properties = row.operator("movie_director.use_address", text=use)
        properties.service, properties.url = found.service, found.url


def _service(column: Layout, owner: Any, box: ServiceBox, page: Page) -> None:
    _title(column, box, page)
    for field in box.main:
        _field(column, owner, field, page)
        if field.key.name == "url":
            for other in box.others:
                drawing.instance(column, other, page)
            _key(column, owner, box, page)
    fold = column.row(align=True)
    fold.alignment = "LEFT"
    icon = "TRIA_DOWN" if box.is_advanced else "TRIA_RIGHT"
    shown = fold.operator("movie_director.show_advanced", text=_button("advanced"), icon=icon, emboss=False)
    shown.service = box.service
    for field in box.advanced:
        _field(column, owner, field, page)
    row = column.row(align=True)
    test = row.row(align=True)
    test.enabled = box.may_test
    properties = test.operator("movie_director.test_connection", text=_button("test"), icon="VIEWZOOM")
    properties.service = box.service
    _reset(row.row(align=True), box.may_reset, _button("reset-service"), box.service)
    if box.test is not None:
        drawing.connection_test(column, box.test, page)
    if box.trouble is not None:
        drawing.problem(column, box.trouble, page)


def _title(column: Layout, box: ServiceBox, page: Page) -> None:
    """Its light, its name, and in which state it is."""
    row = column.row()
    told = text(message("preferences-tip.state", program=box.label))
    drawing.heading(row, box.label, told, page, icon_value=page.icon_of(box.mark))
    state = row.row()
    state.alignment = "RIGHT"
    if box.state:
        drawing.heading(state, box.state, told, page)


def _field(column: Layout, owner: Any, field: Field, page: Page) -> None:
    row = column.row(align=True)
    value = row.row(align=True)
    value.enabled = field.is_open
    value.alert = field.is_wrong
    value.prop(owner, attribute(field.key))
    if field.is_set:
        _reset(row, True, "", field.key.service, field.key.name)
    else:
        _no_button(row)
    if field.note:
        icon = "ERROR" if field.is_wrong else "INFO" if field.is_open else "LOCKED"
        _below(column, field.note, field.note_tooltip, page, icon)


def _key(column: Layout, owner: Any, box: ServiceBox, page: Page) -> None:
    key = box.key
    row = column.row(align=True)
    value = row.row(align=True)
    value.enabled = key.is_open
    value.alert = bool(key.fault)
    value.prop(owner, of_key(box.service))
    if key.is_set and key.is_open:
        row.operator("movie_director.forget_key", text="", icon="TRASH").service = box.service
    else:
        _no_button(row)
    if key.fault:
        _below(column, key.fault, _tip("key-fault"), page, "ERROR")
    for note in key.notes if key.is_set or not key.is_open else ():
        _below(column, note, _tip("key-for"), page, "INFO" if key.is_open else "LOCKED")


def _no_button(row: Layout) -> None:
    """Keeps the fields aligned with those that have a button beside them."""
    row.label(text="", icon="BLANK1")


def _below(column: Layout, note: str, tooltip: str, page: Page, icon: str) -> None:
    """A line under a field, beginning where the field begins."""
    split = column.split(factor=_LABELS, align=True)
    split.column()
    drawing.sentence(split.column(), note, tooltip, page.less(page.room * _LABELS), icon=icon)


def _reset(layout: Layout, enabled: bool, label: str, service: str = "", setting: str = "") -> None:
    layout.enabled = layout.enabled and enabled
    properties = layout.operator("movie_director.reset_settings", text=label, icon="LOOP_BACK")
    properties.service, properties.setting = service, setting


def _word(name: str) -> str:
    return text(message(f"preferences.{name}"))


def _tip(name: str) -> str:
    return text(message(f"preferences-tip.{name}"))


def _button(name: str) -> str:
    return text(message(f"preferences-button.{name}"))
