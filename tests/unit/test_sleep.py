# SPDX-License-Identifier: GPL-3.0-or-later
"""How a computer's sleep shows in its clocks."""

from __future__ import annotations

from movie_director.runtime.clock import SleepDetector


class HandClock:
    """Two clocks set by hand."""

    def __init__(self) -> None:
        self.monotonic_now, self.wall_now = 100.0, 5000.0

    def monotonic(self) -> float:
        return self.monotonic_now

    def wall(self) -> float:
        return self.wall_now

    def pass_both(self, seconds: float) -> None:
        self.monotonic_now += seconds
        self.wall_now += seconds


def test_time_that_passes_on_both_clocks_is_no_sleep() -> None:
    clock = HandClock()
    detector = SleepDetector(clock)
    clock.pass_both(3600.0)
    detector.note_wait(3600.0, 3600.5)
    detector.note_wait(None, 3600.0)
    assert not detector.slept()


def test_clocks_that_part_have_slept_once() -> None:
    clock = HandClock()
    detector = SleepDetector(clock)
    clock.wall_now += 3600.0
    assert detector.slept()
    assert not detector.slept()


def test_a_wait_that_took_far_too_long_was_a_sleep_even_if_both_clocks_counted_it() -> None:
    clock = HandClock()
    detector = SleepDetector(clock)
    clock.pass_both(3600.0)
    detector.note_wait(4.0, 3600.0)
    assert detector.slept()
    assert not detector.slept()
