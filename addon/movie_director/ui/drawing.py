# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts cards into a layout of Blender. Needs no bpy: any layout will do, also one that only takes notes.

Text in a layout has no tooltip, cannot be wrapped and cannot be selected. So every text is a flat button,
which has a tooltip and copies the text when it is clicked, and long ones are several below each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from ..core.card_parts import LLM, Action, Button, Detail, Mark, Note, word
from ..core.card_problems import Instance, TestCard, Trouble
from ..core.cards import Card, Head, PanelCards
from ..core.llm_card import LlmCard
from ..core.messages import Message, text
from ..core.wrapping import width, wrapped

Layout: TypeAlias = Any
"""bpy.types.UILayout, whose methods differ between versions of Blender."""

OPERATORS = {
    Action.RETRY: "movie_director.manual_reconnect",
    Action.TEST: "movie_director.test_connection",
    Action.OPEN_PAGE: "movie_director.open_web_page",
    Action.COPY_DETAILS: "movie_director.copy_details",
    Action.USE_ADDRESS: "movie_director.use_address",
    Action.OPEN_SETTINGS: "movie_director.open_settings",
    Action.HELP: "movie_director.show_help",
    Action.ALLOW_ONCE: "movie_director.allow_address_once",
    Action.ALLOW_ALWAYS: "movie_director.allow_address_always",
}
ICONS = {
    Action.RETRY: "FILE_REFRESH",
    Action.TEST: "VIEWZOOM",
    Action.OPEN_PAGE: "URL",
    Action.COPY_DETAILS: "COPYDOWN",
    Action.USE_ADDRESS: "CHECKMARK",
    Action.OPEN_SETTINGS: "PREFERENCES",
    Action.HELP: "QUESTION",
    Action.ALLOW_ONCE: "CHECKMARK",
    Action.ALLOW_ALWAYS: "LOCKED",
}
_ARGUMENTS = {
    Action.OPEN_SETTINGS: "section",
    Action.USE_ADDRESS: "url",
    Action.HELP: "topic",
    Action.ALLOW_ONCE: "origin",
    Action.ALLOW_ALWAYS: "origin",
}

ICON = 1.9
"""Em that an icon takes."""
PADDING = 1.3
"""Em around the text of a button."""
_FLAT = 2.3
"""Em around a line of text, which is a flat button; with less, Blender moves a full line to the left."""
BUTTON = ICON + 2 * PADDING
"""Em that a button with an icon takes, besides its text."""
_TITLE = 2.6
"""Em around name and state of a title."""
_NARROW = 13.0
"""Em below which a value gets no column of its own."""
_LABEL_SHARE = (0.22, 0.45)
_CLOSE = 0.82
"""Height of a line of text, compared with that of a button."""


@dataclass(frozen=True)
class Page:
    """What the drawing needs of its place: how many em are there, and which icon is which mark."""

    room: float
    icon_of: Callable[[Mark], int]

    def less(self, ems: float) -> Page:
        return replace(self, room=max(1.0, self.room - ems))


def draw(layout: Layout, cards: PanelCards, page: Page) -> None:
    """Everything: the light, then the services that are required, those that are not, and language models."""
    _head(layout, cards.head, page)
    for notice in cards.notices:
        sentence(layout, notice.sentence, notice.tooltip, page, icon="INFO")
    inside = page.less(PADDING)
    for title, is_required in (("required", True), ("optional", False)):
        chosen = [card for card in cards.cards if card.required is is_required]
        if chosen:
            heading(layout, text(Message(f"panel.{title}")), word(f"tip.{title}"), page)
            column = layout.column(align=True)
            for card in chosen:
                _card(column.box(), card, inside)
    if cards.llm is not None:
        heading(layout, cards.llm.title, word("tip.llm"), page)
        _llm(layout.box(), cards.llm, inside)
    if cards.cards:
        diagnostics_button(layout)


def diagnostics_button(layout: Layout) -> None:
    """Copies a report on everything."""
    label = text(Message("diagnostics-button.copy"))
    layout.operator("movie_director.copy_diagnostics", text=label, icon="COPYDOWN")


def _head(layout: Layout, head: Head, page: Page) -> None:
    row = layout.row(align=True)
    lines = row.column(align=True)
    said = f"{head.word} ({head.count})" if head.count else head.word
    room = page.room - 2 * ICON - PADDING
    parts: Sequence[str] = (said,)
    if width(said) > room:
        parts = (*wrapped(head.word, room), *(wrapped(head.count, room) if head.count else ()))
    _lines(lines, parts, said, head.tooltip, icon_value=page.icon_of(head.mark))
    right = row.row(align=True)
    right.alignment = "RIGHT"
    right.operator("movie_director.refresh_connections", text="", icon="FILE_REFRESH")


# --- services ----------------------------------------------------------------------------------------


def _card(box: Layout, card: Card, page: Page) -> None:
    column = box.column(align=True)
    _title(column, card, page)
    if card.trouble is not None:
        problem(column, card.trouble, page)
    if not card.unfolded:
        return
    _details(column, card.details, page)
    for note in card.notes:
        _note(column, note, page)
    if card.others:
        column.separator()
        heading(column, text(Message("panel.also")), word("tip.instance"), page)
        for other in card.others:
            instance(column, other, page)
    if card.test is not None:
        connection_test(column, card.test, page)
    column.separator()
    _buttons(column, card.buttons, page)


def _title(column: Layout, card: Card | LlmCard, page: Page, label: str = "") -> None:
    """Fold, mark and name to the left, the state to the right, or below where that is too far."""
    is_llm = isinstance(card, LlmCard)
    service = LLM if is_llm else card.service
    unfolded = bool(card.details) if isinstance(card, LlmCard) else card.unfolded
    name = label or getattr(card, "label", "")
    row = column.row(align=True)
    left = left_row(row)
    _fold(left, service, card.tooltip, text="", icon="TRIA_DOWN" if unfolded else "TRIA_RIGHT")
    needed = width(name) + width(card.state) + 2 * ICON + _TITLE
    _fold(left, service, card.tooltip, text=name, icon_value=page.icon_of(card.mark))
    if needed <= page.room:
        right = row.row(align=True)
        right.alignment = "RIGHT"
        _fold(right, service, card.tooltip, text=card.state)
        return
    for line in wrapped(card.state, page.room - 2 * ICON):
        below = _close(left_row(column))
        below.label(text="", icon="BLANK1")
        _fold(below, service, card.tooltip, text=line, icon="BLANK1")


def problem(column: Layout, trouble: Trouble, page: Page) -> None:
    """What is wrong, what to do, and the button that helps."""
    column.separator(factor=0.5)
    sentence(column, trouble.sentence, word("tip.problem"), page)
    if trouble.advice:
        column.separator(factor=0.5)
        sentence(column, trouble.advice, word("tip.problem"), page)
    if trouble.button is not None:
        column.separator(factor=0.5)
        _button(column, trouble.button, page.room)
    if trouble.also is not None:
        _button(column, trouble.also, page.room)
    column.separator()


def instance(column: Layout, other: Instance, page: Page) -> None:
    """Another program of the same kind, with the button that changes to it."""
    sentence(column, other.sentence, other.tooltip, page)
    _button(column, other.button, page.room)


def connection_test(column: Layout, test: TestCard, page: Page) -> None:
    """How a test went or goes: a line for each layer, then whether it passed or what to mend."""
    column.separator()
    name = text(Message("panel.testing" if test.running else "panel.test"))
    heading(column, name, word("tip.test"), page)
    for line in test.lines:
        said = f"{line.detail.label}: {line.detail.value}"
        sentence(column, said, line.detail.tooltip, page, icon_value=page.icon_of(line.mark))
    if test.result is not None:
        _note(column, test.result, page)
    if test.trouble is not None:
        problem(column, test.trouble, page)


# --- language models ---------------------------------------------------------------------------------


def _llm(box: Layout, card: LlmCard, page: Page) -> None:
    column = box.column(align=True)
    _title(column, card, page, text(Message("llm.title")))
    if card.sentence:
        sentence(column, card.sentence, card.tooltip, page)
    _details(column, card.details, page)
    for model in card.models:
        sentence(column, model, card.tooltip, page, icon="DOT")


# --- pieces ------------------------------------------------------------------------------------------


def _details(column: Layout, details: Iterable[Detail], page: Page) -> None:
    """Labels in one column and values in another; where that is too narrow, each as one sentence."""
    shown = tuple(details)
    if not shown:
        return
    column.separator(factor=0.5)
    least, most = _LABEL_SHARE
    widest = max(width(each.label) for each in shown) + _FLAT + PADDING
    share = max(least, min(most, widest / page.room))
    room = page.room * (1 - share) - _FLAT
    for each in shown:
        if room < _NARROW or widest > share * page.room:
            lines = wrapped(f"{each.label}: {each.value}", page.room - _FLAT)
            _lines(column, lines, each.value, each.tooltip)
            continue
        split = column.split(factor=share, align=True)
        _text(_close(left_row(split.column(align=True))), each.label, each.value, each.tooltip)
        _lines(split.column(align=True), wrapped(each.value, room), each.value, each.tooltip)


def _note(column: Layout, note: Note, page: Page) -> None:
    column.separator(factor=0.5)
    icon = {"icon": "INFO"} if note.mark is None else {"icon_value": page.icon_of(note.mark)}
    sentence(column, note.sentence, note.tooltip, page, **icon)


def heading(column: Layout, name: str, tooltip: str, page: Page, **icon: Any) -> None:
    """The name of what stands below."""
    for line in wrapped(name, page.room - _FLAT - (ICON if icon else 0.0)):
        _text(left_row(column), line, name, tooltip, **icon)


def sentence(column: Layout, sentence: str, tooltip: str, page: Page, **icon: Any) -> None:
    """A sentence over the whole width; an icon stands before its first line."""
    lines = wrapped(sentence, page.room - _FLAT - (ICON if icon else 0.0))
    _lines(column.column(align=True), lines, sentence, tooltip, **icon)


def _lines(column: Layout, lines: Sequence[str], whole: str, tooltip: str, **icon: Any) -> None:
    """One line below the other; the icon stands before the first, and room for it before the others."""
    for number, line in enumerate(lines):
        row = _close(left_row(column))
        shown = icon if number == 0 or not icon else {"icon": "BLANK1"}
        _text(row, line, whole, tooltip, **shown)


def _buttons(column: Layout, buttons: Sequence[Button], page: Page) -> None:
    """Two beside each other where both fit."""
    widest = max((width(each.label) for each in buttons), default=0.0) + BUTTON
    beside = 2 if 2 * widest <= page.room else 1
    for start in range(0, len(buttons), beside):
        row = column.row(align=True)
        for each in buttons[start : start + beside]:
            _button(row, each, page.room)


def _button(layout: Layout, button: Button, room: float) -> None:
    label = fitting(button.label, button.short, room)
    properties = layout.operator(OPERATORS[button.action], text=label, icon=ICONS[button.action])
    properties.service = button.service
    argument = _ARGUMENTS.get(button.action)
    if argument is not None:
        setattr(properties, argument, button.argument)


def fitting(label: str, short: str, room: float) -> str:
    """The label of a button with an icon, or the `short` one, if there is one, where it would be cut."""
    return short if short and width(label) + BUTTON > room else label


def _fold(layout: Layout, service: str, tooltip: str, **look: Any) -> None:
    properties = layout.operator("movie_director.show_details", emboss=False, **look)
    properties.service = service
    properties.tooltip = tooltip


def _text(layout: Layout, line: str, whole: str, tooltip: str, **icon: Any) -> None:
    """A flat button that copies the `whole` of which it shows one line."""
    properties = layout.operator("movie_director.copy_text", text=line, emboss=False, **icon)
    properties.text = whole
    properties.tooltip = tooltip


def left_row(layout: Layout) -> Layout:
    """A row in which everything is as narrow as its text."""
    row = layout.row(align=True)
    row.alignment = "LEFT"
    return row


def _close(row: Layout) -> Layout:
    row.scale_y = _CLOSE
    return row
