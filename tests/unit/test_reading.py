# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stranger sent comes back typed and bounded."""

from __future__ import annotations

import pytest
from movie_director.core import reading
from movie_director.core.errors import ProblemCode, ProtocolError

WRONG_TYPES = [None, True, 7, 1.5, float("nan"), "text", ["list"], {"key": "value"}]


def test_text_is_one_line_without_anything_that_steers_a_terminal() -> None:
    assert reading.text("RTX\x1b[31m 4090\r\n\tred\x00\x9b2J") == "RTX [31m 4090 red 2J"


def test_text_cannot_be_reversed_by_marks_of_writing_direction() -> None:
    assert reading.text("model\u202egpj.exe\u2066") == "model gpj.exe"


def test_text_can_always_be_printed() -> None:
    assert reading.text("half \ud83d of a pair").encode("utf-8") == b"half of a pair"


def test_text_keeps_other_languages() -> None:
    assert reading.text("größe 映画 🎬") == "größe 映画 🎬"


def test_long_text_is_cut_and_marked() -> None:
    assert reading.text("x" * 10, 4) == "xxx…"
    assert reading.text("xxxx", 4) == "xxxx"
    assert len(reading.text("word " * 1_000_000)) == reading.TEXT_LIMIT


@pytest.mark.parametrize("value", [value for value in WRONG_TYPES if not isinstance(value, str)])
def test_what_is_no_text_is_an_empty_one(value: object) -> None:
    assert reading.text(value) == ""
    assert reading.name(value) == ""


def test_a_name_is_taken_whole_or_not_at_all() -> None:
    assert reading.name("sub/Großes  Modell.safetensors") == "sub/Großes  Modell.safetensors"
    assert reading.name("two\nlines") == ""
    assert reading.name("gpj.\u202emodel") == ""
    assert reading.name("x" * 513) == ""


def test_names_skip_what_is_unusable_and_stop_at_the_limit() -> None:
    assert reading.names(["a", 5, None, "a", "b\x1b", "", "c", "d"], most=3) == ("a", "c", "d")
    assert reading.names(["a", "b", "c"], most=2) == ("a", "b")
    assert reading.names(["a"], most=0) == ()


@pytest.mark.parametrize("value", [value for value in WRONG_TYPES if not isinstance(value, list)])
def test_what_is_no_list_has_no_names(value: object) -> None:
    assert reading.names(value, most=5) == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (10, 10),
        (3.0, 3),
        (-1, None),
        (11, None),
        (10**400, None),
        (1.5, None),
        (True, None),
        ("5", None),
        (None, None),
        ([5], None),
        (float("nan"), None),
        (float("inf"), None),
        (1e300, None),
    ],
)
def test_whole_numbers_lie_in_their_range(value: object, expected: int | None) -> None:
    found = reading.whole(value, 0, 10)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0.0),
        (0.25, 0.25),
        (10, 10.0),
        (10.5, None),
        (10**400, None),
        (float("nan"), None),
        (float("inf"), None),
        (True, None),
        ("1", None),
        (None, None),
    ],
)
def test_numbers_lie_in_their_range(value: object, expected: float | None) -> None:
    found = reading.number(value, 0, 10)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("value", WRONG_TYPES)
def test_mappings_and_items_are_empty_for_any_other_type(value: object) -> None:
    assert reading.mapping(value) == (value if isinstance(value, dict) else {})
    assert reading.items(value) == (value if isinstance(value, list) else [])


@pytest.mark.parametrize(
    "text",
    ["", "{", "{'a': 1}", "\x00", "[" * 200_000, '{"a":' * 200_000, "9" * 100_000, "<html></html>", "nul"],
    ids=lambda text: text[:8],
)
def test_text_that_is_no_json_has_one_error(text: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        reading.parse_json(text)
    assert caught.value.problem.code is ProblemCode.MALFORMED
    assert len(caught.value.problem.detail) < 100


def test_json_is_parsed() -> None:
    assert reading.parse_json('{"a": [1, null]}') == {"a": [1, None]}
