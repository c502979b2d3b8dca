# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts from outside, made safe to show: none may move a cursor, forge a line or turn the writing around."""

from __future__ import annotations

import re
import unicodedata

_EXCERPT = 200
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters steer terminals, surrogates cannot be printed, and the marks of writing direction make a
text show in another order than it has."""


def steers(text: str) -> bool:
    """Whether the text has such characters; others that cannot be seen may belong to its language."""
    return _STEERING.search(text) is not None


def one_line(text: str, limit: int) -> str:
    """The text for people: each run of white space and of what cannot be seen is a space.

    At most `limit` characters; what is cut off is marked with "…".
    """
    # Far more than is shown, so that white space may shrink, yet bounded before any further work.
    text = text[: limit * 8]
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def visible(text: str, keep: str = "") -> str:
    """The text for a log or a report: each control or format character, line separator and lone surrogate
    becomes ``\\x1b``, ``\\u202e``, …; those in `keep` stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if character in keep else _escaped(character) for character in text)


def excerpt(text: str) -> str:
    """The beginning of the text as `visible` shows it: for the details of an error."""
    return visible(text[:_EXCERPT])


def _escaped(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return character.encode("unicode_escape").decode("ascii")
    return character
