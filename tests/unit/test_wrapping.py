# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences as lines that fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from movie_director.core.wrapping import room, width, wrapped

SENTENCE = "Wan2GP was expected at 127.0.0.1:7860, but 'Stable Diffusion' answers there."


@given(st.text(max_size=200), st.floats(2.0, 80.0))
def test_no_line_is_too_wide_and_no_letter_is_lost(text: str, limit: float) -> None:
    lines = wrapped(text, limit)
    assert lines
    assert all(width(line) <= limit for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize("limit", [8.0, 12.0, 20.0, 60.0])
def test_lines_break_between_words(limit: float) -> None:
    assert " ".join(wrapped(SENTENCE, limit)) == SENTENCE


def test_a_long_address_breaks_after_a_sign() -> None:
    assert wrapped("http://render-station.local:8188/comfy", 12.0) == (
        "http://render-station.",
        "local:8188/comfy",
    )


def test_a_word_without_signs_breaks_anywhere() -> None:
    assert len(wrapped("x" * 100, 10.0)) == 6


def test_nothing_is_one_empty_line() -> None:
    assert wrapped("", 10.0) == ("",)


def test_wide_letters_take_more_room() -> None:
    assert width("WWW") > width("xxx") > width("iii")
    assert width("映画") == 2.0
    assert width("é") == width("e\u0301") == width("e")


def test_room_grows_with_the_region_and_shrinks_with_scale_and_font() -> None:
    assert room(440, 1.0, 11) == 40.0
    assert room(440, 2.0, 11) == 20.0
    assert room(440, 1.0, 22) == 20.0
    assert room(0, 1.0, 11) == room(-50, 0.0, 0.0) > 0
