"""Every program of the compatibility page, met again: what the page says of it is still so."""

from __future__ import annotations

import pytest

from tests.compatibility import PROGRAMS, Program, meet, recorded

WITH_ENVIRONMENT = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(each, id=each.name, marks=WITH_ENVIRONMENT if each.needs_environment else [])
        for each in PROGRAMS
    ],
)
def test_a_program_is_as_compatible_as_the_page_says(program: Program) -> None:
    met = meet(program)
    assert met in recorded(), f"now: {met}; write it with: python3 -m tests.compatibility"


def test_the_page_names_no_program_that_the_tests_do_not_meet() -> None:
    assert [row.name for row in recorded()] == [program.name for program in PROGRAMS]
