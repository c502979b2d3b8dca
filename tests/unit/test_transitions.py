# SPDX-License-Identifier: GPL-3.0-or-later
"""The transition table: which pairs exist, and what a service's life looks like through it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from movie_director.core import events as happened
from movie_director.core.connection import (
    Breaker,
    Connection,
    holds_request,
    port_is_closed,
    watches_port,
)
from movie_director.core.endpoint import Endpoint
from movie_director.core.errors import IllegalTransition, ProblemCode, problem
from movie_director.core.events import (
    Answered,
    Blocked,
    BreakerClosed,
    BreakerHalfOpened,
    BreakerOpened,
    CheckFailed,
    CheckPassed,
    Disable,
    Effect,
    Elapsed,
    Enable,
    Event,
    Failed,
    PortClosed,
    PortOpened,
    Reconfigure,
    RetryNow,
    StreamFailed,
    StreamOpened,
    Wake,
)
from movie_director.core.model import Health, State, Stream
from movie_director.core.settings import Policy
from movie_director.core.transitions import TRANSITIONS, step

REFUSED = problem(ProblemCode.REFUSED, "127.0.0.1:8188")
SILENT = problem(ProblemCode.NO_ANSWER, "127.0.0.1:8188")
NONSENSE = problem(ProblemCode.MALFORMED, "127.0.0.1:8188")
STRANGER = problem(ProblemCode.WRONG_PROGRAM, program="Fooocus")
WRONG_KEY = problem(ProblemCode.KEY_REJECTED, retry=False)
STREAM_LOST = problem(ProblemCode.STREAM_LOST)

ALL_EVENTS = [
    Enable(),
    Disable(),
    Reconfigure(Policy()),
    RetryNow(),
    Wake(),
    Elapsed(),
    Answered(0.01, False, Stream.OPEN),
    Failed(REFUSED, 0.0),
    Blocked(STRANGER),
    CheckPassed(0.01, False),
    CheckFailed(SILENT, gone=False),
    StreamOpened(),
    StreamFailed(STREAM_LOST),
    PortOpened(),
    PortClosed(REFUSED),
    BreakerOpened(),
    BreakerHalfOpened(),
    BreakerClosed(),
]

# One line per state, one column per event in the order of ALL_EVENTS; "." has no row.
LEGAL = {
    State.DISABLED: "E.RNW............C",
    State.DISCONNECTED: ".DRNWLAFB....O.!HC",
    State.CONNECTING: ".DRNWLAFBPX.S...HC",
    State.CONNECTED: ".DRNWL..BPXoS.c..C",
    State.RECONNECTING: ".DRNWLAFB....O.!HC",
    State.SUSPENDED: ".DRNWLAFB....O.!HC",
    State.FAILED: ".DRNWLAFB....O..HC",
}


class Life:
    """One connection driven by hand: time passes only when told."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.now = 1000.0
        self.connection = Connection(policy=policy or Policy())
        self.effects: tuple[Effect, ...] = ()

    def see(self, *seen: Event) -> Life:
        for event in seen:
            self.connection, self.effects = step(self.connection, event, self.now)
        return self

    def until_due(self) -> Life:
        assert self.connection.due is not None, "nothing is awaited"
        self.now = max(self.now, self.connection.due)
        return self.see(Elapsed())

    def later(self, seconds: float) -> Life:
        self.now += seconds
        return self

    @property
    def state(self) -> State:
        return self.connection.state


def typical(state: State) -> Connection:
    """A connection as it really occurs in this state, since second 1."""
    return Connection(
        state=state,
        due=5.0,
        since=1.0,
        seen=state is State.RECONNECTING,
        breaker=Breaker.OPEN if state is State.SUSPENDED else Breaker.CLOSED,
    )


def connected(policy: Policy | None = None, stream: Stream = Stream.OPEN) -> Life:
    return Life(policy).see(Enable(), Answered(0.01, False, stream))


def test_the_table_knows_every_event() -> None:
    defined = {
        each
        for each in vars(happened).values()
        if isinstance(each, type) and issubclass(each, Event) and each is not Event
    }
    assert defined == {type(event) for event in ALL_EVENTS}


@pytest.mark.parametrize("state", list(State))
def test_every_pair_is_a_legal_row_or_an_illegal_transition(state: State) -> None:
    for event, mark in zip(ALL_EVENTS, LEGAL[state], strict=True):
        connection = typical(state)
        if mark == ".":
            with pytest.raises(IllegalTransition):
                step(connection, event, 10.0)
        else:
            after, _ = step(connection, event, 10.0)
            assert after.state in TRANSITIONS[state, type(event)].to
            assert after.since == (10.0 if after.state is not state else 1.0)


def test_an_enabled_service_is_attempted_at_once() -> None:
    life = Life().see(Enable())
    assert (life.state, life.effects) == (State.CONNECTING, (Effect.CLOSE, Effect.ATTEMPT))
    assert life.connection.attempting
    assert life.connection.due is None


def test_the_first_answer_connects_without_a_second() -> None:
    life = connected()
    assert (life.state, life.connection.health) == (State.CONNECTED, Health.READY)
    assert life.connection.due == life.now + 4.0
    assert life.effects == (Effect.READ_FACTS,)


def test_attempts_follow_at_0_1_3_7_and_15_seconds_and_then_the_breaker_paces_them() -> None:
    life = Life().see(Enable())
    begun = [life.now]
    for _ in range(4):
        life.see(Failed(REFUSED, 0.0))
        assert life.state is State.DISCONNECTED
        begun.append(life.until_due().now)
        assert life.effects == (Effect.CLOSE, Effect.ATTEMPT)
    assert [moment - begun[0] for moment in begun] == [0.0, 1.0, 3.0, 7.0, 15.0]

    life.see(Failed(REFUSED, 0.0), BreakerOpened())
    assert life.state is State.SUSPENDED
    for _ in range(100):
        opened = life.now
        life.until_due()
        assert life.now - opened == 30.0
        life.see(BreakerHalfOpened(), Failed(REFUSED, 0.0), BreakerOpened())
        assert life.state is State.SUSPENDED
    assert life.connection.attempt == 105


def test_jitter_lengthens_a_wait_by_at_most_a_tenth() -> None:
    life = Life().see(Enable(), Failed(REFUSED, 0.999))
    assert life.connection.due == pytest.approx(life.now + 1.0999)


def test_a_raised_threshold_leads_to_longer_steps_up_to_the_ceiling() -> None:
    life = Life(Policy(breaker_threshold=12)).see(Enable())
    waits = []
    for _ in range(9):
        life.see(Failed(REFUSED, 0.0))
        assert life.connection.due is not None
        waits.append(life.connection.due - life.now)
        life.until_due()
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_refused_check_is_a_loss_at_once() -> None:
    life = connected().see(StreamFailed(STREAM_LOST))
    assert life.effects == (Effect.CHECK,)
    life.see(CheckFailed(REFUSED, gone=True))
    assert (life.state, life.effects) == (State.RECONNECTING, (Effect.CLOSE,))
    assert life.connection.problem == REFUSED
    assert life.connection.due is not None
    assert life.connection.due - life.now <= 1.0


def test_a_frozen_idle_peer_is_down_after_three_silent_checks_within_12_seconds() -> None:
    life = connected()
    frozen_at = life.now
    for number in (1, 2, 3):
        life.until_due()
        assert life.effects == (Effect.CHECK,)
        life.later(2.0).see(CheckFailed(SILENT, gone=False))
        if number < 3:
            assert (life.state, life.connection.health) == (State.CONNECTED, Health.DEGRADED)
    assert life.state is State.RECONNECTING
    assert life.now - frozen_at == 12.0
    assert life.connection.mute


def test_one_missed_check_is_no_loss() -> None:
    life = connected().until_due().see(CheckFailed(SILENT, gone=False)).until_due()
    life.see(CheckPassed(0.01, False))
    assert (life.state, life.connection.health) == (State.CONNECTED, Health.READY)
    assert life.connection.problem is None
    assert life.connection.failures == 0


def test_a_silent_peer_that_is_known_to_work_is_busy_until_its_limit() -> None:
    life = connected().until_due().see(CheckPassed(0.01, True))
    answered_at = life.now
    while life.state is State.CONNECTED:
        life.until_due().later(2.0).see(CheckFailed(SILENT, gone=False, working=True))
        if life.state is State.CONNECTED:
            assert life.connection.health is Health.BUSY
    assert 60.0 <= life.now - answered_at < 64.0


def test_a_working_peer_that_answers_nonsense_is_down_after_three_checks() -> None:
    life = connected().until_due().see(CheckPassed(0.01, True))
    for number in (1, 2, 3):
        life.until_due().see(CheckFailed(NONSENSE, gone=False, working=True))
        if number < 3:
            assert (life.state, life.connection.health) == (State.CONNECTED, Health.DEGRADED)
    assert life.state is State.RECONNECTING


def test_nonsense_between_silence_is_no_proof_while_it_works() -> None:
    life = connected().until_due().see(CheckPassed(0.01, True))
    for code in (NONSENSE, NONSENSE, SILENT, NONSENSE, NONSENSE, SILENT):
        life.until_due().see(CheckFailed(code, gone=False, working=True))
        assert life.state is State.CONNECTED
    assert life.connection.health is Health.BUSY
    life.until_due().see(CheckPassed(0.01, True))
    for _ in range(2):
        life.until_due().see(CheckFailed(NONSENSE, gone=False, working=True))
        assert life.state is State.CONNECTED


def test_a_busy_peer_whose_port_closes_is_down_at_once() -> None:
    life = connected().until_due().see(CheckPassed(0.01, True)).until_due()
    assert life.see(CheckFailed(REFUSED, gone=True)).state is State.RECONNECTING


@pytest.mark.parametrize(("working", "health"), [(True, Health.BUSY), (False, Health.DEGRADED)])
def test_a_late_answer_is_busy_while_it_works_and_degraded_otherwise(working: bool, health: Health) -> None:
    life = connected().until_due().see(CheckPassed(1.5, working))
    assert (life.state, life.connection.health) == (State.CONNECTED, health)


def test_a_returning_service_needs_two_successes_half_a_second_apart() -> None:
    life = connected().see(PortClosed(REFUSED)).until_due().see(Failed(REFUSED, 0.0))
    life.later(0.5).see(PortOpened())
    assert life.state is State.RECONNECTING, "never two attempts within one second"
    life.until_due().see(Answered(0.01, False, Stream.OPEN))
    assert life.state is State.CONNECTING
    assert life.connection.due == life.now + 0.5
    life.until_due()
    assert life.effects == (Effect.CHECK,)
    life.see(CheckPassed(0.01, False))
    assert (life.state, life.connection.attempt) == (State.CONNECTED, 0)


def test_a_return_that_is_not_confirmed_waits_again() -> None:
    life = connected().see(PortClosed(REFUSED)).until_due().see(Answered(0.01, False, Stream.OPEN))
    life.until_due().see(CheckFailed(REFUSED, gone=True))
    assert (life.state, life.connection.attempt) == (State.RECONNECTING, 1)


def test_an_opening_port_cuts_the_wait_short_even_while_suspended() -> None:
    life = connected().see(PortClosed(REFUSED)).until_due()
    life.see(Failed(REFUSED, 0.0), BreakerOpened()).later(5.0).see(PortOpened())
    assert (life.state, life.effects) == (State.CONNECTING, (Effect.CLOSE, Effect.ATTEMPT))


def test_flapping_costs_at_most_ten_attempts_in_any_minute() -> None:
    life = connected()
    begun = []
    for _ in range(3000):
        life.later(0.3)
        if life.state is State.CONNECTED:
            life.see(PortClosed(REFUSED))
        elif life.connection.returning:
            life.see(Elapsed(), CheckFailed(REFUSED, gone=True))
        elif life.connection.due is not None and life.now >= life.connection.due:
            life.see(Elapsed())
        else:
            life.see(PortOpened())
        if Effect.ATTEMPT in life.effects:
            begun.append(life.now)
            life.see(Answered(0.01, False, Stream.OPEN))
    assert len(begun) > 100
    assert min(b - a for a, b in pairwise(begun)) >= 1.0
    assert all(later - earlier >= 60.0 for earlier, later in zip(begun, begun[10:], strict=False))


def test_attempts_that_reach_no_program_do_not_use_up_the_minute() -> None:
    life = connected()
    for _ in range(20):
        life.see(PortClosed(REFUSED)).until_due().see(Failed(REFUSED, 0.0)).later(1.0).see(PortOpened())
        assert life.effects == (Effect.CLOSE, Effect.ATTEMPT)
        life.see(Answered(0.01, False, Stream.OPEN)).until_due().see(CheckPassed(0.01, False)).later(6.0)
        assert life.state is State.CONNECTED


@pytest.mark.parametrize(("strangers", "counted"), [("", 0), ("Fooocus at 127.0.0.1:8188", 1)])
def test_a_look_around_counts_only_if_it_bothered_a_program(strangers: str, counted: int) -> None:
    nowhere = problem(ProblemCode.NOT_FOUND, strangers=strangers)
    assert len(Life().see(Enable(), Failed(nowhere, 0.0)).connection.recent) == counted


def test_the_user_may_retry_at_any_moment_but_not_twice_within_a_second() -> None:
    life = connected().see(PortClosed(REFUSED)).until_due().see(Failed(REFUSED, 0.0), BreakerOpened())
    life.later(5.0).see(RetryNow())
    assert (life.state, life.connection.attempt) == (State.CONNECTING, 0)
    assert life.effects == (Effect.CLOSE, Effect.RESET_BREAKER, Effect.ATTEMPT)
    life.see(BreakerClosed(), Failed(REFUSED, 0.0)).later(0.2).see(RetryNow())
    assert life.effects == (Effect.CLOSE, Effect.RESET_BREAKER)
    assert life.connection.due == pytest.approx(life.now + 0.8)
    assert life.until_due().effects == (Effect.CLOSE, Effect.ATTEMPT)


def test_retry_while_connected_checks_and_reads_the_facts_again() -> None:
    assert connected().see(RetryNow()).effects == (Effect.CHECK, Effect.READ_FACTS)


def test_what_needs_the_user_waits_for_the_user_or_a_new_program_at_the_port() -> None:
    life = Life().see(Enable(), Blocked(WRONG_KEY))
    assert (life.state, life.connection.due) == (State.FAILED, None)
    assert watches_port(life.connection)
    assert life.later(2.0).see(PortOpened()).effects == (Effect.CLOSE, Effect.ATTEMPT)


def test_another_program_may_go_away_so_its_address_is_looked_at_rarely() -> None:
    life = Life().see(Enable(), Blocked(STRANGER))
    assert (life.state, life.connection.due) == (State.FAILED, life.now + 30.0)
    assert life.until_due().effects == (Effect.CLOSE, Effect.ATTEMPT)
    assert life.see(Blocked(STRANGER)).state is State.FAILED
    assert life.until_due().see(Answered(0.01, False, Stream.OPEN)).state is State.CONNECTED


def test_a_refused_stream_degrades_and_is_tried_again_after_its_wait() -> None:
    life = Life().see(Enable(), Answered(0.01, False, Stream.MISSING, STREAM_LOST))
    assert (life.state, life.connection.health) == (State.CONNECTED, Health.DEGRADED)
    assert life.connection.problem == STREAM_LOST
    opened_after = []
    begun = life.now
    while life.now - begun < 40.0:
        life.until_due().see(CheckPassed(0.01, False))
        if Effect.OPEN_STREAM in life.effects:
            opened_after.append(life.now - begun)
            life.see(StreamFailed(STREAM_LOST))
        assert life.connection.health is Health.DEGRADED
        assert life.connection.problem == STREAM_LOST
    assert opened_after == [16.0, 32.0]
    assert life.see(StreamOpened()).connection.health is Health.READY
    assert life.connection.problem is None


def test_a_stream_that_had_held_is_opened_again_right_after_a_good_check() -> None:
    life = connected().later(20.0).see(StreamFailed(STREAM_LOST))
    assert life.see(CheckPassed(0.01, False)).effects == (Effect.OPEN_STREAM,)


def test_a_stream_that_breaks_soon_after_opening_waits() -> None:
    life = connected().later(1.0).see(StreamFailed(STREAM_LOST), CheckPassed(0.01, False))
    assert life.effects == ()


def test_a_stream_that_opens_hides_no_failing_check() -> None:
    life = connected().until_due().see(CheckFailed(SILENT, gone=False), StreamOpened())
    assert (life.connection.health, life.connection.problem) == (Health.DEGRADED, SILENT)


def test_sleep_verifies_a_connection_and_forgets_an_outage() -> None:
    life = connected().see(Wake())
    assert life.effects == (Effect.RENEW, Effect.CHECK)
    assert life.see(CheckPassed(0.01, False)).effects == (Effect.OPEN_STREAM,)

    life = Life().see(Enable(), Failed(REFUSED, 0.0), BreakerOpened()).later(3600.0).see(Wake())
    assert (life.state, life.connection.attempt) == (State.DISCONNECTED, 0)
    assert life.effects == (Effect.CLOSE, Effect.RESET_BREAKER)
    assert life.connection.problem == REFUSED, "it is still the last thing that is known"
    assert life.until_due().effects == (Effect.CLOSE, Effect.ATTEMPT)


def test_new_settings_start_from_nothing() -> None:
    policy = Policy(check_interval=9.0)
    life = connected().later(5.0).see(Reconfigure(policy))
    assert life.connection.policy == policy
    assert life.effects == (Effect.CLOSE, Effect.RESET_BREAKER, Effect.ATTEMPT)
    assert life.see(Answered(0.01, False, Stream.OPEN)).state is State.CONNECTED


def test_disabling_closes_everything_and_enabling_starts_anew() -> None:
    life = connected().see(Disable())
    assert (life.state, life.effects) == (State.DISABLED, (Effect.CLOSE, Effect.RESET_BREAKER))
    assert life.later(5.0).see(Enable()).effects == (Effect.CLOSE, Effect.ATTEMPT)


def test_the_port_is_watched_unless_something_better_tells() -> None:
    down = Connection(state=State.SUSPENDED)
    up = Connection(state=State.CONNECTED, stream=Stream.OPEN)
    assert watches_port(down)
    assert not watches_port(replace(down, attempting=True))
    assert not watches_port(replace(down, mute=True))
    assert not watches_port(up)
    assert watches_port(replace(up, stream=Stream.MISSING))
    assert not watches_port(replace(up, stream=Stream.MISSING, failures=1))
    assert not watches_port(Connection(state=State.DISABLED))


def test_a_request_is_held_only_at_a_mute_peer() -> None:
    down = Connection(state=State.RECONNECTING, mute=True)
    assert holds_request(down)
    assert not holds_request(replace(down, mute=False))
    assert not holds_request(replace(down, attempting=True))
    assert not holds_request(replace(down, state=State.CONNECTED))


@pytest.mark.parametrize(
    ("code", "host", "closed"),
    [
        (ProblemCode.REFUSED, "127.0.0.1", True),
        (ProblemCode.REFUSED, "render.example", True),
        (ProblemCode.CONNECT_TIMEOUT, "127.0.0.1", True),
        (ProblemCode.CONNECT_TIMEOUT, "render.example", False),
        (ProblemCode.NO_ANSWER, "127.0.0.1", False),
    ],
)
def test_what_proves_that_nothing_listens(code: ProblemCode, host: str, closed: bool) -> None:
    assert port_is_closed(problem(code), Endpoint("http", host, 8188)) is closed


def test_the_breaker_is_noted_and_changes_nothing_else() -> None:
    life = Life().see(Enable(), BreakerHalfOpened())
    assert (life.state, life.connection.breaker) == (State.CONNECTING, Breaker.HALF_OPEN)
