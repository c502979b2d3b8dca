# SPDX-License-Identifier: GPL-3.0-or-later
"""One worker whose settings change while it runs, also many times in a moment, as when one drags a number."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import pairwise

import pytest
from movie_director.core.model import State
from movie_director.core.snapshot import ServiceStatus

from tests.conftest import LONG_TIMEOUT, eventually
from tests.servers.comfyui import ComfyServer
from tests.servers.plain import RawServer, hold
from tests.watching import BRISK, Watching

DRAGGED = range(20)


@pytest.mark.parametrize("name", ["check_interval", "check_timeout", "breaker_interval", "breaker_threshold"])
def test_a_number_that_is_dragged_leaves_the_connection_as_it_is(name: str) -> None:
    with ComfyServer() as server, Watching(server.url) as watching:
        before = watching.until_connected()
        rows: list[ServiceStatus] = []
        for step in DRAGGED:
            watching.change(policy=replace(BRISK, **{name: 5 + step}))
            rows.append(watching.row)
        watching.change(required=False)
        rows += watching.rows_until(lambda row: not row.required)
        assert {(row.state, row.since) for row in rows} == {(State.CONNECTED, before.since)}
        assert len(server.client_ids) == 1


def test_the_interval_that_was_set_last_counts_from_now_on() -> None:
    with ComfyServer() as server, Watching(server.url, replace(BRISK, check_interval=3600.0)) as watching:
        watching.until_connected()
        asked = server.requests["/system_stats"]
        for seconds in (3000.0, 2000.0, 0.05):
            watching.change(policy=replace(BRISK, check_interval=seconds))
        eventually(lambda: server.requests["/system_stats"] >= asked + 3)


def test_the_longest_wait_that_was_set_last_counts_from_now_on() -> None:
    with ComfyServer() as server, Watching(server.url, replace(BRISK, check_timeout=3600.0)) as watching:
        watching.until_connected()
        watching.change(policy=replace(BRISK, check_timeout=0.2))
        server.faults.mute = True
        watching.until(lambda row: row.state is not State.CONNECTED)


def test_a_wait_for_the_next_trial_follows_the_interval() -> None:
    patient = replace(BRISK, breaker_threshold=1, breaker_interval=3600.0)
    with Watching("http://127.0.0.1:1", patient) as watching:
        first = watching.until(lambda row: row.state is State.SUSPENDED and not row.attempting)
        watching.change(policy=replace(patient, breaker_interval=0.2))
        watching.until(lambda row: row.last_attempt_at != first.last_attempt_at)


def test_a_lower_number_of_tries_counts_from_the_next_failure_on() -> None:
    many = replace(BRISK, breaker_threshold=1000, backoff=replace(BRISK.backoff, first=0.05, ceiling=0.05))
    with Watching("http://127.0.0.1:1", many) as watching:
        watching.until(lambda row: row.attempt >= 3)
        watching.change(policy=replace(many, breaker_threshold=2, breaker_interval=3600.0))
        assert watching.until_state(State.SUSPENDED).breaker.value == "open"


def test_of_addresses_that_were_set_during_an_attempt_the_last_alone_is_tried() -> None:
    """And however often the address changes, two attempts are never closer than the policy says."""
    asked, go_on = threading.Event(), threading.Event()

    def silent_until_told(sock: object) -> None:
        asked.set()
        go_on.wait(LONG_TIMEOUT)

    paced = replace(BRISK, attempt_spacing=0.3, check_timeout=LONG_TIMEOUT)
    with RawServer(silent_until_told) as mute, RawServer(hold) as other, ComfyServer() as server:
        with Watching(mute.url, paced) as watching:
            assert asked.wait(LONG_TIMEOUT)
            for step in DRAGGED:
                watching.change(url=f"{other.url}/{step}")
            watching.change(url=server.url)
            go_on.set()
            rows = watching.rows_until(lambda row: row.state is State.CONNECTED)
        assert other.accepted == 0
        begun = sorted({row.last_attempt_at for row in rows if row.last_attempt_at is not None})
        assert len(begun) <= 2
        assert all(later - earlier >= 0.3 for earlier, later in pairwise(begun))
