# SPDX-License-Identifier: GPL-3.0-or-later
"""The adapter around the real pybreaker: which events its changes of state become."""

from __future__ import annotations

import gc
import weakref

from movie_director.core.errors import ProblemCode, ServiceError, problem
from movie_director.core.events import BreakerClosed, BreakerHalfOpened, BreakerOpened
from movie_director.runtime.breaker import ServiceBreaker

FAILURE = ServiceError(problem(ProblemCode.REFUSED))


def opened(threshold: int = 2) -> ServiceBreaker:
    breaker = ServiceBreaker("comfyui", threshold)
    for _ in range(threshold):
        events = breaker.note_failure(FAILURE)
    assert events == (BreakerOpened(),)
    return breaker


def test_it_opens_at_the_threshold_in_a_row() -> None:
    breaker = ServiceBreaker("comfyui", 3)
    assert [breaker.note_failure(FAILURE) for _ in range(2)] == [(), ()]
    assert breaker.note_success() == ()
    assert [breaker.note_failure(FAILURE) for _ in range(3)] == [(), (), (BreakerOpened(),)]


def test_a_trial_half_opens_it_without_waiting_and_only_when_open() -> None:
    assert ServiceBreaker("comfyui", 2).allow_trial() == ()
    assert opened().allow_trial() == (BreakerHalfOpened(),)


def test_a_failed_trial_opens_it_again_and_a_good_one_closes_it() -> None:
    breaker = opened()
    breaker.allow_trial()
    assert breaker.note_failure(FAILURE) == (BreakerOpened(),)
    breaker.allow_trial()
    assert breaker.note_success() == (BreakerClosed(),)
    assert breaker.note_failure(FAILURE) == ()


def test_a_reset_closes_it_and_forgets_the_count() -> None:
    breaker = opened(threshold=3)
    assert breaker.reset() == (BreakerClosed(),)
    assert [breaker.note_failure(FAILURE) for _ in range(2)] == [(), ()]


def test_a_threshold_of_one_opens_at_the_first_failure() -> None:
    assert ServiceBreaker("comfyui", 1).note_failure(FAILURE) == (BreakerOpened(),)


def test_an_error_ends_with_its_last_user_and_not_with_the_next_garbage_collection() -> None:
    error = ServiceError(problem(ProblemCode.REFUSED))
    alive = weakref.ref(error)
    gc.disable()
    try:
        ServiceBreaker("comfyui", 2).note_failure(error)
        del error
        assert alive() is None
    finally:
        gc.enable()
