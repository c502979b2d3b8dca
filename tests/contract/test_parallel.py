# SPDX-License-Identifier: GPL-3.0-or-later
"""Short jobs side by side: order, threads, deadline, and what is left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from movie_director.runtime.parallel import each_as_it_comes

from tests.conftest import LONG_TIMEOUT, eventually
from tests.outcome import Outcome
from tests.stopwatch import Stopwatch


def soon() -> float:
    return time.monotonic() + LONG_TIMEOUT


def shouted(job: str) -> list[str]:
    return [job.upper()]


def test_results_come_in_the_order_in_which_they_are_ready() -> None:
    second_is_done = threading.Event()

    def work(job: int) -> list[int]:
        if job == 1:
            assert second_is_done.wait(LONG_TIMEOUT)
        return [job]

    results = each_as_it_comes(work, [[1, 2]], name="job", deadline=soon())
    assert next(results) == 2
    second_is_done.set()
    assert list(results) == [1]


def test_a_job_may_have_several_results_and_each_comes_at_once() -> None:
    first_was_taken = threading.Event()

    def work(job: str) -> Iterator[str]:
        yield f"{job} begun"
        assert first_was_taken.wait(LONG_TIMEOUT)
        yield f"{job} done"

    results = each_as_it_comes(work, [["job"]], name="job", deadline=soon())
    assert next(results) == "job begun"
    first_was_taken.set()
    assert list(results) == ["job done"]


def test_a_job_without_a_result_ends_all_the_same() -> None:
    assert list(each_as_it_comes(lambda job: (), [[1, 2, 3]], name="job", deadline=soon())) == []


def test_a_job_begins_while_its_source_still_looks_for_the_next() -> None:
    first_is_done = threading.Event()

    def source() -> Iterator[str]:
        yield "early"
        assert first_is_done.wait(LONG_TIMEOUT)
        yield "late"

    results = each_as_it_comes(shouted, [source(), ["other"]], name="job", deadline=soon())
    early = {next(results), next(results)}
    assert early == {"EARLY", "OTHER"}
    first_is_done.set()
    assert list(results) == ["LATE"]


def test_there_are_no_more_threads_than_jobs_and_never_more_than_the_limit() -> None:
    together = threading.Barrier(3)

    def work(job: int) -> list[str]:
        together.wait(LONG_TIMEOUT)
        return [threading.current_thread().name]

    assert len(set(each_as_it_comes(work, [range(3)], name="job", deadline=soon()))) == 3
    names = list(each_as_it_comes(work, [range(9)], name="job", deadline=soon(), limit=3))
    assert len(names) == 9
    assert set(names) <= {"job-1", "job-2", "job-3"}


def test_without_jobs_it_ends_at_once() -> None:
    assert list(each_as_it_comes(shouted, [], name="job", deadline=soon())) == []
    assert list(each_as_it_comes(shouted, [[], []], name="job", deadline=soon())) == []


def test_the_deadline_ends_it_whoever_still_works() -> None:
    release = threading.Event()

    def endless() -> Iterator[int]:
        release.wait(LONG_TIMEOUT)
        yield from ()

    def work(job: int) -> list[int]:
        if job:
            release.wait(LONG_TIMEOUT)
        return [job]

    with Stopwatch() as watch:
        deadline = time.monotonic() + 1.0
        results = list(each_as_it_comes(work, [endless(), [0, 1]], name="job", deadline=deadline))
    release.set()
    assert results == [0]
    assert watch.elapsed >= 1.0
    assert watch.seconds < 1.7


def test_jobs_that_wait_at_the_deadline_are_never_begun_but_discarded() -> None:
    begun: list[int] = []
    discarded: list[int] = []
    both_work, release = threading.Barrier(3), threading.Event()

    def work(job: int) -> list[int]:
        begun.append(job)
        both_work.wait(LONG_TIMEOUT)
        release.wait(LONG_TIMEOUT)
        return []

    def run() -> None:
        how = {"deadline": deadline, "limit": 2, "discard": discarded.append}
        assert list(each_as_it_comes(work, [range(5)], name="job", **how)) == []

    deadline = time.monotonic() + 2.0
    running = Outcome(run)
    both_work.wait(LONG_TIMEOUT)
    assert running.wait() is None
    release.set()
    eventually(lambda: len(begun) + len(discarded) == 5)
    assert (sorted(begun), sorted(discarded)) == ([0, 1], [2, 3, 4])
