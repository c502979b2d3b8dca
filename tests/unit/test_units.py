"""Quantities as people write them."""

from __future__ import annotations

import math

import pytest
from movie_director.core.units import countdown, duration, milliseconds, size

DAY = 86400


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0 s"), (0.04, "0 s"), (2.11, "2.1 s"), (3.0, "3 s"), (9.94, "9.9 s"), (9.96, "10 s"),
     (59.4, "59 s"), (59.6, "1 min"), (200, "3 min"), (3599, "59 min"), (3600, "1 h"), (3900, "1 h 5 min"),
     (DAY, "1 d"),
     (2 * DAY + 3 * 3600, "2 d 3 h"), (-1, "0 s"), (math.inf, "0 s"), (math.nan, "0 s")],
)  # fmt: skip
def test_duration(seconds: float, written: str) -> None:
    assert duration(seconds) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(7.0, "7 s"), (6.01, "7 s"), (0.2, "1 s"), (0, "1 s"), (-5, "1 s"), (29.9, "30 s"), (61, "1 min")],
)
def test_a_countdown_never_shows_less_than_is_left(seconds: float, written: str) -> None:
    assert countdown(seconds) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0.0, "0.0 ms"), (0.0004, "0.4 ms"), (0.0099, "9.9 ms"), (0.00996, "10 ms"), (0.0123, "12 ms"),
     (0.9999, "999 ms"), (1.52, "1.5 s")],
)  # fmt: skip
def test_milliseconds(seconds: float, written: str) -> None:
    assert milliseconds(seconds) == written


@pytest.mark.parametrize(
    ("count", "written"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (1024, "1 KiB"), (1536, "1.5 KiB"), (25276514304, "23.5 GiB"),
     (1024**3 - 1, "1 GiB"), (5 * 1024**5, "5120 TiB"), (-3, "0 bytes")],
)  # fmt: skip
def test_size(count: int, written: str) -> None:
    assert size(count) == written
