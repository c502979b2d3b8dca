# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of ComfyUI's WebSocket, and the rules by which a silent one is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from movie_director.backends.comfyui.messages import FEATURE_FLAGS, Other, Status, parse
from movie_director.backends.comfyui.mute import Heartbeat, MuteDetector, Pulse
from movie_director.core.facts import Queue

DATA = Path(__file__).parents[1] / "data"
VERSIONS = ("0.33.0", "0.3.64")
TYPES = {
    "status",
    "feature_flags",
    "execution_start",
    "execution_cached",
    "progress_state",
    "progress",
    "executing",
    "executed",
    "execution_success",
    "execution_error",
    "execution_interrupted",
}


def recorded_messages(value: Any) -> Iterator[dict[str, Any]]:
    """Every text message in a recording, however the recording is nested."""
    if isinstance(value, dict) and isinstance(value.get("type"), str) and "data" in value:
        yield value
    elif isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from recorded_messages(each)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_recorded_message_is_understood(version: str) -> None:
    recording = json.loads((DATA / f"comfyui-{version}" / "websocket.json").read_text("utf-8"))
    messages = list(recorded_messages(recording))
    assert {message["type"] for message in messages} == TYPES
    for message in messages:
        found = parse(json.dumps(message))
        if message["type"] == "status":
            queue = Queue(message["data"]["status"]["exec_info"]["queue_remaining"])
            assert found == Status(queue, message["data"].get("sid", ""))
        else:
            assert found == Other(message["type"])


@pytest.mark.parametrize(
    "text",
    ["", "pong", "{", "[]", "null", "5", '"status"', "{}", '{"type": 5}', '{"type": ""}', '{"type": "a\\nb"}',
     "[" * 100_000, '{"type": "' + "x" * 101 + '"}'],
    ids=lambda text: text[:16],
)  # fmt: skip
def test_garbage_is_no_message(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "x",
        {},
        {"status": None},
        {"status": {"exec_info": 5}},
        {"status": {"exec_info": {"queue_remaining": -3}}},
        {"status": {"exec_info": {"queue_remaining": 1e400}}},
        {"sid": ["a"]},
        {"sid": "a\x1b"},
    ],
)
def test_a_status_that_makes_no_sense_says_nothing(data: object) -> None:
    assert parse(json.dumps({"type": "status", "data": data})) == Status(None, "")


def test_our_first_message_asks_for_previews_that_tell_their_origin() -> None:
    assert json.loads(FEATURE_FLAGS) == {"type": "feature_flags", "data": {"supports_preview_metadata": True}}


# --- mute ------------------------------------------------------------------------------------------


def test_a_stream_is_mute_when_it_disagrees_with_http_twice_in_a_row() -> None:
    detector = MuteDetector()
    detector.told(Queue(0))
    detector.polled(Queue(1))
    assert not detector.is_mute
    detector.polled(Queue(2))
    assert detector.is_mute


def test_a_status_between_two_polls_clears_the_suspicion() -> None:
    detector = MuteDetector()
    detector.told(Queue(0))
    for remaining in range(1, 10):
        detector.polled(Queue(remaining + 1))  # HTTP is asked while the message is still on its way
        detector.told(Queue(remaining))
    assert not detector.is_mute


def test_an_agreement_between_two_disagreements_clears_the_suspicion() -> None:
    detector = MuteDetector()
    detector.told(Queue(0))
    for _ in range(5):
        detector.polled(Queue(1))
        detector.polled(Queue(0))
    assert not detector.is_mute


@pytest.mark.parametrize("told", [[], [None], [Queue(1), None]])
def test_a_stream_that_never_told_a_queue_is_not_called_mute(told: list[Queue | None]) -> None:
    detector = MuteDetector()
    for queue in told:
        detector.told(queue)
    for remaining in range(5):
        detector.polled(Queue(remaining))
    assert not detector.is_mute


def test_a_poll_that_does_not_say_the_queue_proves_nothing() -> None:
    detector = MuteDetector()
    detector.told(Queue(0))
    for _ in range(5):
        detector.polled(Queue(1))
        detector.polled(None)
    assert not detector.is_mute


# --- heartbeat -------------------------------------------------------------------------------------


def test_a_talking_peer_is_never_pinged() -> None:
    heartbeat = Heartbeat(interval=4.0)
    assert {heartbeat.check(now, now - 3.9, 4.0) for now in range(10, 100)} == {Pulse.BEATS}


def test_a_frozen_peer_is_known_after_interval_and_patience() -> None:
    heartbeat = Heartbeat(interval=4.0)
    seen = [heartbeat.check(float(now), 0.0, 4.0) for now in range(1, 10)]
    assert seen == [Pulse.BEATS] * 3 + [Pulse.PING] + [Pulse.BEATS] * 3 + [Pulse.STOPPED] * 2


def test_a_silent_but_living_peer_is_pinged_once_per_interval() -> None:
    heartbeat = Heartbeat(interval=4.0)
    heard, pings = 0.0, 0
    for now in range(1, 41):
        if heartbeat.check(float(now), heard, 4.0) is Pulse.PING:
            pings, heard = pings + 1, now + 0.01
    assert pings == 8


def test_our_own_standstill_does_not_count_against_the_peer() -> None:
    heartbeat = Heartbeat(interval=4.0)
    assert heartbeat.check(1000.0, 0.0, 4.0) is Pulse.PING
    assert heartbeat.check(1003.9, 0.0, 4.0) is Pulse.BEATS
    assert heartbeat.check(1004.0, 1003.95, 4.0) is Pulse.BEATS
    assert heartbeat.check(1008.0, 1003.95, 4.0) is Pulse.PING


def test_a_working_peer_gets_more_time() -> None:
    heartbeat = Heartbeat(interval=4.0)
    heartbeat.check(4.0, 0.0, 4.0)
    assert heartbeat.check(60.0, 0.0, 60.0) is Pulse.BEATS
    assert heartbeat.check(60.0, 0.0, 4.0) is Pulse.STOPPED
