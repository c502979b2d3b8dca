# SPDX-License-Identifier: GPL-3.0-or-later
"""A ComfyUI that answers anything: bounded facts, or a problem with a code, and in bounded time."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from movie_director.backends.comfyui.client import ComfyClient
from movie_director.core.errors import ProblemCode, ServiceError
from movie_director.core.facts import ServiceInfo
from movie_director.core.settings import Policy

from tests.servers.comfyui import BAD_ANSWERS, ComfyServer
from tests.servers.comfyui_backend import Clients, answering, caught, read_all_facts
from tests.servers.plain import RawServer
from tests.stopwatch import Stopwatch

pytestmark = pytest.mark.faults

POLICY = Policy(check_timeout=1.0)
LIMIT = 6.0
"""Seconds for open, check and all facts; each request may take its time-out."""

_JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

MISSING = object()
WRONG_VALUES = (
    MISSING,
    None,
    True,
    -1,
    -(2**63),
    10**30,
    1.5,
    "",
    "text",
    "\x1b[2J\u202e\ud800",
    "x" * 10_000,
    [],
    {},
    [[[[[]]]]],
    {"a": {"b": {"c": [None]}}},
    ["x"] * 2_000,
)
OTHER_PROGRAMS = (ProblemCode.MALFORMED, ProblemCode.WRONG_PROGRAM, ProblemCode.TOO_LARGE)

STATS = {
    "system": {
        "os": "linux",
        "ram_total": 25276514304,
        "ram_free": 23622426624,
        "comfyui_version": "0.33.0",
        "python_version": "3.11.7",
        "pytorch_version": "2.13.0+cpu",
        "embedded_python": False,
        "argv": ["main.py", "--cpu"],
    },
    "devices": [
        {
            "name": "cpu",
            "type": "cpu",
            "index": None,
            "vram_total": 25276514304,
            "vram_free": 23622426624,
            "torch_vram_total": 25276514304,
            "torch_vram_free": 23622426624,
        }
    ],
}
ANSWERS: dict[str, Any] = {
    "/system_stats": STATS,
    "/prompt": {"exec_info": {"queue_remaining": 0}},
    "/features": {"supports_preview_metadata": True, "extension": {"manager": {"supports_v4": True}}},
    "/models": ["checkpoints", "loras"],
    "/models/checkpoints": ["a.safetensors", "b.safetensors"],
}


@pytest.fixture
def server() -> Iterator[ComfyServer]:
    with ComfyServer() as running:
        running.facts.models = {"checkpoints": ["a.safetensors"], "loras": ["b.safetensors"]}
        yield running


@pytest.fixture
def connect() -> Iterator[Callable[[str], ComfyClient]]:
    with Clients() as clients:
        yield lambda url: clients.connect(url, POLICY)


@pytest.fixture
def client(server: ComfyServer, connect: Callable[[str], ComfyClient]) -> ComfyClient:
    return connect(server.url)


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every field of a JSON value, the value itself included."""
    yield place
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*place, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from places(each, (*place, index))


def changed(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    """A copy of `value` with another field at `place`, or without it."""
    if not place:
        return {} if new is MISSING else new
    copied = copy.deepcopy(value)
    inner = copied
    for key in place[:-1]:
        inner = inner[key]
    if new is MISSING:
        del inner[place[-1]]
    else:
        inner[place[-1]] = new
    return copied


def everything(client: ComfyClient) -> ServiceInfo:
    """Open, check and read all facts."""
    client.open()
    client.restart_facts()
    infos = read_all_facts(client)
    assert infos[-1].complete
    return client.check()


def outcome_of(call: Callable[[], ServiceInfo]) -> ServiceInfo | ServiceError:
    try:
        return call()
    except ServiceError as error:
        return error


def assert_bounded(info: ServiceInfo) -> None:
    texts = [info.version, *info.features]
    for device in info.devices:
        texts += [device.name, device.kind]
        assert device.memory_total is None or 0 <= device.memory_total <= 2**50
        assert device.memory_free is None or 0 <= device.memory_free <= 2**50
    assert all(len(text) <= 200 for text in texts)
    for folder, models in info.models:
        texts += [folder, *models]
        assert len(models) <= 5_000
    assert not {character for text in texts for character in text} & set("\x1b\n\r\0\u202e\ud800")
    assert len(info.devices) <= 64
    assert len(info.models) <= 200
    assert info.queue is None or 0 <= info.queue.remaining <= 1_000_000
    json.dumps(repr(info)).encode("utf-8")


CASES = [(path, place) for path, answer in ANSWERS.items() for place in places(answer)]


@pytest.mark.parametrize(("path", "place"), CASES, ids=lambda part: str(part) or "all")
def test_any_field_may_be_anything(
    server: ComfyServer, client: ComfyClient, path: str, place: tuple[Any, ...]
) -> None:
    for value in WRONG_VALUES:
        server.faults.bodies[path] = changed(ANSWERS[path], place, value)
        outcome = outcome_of(lambda: everything(client))
        if isinstance(outcome, ServiceError):
            assert path == "/system_stats", "only this address proves the program"
            assert outcome.problem.code in OTHER_PROGRAMS
        else:
            assert_bounded(outcome)
            assert path == "/system_stats" or outcome.version == server.facts.version


@pytest.mark.parametrize("kind", BAD_ANSWERS)
@pytest.mark.parametrize("path", ["*", *ANSWERS])
def test_a_broken_answer_is_a_problem_or_a_missing_fact(
    server: ComfyServer, client: ComfyClient, path: str, kind: Any
) -> None:
    server.faults.answers[path] = kind
    with Stopwatch() as watch:
        outcome = outcome_of(lambda: everything(client))
    if isinstance(outcome, ServiceError):
        assert outcome.problem.code is not ProblemCode.INTERNAL
        assert len(outcome.problem.detail) < 1_000
    else:
        assert path not in ("*", "/system_stats"), "what proves the program must not be broken"
        assert_bounded(outcome)
    assert watch.seconds < LIMIT
    server.faults.clear()
    assert everything(client).version == server.facts.version


@pytest.mark.parametrize("after", [0, 200, 900])
def test_a_cut_answer_is_a_lost_connection(server: ComfyServer, client: ComfyClient, after: int) -> None:
    server.faults.drop_after = after
    assert caught(client.open).problem.code is ProblemCode.CONNECTION_LOST


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 60_000,
        b'{"system":' * 6_000,
        b"9" * 60_000,
        b'{"system": {"comfyui_version": "1"}, "devices": [' + b"9" * 50_000 + b"]}",
        b'\xff\xfe{\x00"\x00',
        b"\x00" * 60_000,
        b"",
        b"null",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_bodies_that_hurt_parsers(connect: Callable[[str], ComfyClient], body: bytes) -> None:
    with RawServer(answering(_JSON, body)) as server:
        client = connect(server.url)
        with Stopwatch() as watch:
            outcome = outcome_of(client.open)
        if isinstance(outcome, ServiceError):
            assert outcome.problem.code in OTHER_PROGRAMS
        else:
            assert_bounded(outcome)
        assert watch.seconds < LIMIT
        client.close()


def test_a_compressed_bomb_is_not_unpacked(connect: Callable[[str], ComfyClient]) -> None:
    bomb = gzip.compress(b" " * 200_000_000, 9)
    with RawServer(answering(_JSON + b"Content-Encoding: gzip\r\n", bomb)) as server:
        client = connect(server.url)
        with Stopwatch() as watch:
            assert caught(client.open).problem.code in OTHER_PROGRAMS
        assert watch.seconds < LIMIT
        client.close()


def test_many_models_are_bounded(server: ComfyServer, client: ComfyClient) -> None:
    names = [f"{'x' * 80}{number:06}.safetensors" for number in range(10_000)]
    server.facts.models = {f"folder{number}": names for number in range(20)}
    info = everything(client)
    assert [len(models) for _, models in info.models] == [5_000] * 10 + [0] * 10
