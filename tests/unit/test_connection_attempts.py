# SPDX-License-Identifier: GPL-3.0-or-later
"""When a service is attempted: the waits, the breaker, the limits, and what the user asks for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from movie_director.core.connection import Breaker, watches_port
from movie_director.core.errors import OtherProgram, ProblemCode, problem
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
    Failed,
    PortClosed,
    PortOpened,
    Reconfigure,
    Retime,
    RetryNow,
)
from movie_director.core.model import Health, State, Stream
from movie_director.core.settings import Policy

from tests.connection_life import REFUSED, STRANGER, WRONG_KEY, Life, connected

FOOOCUS = OtherProgram("Fooocus", "127.0.0.1:8188", ("127.0.0.1", 8188))


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


@pytest.mark.parametrize(
    ("met", "silent", "counted"),
    [((), "", 0), ((FOOOCUS,), "", 1), ((), "127.0.0.1:7860", 1), ((FOOOCUS,), "127.0.0.1:7860", 1)],
)
def test_a_look_around_counts_only_if_it_bothered_a_program(
    met: tuple[OtherProgram, ...], silent: str, counted: int
) -> None:
    nowhere = problem(ProblemCode.NOT_FOUND, met=met, silent=silent)
    assert len(Life().see(Enable(), Failed(nowhere, 0.0)).connection.recent) == counted


def test_a_program_that_always_answers_too_late_is_met_at_most_ten_times_in_any_minute() -> None:
    late = problem(ProblemCode.NOT_FOUND, silent="127.0.0.1:7860")
    life, begun = Life().see(Enable()), []
    for _ in range(200):
        if Effect.ATTEMPT in life.effects:
            begun.append(life.now)
            life.later(2.0).see(Failed(late, 0.0))
        life.later(0.7).see(PortOpened())
    assert len(begun) > 10
    assert all(later - earlier >= 60.0 for earlier, later in zip(begun, begun[10:], strict=False))


def test_the_user_may_retry_at_any_moment_but_not_twice_within_a_second() -> None:
    life = connected().see(PortClosed(REFUSED)).until_due().see(Failed(REFUSED, 0.0), BreakerOpened())
    life.later(5.0).see(RetryNow())
    assert (life.state, life.connection.attempt) == (State.CONNECTING, 0)
    assert life.effects == (Effect.CLOSE, Effect.RESET_BREAKER, Effect.ATTEMPT)
    life.see(BreakerClosed(), Failed(REFUSED, 0.0)).later(0.2).see(RetryNow())
    assert life.effects == (Effect.CLOSE, Effect.RESET_BREAKER)
    assert life.connection.due == pytest.approx(life.now + 0.8)
    assert life.until_due().effects == (Effect.CLOSE, Effect.ATTEMPT)


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


def test_new_settings_start_from_nothing() -> None:
    policy = Policy(check_interval=9.0)
    life = connected().later(5.0).see(Reconfigure(policy))
    assert life.connection.policy == policy
    assert life.effects == (Effect.CLOSE, Effect.RESET_BREAKER, Effect.ATTEMPT)
    assert life.see(Answered(0.01, False, Stream.OPEN)).state is State.CONNECTED


def test_other_times_leave_a_connection_as_it_is() -> None:
    life = connected().later(1.0).see(Retime(Policy(check_interval=9.0)))
    assert (life.state, life.effects) == (State.CONNECTED, ())
    assert life.connection.due == life.now - 1.0 + 9.0
    life.see(Retime(Policy(check_interval=1.0)))
    assert life.connection.due == life.now
    assert life.until_due().effects == (Effect.CHECK,)
    # What is under way sets its next moment itself.
    assert life.see(Retime(Policy(check_interval=3.0))).connection.due is None


def test_a_wait_for_the_next_trial_follows_the_interval_and_the_limits() -> None:
    life = Life().see(Enable())
    for _ in range(4):
        life.see(Failed(REFUSED, 0.0)).until_due()
    life.see(Failed(REFUSED, 0.0), BreakerOpened())
    begun = life.now
    assert life.see(Retime(Policy(breaker_interval=300.0))).connection.due == begun + 300.0
    assert life.later(10.0).see(Retime(Policy(breaker_interval=20.0))).connection.due == begun + 20.0
    assert life.see(Retime(Policy(breaker_interval=5.0))).connection.due == life.now
    assert life.until_due().effects == (Effect.CLOSE, Effect.ATTEMPT)


def test_an_attempt_that_other_times_bring_forward_keeps_its_distance() -> None:
    life = Life(Policy(breaker_threshold=1)).see(Enable(), Failed(REFUSED, 0.0), BreakerOpened())
    life.later(0.25).see(Retime(Policy(breaker_interval=0.5, attempt_spacing=1.0)))
    assert life.connection.due == life.now - 0.25 + 1.0


def test_disabling_closes_everything_and_enabling_starts_anew() -> None:
    life = connected().see(Disable())
    assert (life.state, life.effects) == (State.DISABLED, (Effect.CLOSE, Effect.RESET_BREAKER))
    assert life.later(5.0).see(Enable()).effects == (Effect.CLOSE, Effect.ATTEMPT)


def test_the_breaker_is_noted_and_changes_nothing_else() -> None:
    life = Life().see(Enable(), BreakerHalfOpened())
    assert (life.state, life.connection.breaker) == (State.CONNECTING, Breaker.HALF_OPEN)
