# SPDX-License-Identifier: GPL-3.0-or-later
"""ComfyUI's WebSocket as the backend reads it, against a real server of both recorded generations."""

from __future__ import annotations

import os
import re
import select
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from movie_director.backends.comfyui.client import ComfyClient
from movie_director.core.errors import ProblemCode, ServiceError
from movie_director.core.facts import Queue
from movie_director.core.settings import Policy

from tests.conftest import LONG_TIMEOUT, eventually
from tests.servers import comfyui_client
from tests.servers.comfyui import MALFORMED_FRAMES, VERSIONS, ComfyServer
from tests.servers.comfyui_backend import Clients, caught, open_stream, read_once, read_until, tell_queue
from tests.servers.http_client import exchange
from tests.stopwatch import Stopwatch

Connect = Callable[..., ComfyClient]

PING = b"\x89\x00"
INTERVAL = 0.25
QUICK = Policy(check_interval=INTERVAL, check_timeout=1.0, busy_limit=8 * INTERVAL)
"""Pings after 0.25 s of silence; a silent idle peer is lost after twice that."""


@pytest.fixture(params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[ComfyServer]:
    with ComfyServer(request.param) as running:
        yield running


@pytest.fixture
def connect() -> Iterator[Connect]:
    with Clients() as clients:
        yield clients.connect


@pytest.fixture
def client(server: ComfyServer, connect: Connect) -> ComfyClient:
    opened = connect(server.url)
    opened.open()
    return opened


@pytest.fixture
def quick(server: ComfyServer, connect: Connect) -> ComfyClient:
    opened = connect(server.url, QUICK)
    opened.open()
    return opened


# --- what it tells -------------------------------------------------------------------------------


def test_it_tells_the_queue_of_a_job(server: ComfyServer, client: ComfyClient) -> None:
    stream = open_stream(server, client)
    assert comfyui_client.post(server, comfyui_client.lab_sleep(1)).status == 200
    assert read_until(stream, lambda info: info.queue == Queue(1)).working
    assert not read_until(stream, lambda info: info.queue == Queue(0)).working


def test_it_changes_the_queue_and_nothing_else(server: ComfyServer, client: ComfyClient) -> None:
    stream = open_stream(server, client)
    before = client.check()
    tell_queue(server, 5)
    assert read_until(stream, lambda info: True) == replace(before, queue=Queue(5))
    assert stream.read() is None


def test_what_is_no_status_changes_nothing(server: ComfyServer, client: ComfyClient) -> None:
    stream = open_stream(server, client)
    for garbage in ("", "no JSON", "[" * 50_000, "null", '{"type": 5}', '{"type": "status", "data": 5}'):
        server.send_text(garbage)
    for remaining in (None, -1, 10**30, "7", [7], {"a": 7}):
        tell_queue(server, remaining)
    tell_queue(server, 7)
    assert read_until(stream, lambda info: True).queue == Queue(7)


def test_our_flags_come_first_so_that_previews_tell_their_origin(
    server: ComfyServer, client: ComfyClient
) -> None:
    stream = open_stream(server, client)
    comfyui_client.post(server, comfyui_client.lab_sleep(2), client_id=server.client_ids[0])
    watched: list[bytes] = []
    receive = stream._websocket.receive
    deadline = time.monotonic() + LONG_TIMEOUT
    while not watched and time.monotonic() < deadline:
        select.select([stream], [], [], 1.0)
        message = receive(0.0)
        if message is not None and isinstance(message.data, bytes):
            watched.append(message.data)
    assert watched[0][:4] == b"\0\0\0\4", "a preview of kind 4 has metadata"


def test_a_flood_is_read_in_small_portions_and_completely(server: ComfyServer, client: ComfyClient) -> None:
    stream = open_stream(server, client)
    server.flood(20_000)
    tell_queue(server, 3)
    longest, portions, deadline, info = 0.0, 0, time.monotonic() + LONG_TIMEOUT, None
    while info is None and time.monotonic() < deadline:
        select.select([stream], [], [], 0.0 if stream.has_buffered else 5.0)
        started = time.thread_time()
        info = stream.read()
        longest, portions = max(longest, time.thread_time() - started), portions + 1
    assert info is not None
    assert info.queue == Queue(3)
    assert portions >= 20, "no more than 1,000 messages at once"
    assert longest < 0.5


# --- its life ------------------------------------------------------------------------------------


def test_each_socket_has_a_client_id_of_its_own(server: ComfyServer, client: ComfyClient) -> None:
    for _ in range(5):
        open_stream(server, client)
    assert len(set(server.client_ids)) == len(server.client_ids) == 5
    assert all(re.fullmatch("[0-9a-f]{32}", client_id) for client_id in server.client_ids)


def test_the_old_socket_is_closed_before_a_new_one_opens(server: ComfyServer, client: ComfyClient) -> None:
    first = open_stream(server, client)
    second = open_stream(server, client)
    assert first.fileno() == -1
    assert second.fileno() != -1
    eventually(lambda: server.open_connections() == 2, what="one for HTTP, one for the stream")


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 500, 503])
def test_a_refused_websocket_leaves_http_alone(server: ComfyServer, client: ComfyClient, status: int) -> None:
    server.faults.websocket_status = status
    error = caught(client.open_stream)
    assert error.problem.code is ProblemCode.STREAM_REFUSED
    assert error.problem.parameter("status") == status
    client.keep_stream_alive()
    assert client.check().version == server.facts.version
    server.faults.websocket_status = None
    open_stream(server, client)


@pytest.mark.slow
def test_a_stream_that_is_never_answered_ends_in_time(server: ComfyServer, quick: ComfyClient) -> None:
    server.faults.mute = True
    with Stopwatch() as watch:
        assert caught(quick.open_stream).problem.code is ProblemCode.NO_ANSWER
    assert watch.seconds < 2.5


@pytest.mark.parametrize("end", [ComfyServer.kill, ComfyServer.close_websockets])
def test_an_end_by_the_server_is_told_by_the_stream(
    server: ComfyServer, client: ComfyClient, end: Callable[[ComfyServer], None]
) -> None:
    stream = open_stream(server, client)
    end(server)
    error = caught(lambda: read_until(stream, lambda info: False))
    assert error.problem.code is ProblemCode.STREAM_LOST


@pytest.mark.parametrize("name", sorted(MALFORMED_FRAMES))
def test_frames_that_break_the_protocol_end_the_stream(
    server: ComfyServer, quick: ComfyClient, name: str
) -> None:
    stream = open_stream(server, quick)
    server.send_raw(MALFORMED_FRAMES[name])
    server.faults.websocket_mute = True

    def care() -> None:
        deadline = time.monotonic() + LONG_TIMEOUT
        while time.monotonic() < deadline:
            read_once(stream, INTERVAL / 4)
            quick.keep_stream_alive()

    assert caught(care).problem.code in (
        ProblemCode.MALFORMED,
        ProblemCode.TOO_LARGE,
        ProblemCode.STREAM_LOST,
    )
    server.faults.websocket_mute = False
    assert quick.check().version == server.facts.version


# --- silence -------------------------------------------------------------------------------------


def care_until_error(
    client: ComfyClient, stream: Any, limit: float = LONG_TIMEOUT
) -> tuple[ServiceError | None, Stopwatch]:
    """Read and keep alive as the worker does; the error that ends it, if any, and the time until then."""
    started = time.monotonic()
    with Stopwatch() as watch:
        try:
            while time.monotonic() - started < limit:
                read_once(stream, INTERVAL / 4)
                client.keep_stream_alive()
        except ServiceError as error:
            return error, watch
    return None, watch


def test_an_idle_stream_lives_on_by_its_pongs(server: ComfyServer, quick: ComfyClient) -> None:
    stream = open_stream(server, quick)
    error, _ = care_until_error(quick, stream, 10 * INTERVAL)
    assert error is None


def test_a_silent_idle_peer_is_lost_after_two_intervals(server: ComfyServer, quick: ComfyClient) -> None:
    stream = open_stream(server, quick)
    server.faults.websocket_mute = True
    error, watch = care_until_error(quick, stream)
    assert error is not None
    assert error.problem.code is ProblemCode.STREAM_LOST
    assert watch.elapsed > 1.5 * INTERVAL
    assert watch.seconds < 8 * INTERVAL


def test_a_silent_working_peer_has_until_its_busy_limit(server: ComfyServer, quick: ComfyClient) -> None:
    stream = open_stream(server, quick)
    tell_queue(server, 1)
    read_until(stream, lambda info: info.working)
    server.faults.websocket_mute = True
    error, watch = care_until_error(quick, stream)
    assert error is not None
    assert error.problem.code is ProblemCode.STREAM_LOST
    assert watch.elapsed > QUICK.busy_limit


def test_a_working_peer_that_never_greets_is_noticed_before_its_busy_limit(
    server: ComfyServer, connect: Connect
) -> None:
    client = connect(server.url, Policy(check_interval=INTERVAL, check_timeout=2 * INTERVAL, busy_limit=60.0))
    server.facts.queue_length = 1
    assert client.open().working
    server.faults.websocket_ungreeted = True
    begun = time.monotonic()
    stream = client.open_stream()
    error, watch = care_until_error(client, stream)
    assert error is not None
    assert error.problem.code is ProblemCode.STREAM_MUTE
    assert time.monotonic() - begun >= 10 * INTERVAL
    assert watch.seconds < 20 * INTERVAL


def test_a_greeting_that_lies_unread_is_one(server: ComfyServer, connect: Connect) -> None:
    client = connect(server.url, Policy(check_timeout=2 * INTERVAL))
    client.open()
    stream = client.open_stream()
    select.select([stream], [], [], LONG_TIMEOUT)
    deadline = time.monotonic() + 12 * INTERVAL
    eventually(lambda: time.monotonic() > deadline, what="the greeting lies unread for too long")
    client.keep_stream_alive()


def test_a_peer_that_answered_while_we_did_not_look_is_alive(server: ComfyServer, quick: ComfyClient) -> None:
    stream = open_stream(server, quick)
    eventually(lambda: _pinged(quick, stream), what="a ping is due")
    select.select([stream], [], [], LONG_TIMEOUT)
    deadline = time.monotonic() + 2 * INTERVAL
    eventually(lambda: time.monotonic() > deadline, what="the pong lies unread for too long")
    quick.keep_stream_alive()


def _pinged(client: ComfyClient, stream: Any) -> bool:
    client.keep_stream_alive()
    return bool(select.select([stream], [], [], 0.0)[0])


# --- the mute socket -----------------------------------------------------------------------------


def test_a_socket_muted_by_a_shared_client_id_is_noticed_and_replaced(
    server: ComfyServer, client: ComfyClient
) -> None:
    stream = open_stream(server, client)
    (client_id,) = server.client_ids
    with comfyui_client.connect(server, client_id) as intruder:
        intruder.until_kind("feature_flags")
    comfyui_client.post(server, comfyui_client.lab_sleep(3, seconds=30.0, steps=600))
    eventually(lambda: exchange(server.url + "/queue").json()["queue_running"] != [], what="the job runs")

    client.check()
    client.keep_stream_alive()
    assert client.check().queue == Queue(1)
    error = caught(client.keep_stream_alive)
    assert error.problem.code is ProblemCode.STREAM_MUTE
    assert stream.read() is None, "the socket is still open and says nothing"

    client.close_stream()
    stream = client.open_stream()
    comfyui_client.change(server, "/interrupt")
    assert read_until(stream, lambda info: not info.working).queue == Queue(0)
    assert server.client_ids[-1] not in (client_id, "")


def test_two_checks_that_disagree_with_the_stream_prove_it_mute(
    server: ComfyServer, client: ComfyClient
) -> None:
    open_stream(server, client)
    server.facts.queue_length = 5
    client.check()
    client.keep_stream_alive()
    client.check()
    assert caught(client.keep_stream_alive).problem.code is ProblemCode.STREAM_MUTE


def test_a_status_that_lies_unread_acquits_the_stream_and_is_not_lost(
    server: ComfyServer, client: ComfyClient
) -> None:
    stream = open_stream(server, client)
    server.facts.queue_length = 5
    client.check()
    client.check()
    server.send_raw(PING + PING)
    tell_queue(server, 6)
    first_bytes = 2 * len(PING)
    eventually(lambda: _unread(stream) > first_bytes, what="the status has come behind the pings")
    client.keep_stream_alive()
    assert stream.has_buffered
    info = stream.read()
    assert info is not None
    assert info.queue == Queue(6)
    assert not stream.has_buffered


def _unread(stream: Any) -> int:
    """Bytes that wait in the socket."""
    with socket.socket(fileno=os.dup(stream.fileno())) as same:
        return len(same.recv(65536, socket.MSG_PEEK))


def test_a_stream_that_agrees_is_never_called_mute(server: ComfyServer, client: ComfyClient) -> None:
    stream = open_stream(server, client)
    for remaining in range(1, 20):
        server.facts.queue_length = remaining
        client.check()
        client.keep_stream_alive()
        tell_queue(server, remaining)
        select.select([stream], [], [], LONG_TIMEOUT)
        stream.read()
