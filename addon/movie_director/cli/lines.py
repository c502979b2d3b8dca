# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of styled text, measured in the cells of a terminal; pure."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple, TypeAlias

from ..core.presentation import MARKS, Colour


class Style(Enum):
    """How a piece of text looks where colours are possible; it never carries a meaning alone."""

    PLAIN = ""
    STRONG = "1"
    FAINT = "2"
    GREEN = "32"
    YELLOW = "33"
    RED = "31"


COLOUR_STYLES = {
    Colour.GREEN: Style.GREEN,
    Colour.YELLOW: Style.YELLOW,
    Colour.RED: Style.RED,
    Colour.OFF: Style.FAINT,
}


class Span(NamedTuple):
    """A piece of text in one style."""

    text: str
    style: Style = Style.PLAIN


Line: TypeAlias = tuple[Span, ...]

EMPTY: Line = ()
_ELLIPSIS = "…"


def mark(colour: Colour) -> Span:
    return Span(MARKS[colour], COLOUR_STYLES[colour])


def cells(text: str) -> int:
    """How many cells of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(character) for character in text)


def _cells_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pad(text: str, width: int) -> str:
    return text + " " * (width - cells(text))


def cut(line: Line, width: int) -> Line:
    """The line, with an ellipsis at its end if it is wider than `width` cells."""
    if sum(cells(span.text) for span in line) <= width:
        return line
    kept: list[Span] = []
    left = max(0, width - cells(_ELLIPSIS))
    for span in line:
        text = _beginning(span.text, left)
        kept.append(Span(text, span.style))
        left -= cells(text)
        if text != span.text:
            break
    return (*kept, Span(_ELLIPSIS))


def _beginning(text: str, width: int) -> str:
    used = 0
    for index, character in enumerate(text):
        used += _cells_of(character)
        if used > width:
            return text[:index]
    return text


def wrapped(text: str, width: int | None, first: Line = (), indent: int = 2) -> list[Line]:
    """A sentence as lines: `first` stands before the first one, the others are indented."""
    lead = sum(cells(span.text) for span in first)
    if width is None:
        return [(*first, Span(text))]
    room = max(20, width)
    parts = textwrap.wrap(
        text,
        room,
        initial_indent=" " * lead,
        subsequent_indent=" " * indent,
        break_long_words=True,
        break_on_hyphens=False,
    ) or [" " * lead]
    return [(*first, Span(parts[0][lead:])), *((Span(part),) for part in parts[1:])]


def columns(rows: Sequence[Sequence[Span]], least: Sequence[int] = ()) -> list[Line]:
    """Rows of cells as aligned lines; columns that are empty in every row are left out.

    The first column is that of the marks and stands close. `least` gives least widths for the first
    columns, so that a live table does not jump.
    """
    count = max((len(row) for row in rows), default=0)
    widths = [max((cells(row[i].text) for row in rows if i < len(row)), default=0) for i in range(count)]
    widths = [max(width, least[i]) if i < len(least) else width for i, width in enumerate(widths)]
    return [_aligned(row, widths) for row in rows]


def _aligned(row: Sequence[Span], widths: Sequence[int]) -> Line:
    line: list[Span] = []
    for index, (cell, width) in enumerate(zip(row, widths, strict=False)):
        if width:
            line += [Span(pad(cell.text, width), cell.style), Span("  " if index else " ")]
    while line and not line[-1].text.strip():
        line.pop()
    if line:
        line[-1] = Span(line[-1].text.rstrip(), line[-1].style)
    return tuple(line)


def line_width(line: Line) -> int:
    return sum(cells(span.text) for span in line)
