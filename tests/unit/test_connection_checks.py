# SPDX-License-Identifier: GPL-3.0-or-later
"""What a connection makes of its checks, of its stream and of sleep."""

from __future__ import annotations

import pytest
from movie_director.core.events import (
    Answered,
    BreakerOpened,
    CheckFailed,
    CheckPassed,
    Effect,
    Enable,
    Failed,
    RetryNow,
    StreamFailed,
    StreamOpened,
    Wake,
)
from movie_director.core.model import Health, State, Stream

from tests.connection_life import NONSENSE, REFUSED, SILENT, STREAM_LOST, Life, connected

# --- checks -------------------------------------------------------------------------------------------------


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


def test_retry_while_connected_checks_and_reads_the_facts_again() -> None:
    assert connected().see(RetryNow()).effects == (Effect.CHECK, Effect.READ_FACTS)


# --- the stream ---------------------------------------------------------------------------------------------


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


# --- sleep --------------------------------------------------------------------------------------------------


def test_sleep_verifies_a_connection_and_forgets_an_outage() -> None:
    life = connected().see(Wake())
    assert life.effects == (Effect.RENEW, Effect.CHECK)
    assert life.see(CheckPassed(0.01, False)).effects == (Effect.OPEN_STREAM,)

    life = Life().see(Enable(), Failed(REFUSED, 0.0), BreakerOpened()).later(3600.0).see(Wake())
    assert (life.state, life.connection.attempt) == (State.DISCONNECTED, 0)
    assert life.effects == (Effect.CLOSE, Effect.RESET_BREAKER)
    assert life.connection.problem == REFUSED, "it is still the last thing that is known"
    assert life.until_due().effects == (Effect.CLOSE, Effect.ATTEMPT)
