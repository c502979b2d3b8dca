"""Colours, marks and row texts, state by state."""

from __future__ import annotations

import pytest
from movie_director.core.errors import ProblemCode, problem
from movie_director.core.facts import Device, Queue, ServiceInfo
from movie_director.core.messages import text
from movie_director.core.model import Health, Source, State
from movie_director.core.presentation import (
    ASCII_MARKS,
    MARKS,
    Colour,
    Overview,
    Row,
    colour,
    counts_down,
    device_text,
    explained,
    light,
    overview,
    required_are_ready,
    row,
    state_message,
    worth_telling,
)
from movie_director.core.snapshot import ServiceStatus

from tests.samples import COMFY, HERE, NOW, REFUSED, snapshot, status

DOWN = (State.DISCONNECTED, State.RECONNECTING, State.SUSPENDED, State.FAILED)


def optional(state: State, **changes: object) -> ServiceStatus:
    return status(state, service="rvc", label="RVC", required=False, **changes)


def test_a_shape_for_every_colour() -> None:
    for marks in (MARKS, ASCII_MARKS):
        assert set(marks) == set(Colour)
        assert len(set(marks.values())) == len(Colour)
        assert all(len(mark) == 1 for mark in marks.values())
    assert "".join(ASCII_MARKS.values()).isascii()


@pytest.mark.parametrize("state", State)
def test_the_colour_of_each_state(state: State) -> None:
    expected = {State.DISABLED: Colour.OFF, State.CONNECTING: Colour.YELLOW, State.CONNECTED: Colour.GREEN}
    assert colour(status(state)) is expected.get(state, Colour.RED)
    assert colour(optional(state)) is expected.get(state, Colour.YELLOW)


@pytest.mark.parametrize("health", [Health.BUSY, Health.DEGRADED])
def test_busy_and_limited_are_yellow_but_usable(health: Health) -> None:
    slow = status(State.CONNECTED, health=health)
    assert colour(slow) is Colour.YELLOW
    assert required_are_ready(snapshot(slow))


@pytest.mark.parametrize("state", DOWN)
def test_a_required_service_that_is_down_makes_the_light_red(state: State) -> None:
    ready = optional(State.CONNECTED)
    assert light([ready, status(state)]) is Colour.RED
    assert not required_are_ready(snapshot(ready, status(state)))


@pytest.mark.parametrize("state", DOWN)
def test_an_optional_service_that_is_down_makes_the_light_yellow(state: State) -> None:
    rows = (status(State.CONNECTED), optional(state))
    assert overview(snapshot(*rows)) == Overview(Colour.YELLOW, 1, 2, "Not everything is ready")
    assert required_are_ready(snapshot(*rows))


def test_connecting_makes_the_light_yellow_and_is_not_ready_yet() -> None:
    assert overview(snapshot(status(State.CONNECTING))) == Overview(
        Colour.YELLOW, 0, 1, "Not everything is ready"
    )
    assert not required_are_ready(snapshot(status(State.CONNECTING)))


def test_services_that_are_switched_off_do_not_count() -> None:
    rows = (status(State.DISABLED), optional(State.CONNECTED))
    assert overview(snapshot(*rows)) == Overview(Colour.GREEN, 1, 1, "Everything is ready")
    assert required_are_ready(snapshot(*rows))
    assert overview(snapshot(status(State.DISABLED))) == Overview(Colour.OFF, 0, 0, "Nothing is switched on")


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (status(State.DISABLED), "Off"),
        (status(State.DISCONNECTED, attempting=True), "Looking for it"),
        (status(State.DISCONNECTED, retry_at=NOW + 6.2), "Not found, next try in 7 s"),
        (status(State.DISCONNECTED, retry_at=NOW - 0.1), "Not found"),
        (status(State.DISCONNECTED, source=Source.CONFIGURED, attempting=True), "Trying again"),
        (
            status(State.DISCONNECTED, source=Source.CONFIGURED, retry_at=NOW + 6.2),
            "Not reached, next try in 7 s",
        ),
        (status(State.DISCONNECTED, source=Source.CONFIGURED), "Not reached"),
        (status(State.CONNECTING), "Looking for it"),
        (status(State.CONNECTING, endpoint=HERE), "Connecting"),
        (status(State.CONNECTED), "Connected"),
        (status(State.CONNECTED, health=None), "Connected"),
        (status(State.CONNECTED, health=Health.BUSY), "Busy"),
        (status(State.CONNECTED, health=Health.DEGRADED), "Limited"),
        (status(State.RECONNECTING, retry_at=NOW + 7), "Trying again in 7 s"),
        (status(State.RECONNECTING, attempting=True), "Trying again"),
        (status(State.SUSPENDED, retry_at=NOW + 27.4), "Paused, next try in 28 s"),
        (status(State.SUSPENDED, attempting=True), "Trying again"),
        (status(State.FAILED), "Needs you"),
    ],
)
def test_the_word_for_the_state(shown: ServiceStatus, words: str) -> None:
    assert text(state_message(shown, NOW)) == words
    assert counts_down(shown, NOW) is (" in " in words)


def test_the_row_of_a_connected_service() -> None:
    assert row(status(State.CONNECTED), NOW) == Row(
        service="comfyui",
        label="ComfyUI",
        colour=Colour.GREEN,
        state="Connected",
        version="0.33.0",
        address="http://127.0.0.1:8188",
        latency="4.2 ms",
        device="NVIDIA GeForce RTX 4090, 20.1 of 24 GiB free",
        queue="2",
        queue_told="2 in the queue",
    )


def test_the_row_of_a_lost_service_does_not_repeat_old_facts() -> None:
    lost = status(State.RECONNECTING, endpoint=HERE, info=COMFY, latency=0.004, retry_at=NOW + 1)
    assert row(lost, NOW) == Row(
        service="comfyui",
        label="ComfyUI",
        colour=Colour.RED,
        state="Trying again in 1 s",
        address="http://127.0.0.1:8188",
    )


def test_an_empty_queue_is_told_and_an_unknown_one_is_not() -> None:
    idle = ServiceInfo("ComfyUI", queue=Queue(0))
    assert row(status(State.CONNECTED, info=idle), NOW).queue == "0"
    assert row(status(State.CONNECTED, info=ServiceInfo("RVC")), NOW).queue == ""


@pytest.mark.parametrize(
    ("queue", "number", "told"),
    [
        (Queue(0), "0", "nothing in the queue"),
        (Queue(3), "3", "3 in the queue"),
        (Queue(0, waiting_only=True), "0 waiting", "nothing waits; it does not tell whether it is at work"),
        (Queue(3, waiting_only=True), "3 waiting", "3 waiting, besides its present work"),
    ],
)
def test_a_queue_that_leaves_out_what_runs_says_so(queue: Queue, number: str, told: str) -> None:
    drawn = row(status(State.CONNECTED, info=ServiceInfo("Wan2GP", queue=queue)), NOW)
    assert (drawn.queue, drawn.queue_told) == (number, told)


@pytest.mark.parametrize(
    ("device", "words"),
    [
        (Device("cpu", "cpu"), "cpu"),
        (Device("cpu", "cpu", 25276514304), "cpu, 23.5 GiB"),
        (Device("cuda:0", "cuda", 25757220864, 524288000), "cuda:0, 500 MiB of 24 GiB free"),
        (Device("cuda:0", "cuda", 25757220864, 0), "cuda:0, 0 bytes of 24 GiB free"),
    ],
)
def test_devices(device: Device, words: str) -> None:
    assert device_text(device) == words


def test_a_problem_is_explained_with_what_its_place_knows() -> None:
    down = status(State.RECONNECTING, problem=problem(ProblemCode.NO_ANSWER))
    told = explained(down)
    assert told is not None
    assert told.title == "ComfyUI is running, but does not answer."
    assert explained(status(State.CONNECTED)) is None


def test_problems_are_told_while_they_matter() -> None:
    assert worth_telling(status(State.SUSPENDED)) == REFUSED
    assert worth_telling(status(State.CONNECTING, problem=REFUSED)) is None
    assert worth_telling(status(State.CONNECTED)) is None
