# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers never raise and never return more than they promise, whatever comes in."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from movie_director.core import reading
from movie_director.core.errors import ProtocolError

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(), inner, max_size=8)
)
any_text = st.text(st.characters(exclude_categories=[]))
"""Includes lone surrogates, which JSON can hold and no terminal can print."""


@given(json_values | any_text, st.integers(1, 50))
def test_text_is_bounded_and_printable(value: object, limit: int) -> None:
    shown = reading.text(value, limit)
    assert len(shown) <= limit
    assert shown == shown.strip()
    shown.encode("utf-8")
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert reading.text(shown, limit) == shown


@given(json_values | any_text)
def test_a_name_is_the_value_itself_or_nothing(value: object) -> None:
    assert reading.name(value) in ("", value)


@given(json_values | st.lists(any_text | scalars), st.integers(0, 5))
def test_names_are_bounded_and_differ(value: object, most: int) -> None:
    found = reading.names(value, most)
    assert len(found) <= most
    assert len(set(found)) == len(found)
    assert all(found)


@given(json_values, st.integers(-5, 5), st.integers(-5, 5))
def test_whole_numbers_lie_in_their_range(value: object, low: int, high: int) -> None:
    found = reading.whole(value, low, high)
    assert found is None or (type(found) is int and low <= found <= high and found == value)


@given(any_text)
def test_parsing_fails_with_one_error_only(text: str) -> None:
    try:
        reading.parse_json(text)
    except ProtocolError as error:
        error.problem.detail.encode("utf-8")
