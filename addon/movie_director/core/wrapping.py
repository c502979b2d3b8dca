# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences as lines that fit into a region of Blender, which neither wraps nor measures text in a layout.

Widths are in em, the height of the font: independent of screen, scale and size of the font. Letters are
estimated, a little too wide rather than too narrow: Blender cuts what does not fit.
"""

from __future__ import annotations

import functools
import re
import unicodedata

_USUAL, _WIDE, _CAPITAL, _FULL = 0.57, 0.86, 0.68, 1.0
_LETTERS = {
    **dict.fromkeys("iljI|!.,:;'’`·", 0.29),
    **dict.fromkeys('frt()[]{}-/\\ "*', 0.38),
    **dict.fromkeys("mwMW@%…—", _WIDE),
    **dict.fromkeys("0123456789", 0.64),
}
_BREAKS = re.compile(r"(?<=[/\-.,:_?&=])")
"""Where a word that is too long for a line may be broken, so that an address stays readable."""
_LEAST = 6.0
"""Em that are taken for granted: no region is so narrow that nothing can be read."""


@functools.lru_cache(maxsize=4096)
def width(text: str) -> float:
    """About how wide the text is drawn."""
    return sum(_letter(letter) for letter in text)


def _letter(letter: str) -> float:
    known = _LETTERS.get(letter)
    if known is not None:
        return known
    if letter.isascii():
        return _CAPITAL if letter.isupper() else _USUAL
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return _FULL
    return _CAPITAL if letter.isupper() else _USUAL


def room(pixels: float, scale: float, points: float) -> float:
    """How many em fit into these pixels; `scale` is the interface's, `points` the size of its font."""
    return max(_LEAST, pixels / (max(scale, 0.1) * max(points, 1.0)))


@functools.lru_cache(maxsize=1024)
def wrapped(text: str, limit: float) -> tuple[str, ...]:
    """The text as lines no wider than `limit` em; a wider word is broken, after a sign if possible."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if width(joined) <= limit:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, limit)
        lines += full
    return (*lines, line) if line or not lines else tuple(lines)


def _pieces(word: str, limit: float) -> list[str]:
    """A word in pieces of at most `limit` em."""
    pieces: list[str] = []
    piece = ""
    for part in _parts(word, limit):
        if piece and width(piece + part) > limit:
            pieces.append(piece)
            piece = ""
        piece += part
    return [*pieces, piece]


def _parts(word: str, limit: float) -> list[str]:
    """What a word may be broken into: at its signs, and where even that is too wide at every letter."""
    parts: list[str] = []
    for part in _BREAKS.split(word):
        parts += [part] if width(part) <= limit else list(part)
    return parts
