# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts from outside: nothing in them steers a terminal, and each use has its own way to show it."""

from __future__ import annotations

import pytest
from movie_director.core.printable import excerpt, one_line, steers, visible


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("größer 漢字 ●", "größer 漢字 ●"),
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("two\r\nlines\x85\u2028", "two\\r\\nlines\\x85\\u2028"),
        ("\u202etxt.exe", "\\u202etxt.exe"),
        ("\ud800", "\\ud800"),
        ("\x9b31m\x7f", "\\x9b31m\\x7f"),
    ],
)
def test_what_could_steer_is_made_visible(text: str, expected: str) -> None:
    assert visible(text) == expected
    assert visible(expected) == expected


def test_what_is_to_stay_stays() -> None:
    assert visible("a\n\tb\r", keep="\n\t") == "a\n\tb\\r"


def test_an_excerpt_is_the_beginning() -> None:
    assert excerpt("\x1b" + "x" * 1000) == "\\x1b" + "x" * 199


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("  two \r\n lines\u2028here ", "two lines here"),
        ("RTX\x1b[31m\u202e4090\u200bTi", "RTX [31m 4090 Ti"),
        ("größe 映画 🎬", "größe 映画 🎬"),
        ("half \ud83d", "half"),
        ("1234567890ab", "123456789…"),
        ("1234567890", "1234567890"),
    ],
)
def test_one_line(text: str, expected: str) -> None:
    assert one_line(text, 10 if text[0] == "1" else 60) == expected


def test_what_belongs_to_a_language_steers_nothing() -> None:
    assert not steers("می\u200cخواهم 👩\u200d🎬 größe")
    assert steers("gpj.\u202emodel")
    assert steers("two\nlines")
