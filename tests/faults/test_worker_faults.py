# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker while its server dies, freezes, hangs up or lies."""

from __future__ import annotations

import socket
import sys
import threading
from dataclasses import replace

import pytest
from movie_director.backends.comfyui import BACKEND
from movie_director.backends.comfyui.client import ComfyClient
from movie_director.core.endpoint import Endpoint
from movie_director.core.errors import ProblemCode
from movie_director.core.model import Health, Sighting, State, Stream
from movie_director.core.snapshot import DiscoveryReport
from movie_director.runtime.clock import SystemClock

from tests.conftest import eventually
from tests.ports import kept_port
from tests.servers.comfyui import ComfyServer
from tests.servers.plain import RawServer, hold, read_head
from tests.servers.process import comfyui_process
from tests.servers.sites import page, site
from tests.servers.tcp_proxy import TcpProxy
from tests.watching import BRISK, Watching

pytestmark = pytest.mark.faults

freezing = pytest.mark.skipif(sys.platform == "win32", reason="no SIGSTOP on Windows")


def test_a_killed_server_is_seen_and_found_again() -> None:
    with ComfyServer() as server, Watching(server.url) as watching:
        watching.until_connected()
        server.kill()
        row = watching.until_state(State.RECONNECTING, State.SUSPENDED)
        assert row.problem is not None
        assert row.problem.code is ProblemCode.REFUSED
        server.restart()
        assert watching.until_connected().health is Health.READY


def test_a_killed_process_is_seen_and_found_again() -> None:
    with comfyui_process() as process, Watching(process.url) as watching:
        watching.until_connected()
        port = process.port
        process.kill()
        watching.until_state(State.RECONNECTING, State.SUSPENDED)
        with comfyui_process(port=port):
            watching.until_connected()


def test_a_server_is_found_again_while_the_breaker_is_open() -> None:
    paced = replace(BRISK, backoff=replace(BRISK.backoff, first=0.05), breaker_interval=3600.0)
    with ComfyServer() as server, Watching(server.url, paced) as watching:
        watching.until_connected()
        server.kill()
        row = watching.until_state(State.SUSPENDED)
        assert row.breaker.value == "open"
        assert row.attempt == 5
        server.restart()
        assert watching.until_connected().breaker.value == "closed"


@pytest.mark.slow
@freezing
def test_a_frozen_process_is_seen_and_its_thaw_ends_even_the_longest_wait() -> None:
    paced = replace(
        BRISK, breaker_threshold=1, breaker_interval=3600.0, check_timeout=1.0, presence_loopback=0.2
    )
    with comfyui_process() as process, Watching(process.url, paced) as watching:
        watching.until_connected()
        process.freeze()
        row = watching.until(lambda row: row.state is State.SUSPENDED and not row.attempting)
        assert row.problem is not None
        assert row.problem.code is ProblemCode.NO_ANSWER
        process.thaw()
        watching.until_connected()


@freezing
def test_a_service_that_was_silent_when_first_looked_for_is_found_as_soon_as_it_answers() -> None:
    paced = replace(BRISK, breaker_threshold=1, breaker_interval=3600.0, check_timeout=1.0)
    with comfyui_process() as process:
        process.freeze()
        backend = replace(BACKEND, default_ports=(process.port,))
        with Watching(policy=paced, backends=[backend]) as watching:
            row = watching.until(lambda row: row.state is State.SUSPENDED and not row.attempting)
            assert row.problem is not None
            assert row.problem.code is ProblemCode.NOT_FOUND
            assert row.problem.parameter("silent") == f"127.0.0.1:{process.port}"
            process.thaw()
            watching.until_connected()


class Late:
    """A program of another kind, which answers the request that is held at it, and no other in time."""

    def __init__(self) -> None:
        self.asked = 0
        self.knocked = 0

    def __call__(self, sock: socket.socket) -> None:
        if not read_head(sock):
            self.knocked += 1
            return
        self.asked += 1
        if self.asked == 2:
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        hold(sock)


def test_a_slow_stranger_is_waited_for_once_and_then_only_looked_at_when_it_is_time() -> None:
    paced = replace(BRISK, breaker_threshold=1, breaker_interval=3600.0)
    late = Late()
    with RawServer(late) as server:
        backend = replace(BACKEND, default_ports=(server.port,))
        with Watching(policy=paced, backends=[backend]) as watching:
            # The attempt, the held request, and the attempt that follows its answer.
            watching.until(lambda row: row.attempt == 2 and row.state is State.SUSPENDED)
            knocked = late.knocked
            eventually(lambda: late.knocked >= knocked + 3, what="three more looks at the port")
            assert late.asked == 3


@pytest.mark.slow
@freezing
def test_a_frozen_process_that_is_killed_and_replaced_is_found() -> None:
    paced = replace(BRISK, breaker_threshold=1, breaker_interval=3600.0, check_timeout=1.0)
    with comfyui_process() as process, Watching(process.url, paced) as watching:
        watching.until_connected()
        port = process.port
        process.freeze()
        watching.until(lambda row: row.state is State.SUSPENDED and not row.attempting)
        process.kill()
        with comfyui_process(port=port):
            watching.until_connected()


def test_a_silent_server_that_was_at_work_is_busy_and_not_down() -> None:
    with ComfyServer() as server, Watching(server.url) as watching:
        server.facts.queue_length = 1
        watching.until(lambda row: row.info is not None and row.info.working)
        server.faults.mute = True
        watching.until(lambda row: row.health is Health.BUSY)
        rows = watching.rows_until(lambda row: row.problem is not None and row.health is Health.BUSY)
        assert {row.state for row in rows} == {State.CONNECTED}
        server.faults.clear()
        server.facts.queue_length = 0
        assert watching.until(lambda row: row.health is Health.READY).state is State.CONNECTED


@pytest.mark.slow
def test_a_silent_server_that_was_at_work_is_down_after_its_limit() -> None:
    with ComfyServer() as server, Watching(server.url, replace(BRISK, busy_limit=2.5)) as watching:
        server.facts.queue_length = 1
        watching.until(lambda row: row.info is not None and row.info.working)
        server.faults.mute = True
        watching.until(lambda row: row.health is Health.BUSY)
        watching.until_state(State.RECONNECTING, State.SUSPENDED)


def test_a_slow_server_is_degraded_and_not_down() -> None:
    slow = replace(BRISK, slow_answer=0.25, check_timeout=5.0)
    with ComfyServer() as server, Watching(server.url, slow) as watching:
        watching.until(lambda row: row.health is Health.READY)
        server.faults.delay = 0.5
        assert watching.until(lambda row: row.health is Health.DEGRADED).state is State.CONNECTED
        server.faults.delay = 0.0
        watching.until(lambda row: row.health is Health.READY)


def test_a_closed_stream_is_opened_again_while_the_service_stays_connected() -> None:
    with ComfyServer() as server, Watching(server.url) as watching:
        before = watching.until_connected()
        server.close_websockets()
        watching.until(lambda row: row.stream is Stream.MISSING)
        after = watching.until(lambda row: row.stream is Stream.OPEN)
        assert after.since == before.since, "it was never down"
        eventually(lambda: len(server.client_ids) == 2)


def test_a_stream_gone_mute_is_replaced() -> None:
    with ComfyServer() as server, Watching(server.url) as watching:
        before = watching.until_connected()
        server.faults.websocket_mute = True
        server.facts.queue_length = 4
        watching.until(lambda row: row.stream is Stream.MISSING)
        server.faults.websocket_mute = False
        after = watching.until(lambda row: row.stream is Stream.OPEN)
        assert after.since == before.since
        assert after.info is not None
        assert after.info.queue is not None
        assert after.info.queue.remaining == 4


@pytest.mark.parametrize("mode", ["reset", "stall", "cut", "garbage", "half_close"])
def test_every_way_a_network_can_break_is_survived(mode: str) -> None:
    with (
        ComfyServer() as server,
        TcpProxy(("127.0.0.1", server.port)) as proxy,
        Watching(proxy.url) as watching,
    ):
        watching.until_connected()
        proxy.mode = mode  # type: ignore[assignment]
        broken = watching.until(lambda row: row.problem is not None)
        assert broken.problem is not None
        assert broken.problem.code is not ProblemCode.INTERNAL
        watching.until_state(State.RECONNECTING, State.SUSPENDED)
        proxy.mode = "pass"
        assert watching.until_connected().problem is None


@pytest.mark.parametrize(
    "answer",
    [
        "endless",
        "garbage",
        "html_502",
        "not_gzip",
        "not_json",
        "not_utf8",
        "oversized",
        "redirect",
        "truncated",
    ],
)
def test_no_broken_answer_is_a_fault_of_ours(answer: str) -> None:
    patient = replace(BRISK, breaker_interval=0.5)
    with ComfyServer() as server, Watching(server.url, patient) as watching:
        watching.until_connected()
        server.faults.answers["*"] = answer  # type: ignore[assignment]
        rows = watching.rows_until(lambda row: row.problem is not None)
        assert rows[-1].problem is not None
        assert rows[-1].problem.code is not ProblemCode.INTERNAL
        server.faults.clear()
        watching.until(lambda row: row.state is State.CONNECTED and row.problem is None)


def test_flapping_never_brings_more_than_the_allowed_attempts() -> None:
    limited = replace(BRISK, attempts_per_minute=4)
    with ComfyServer() as server, Watching(server.url, limited) as watching:
        for _ in range(3):
            watching.until_state(State.CONNECTED)
            server.kill()
            watching.until(lambda row: row.state is not State.CONNECTED)
            server.restart()
        watching.until_state(State.CONNECTED)
        server.kill()
        watching.until(lambda row: row.state is not State.CONNECTED)
        asked = server.requests["/system_stats"]
        server.restart()
        row = watching.until(lambda row: row.retry_at is not None and row.retry_at - row.since > 30)
        assert row.state is not State.CONNECTED
        assert server.requests["/system_stats"] == asked


AWAY = Sighting(Endpoint("http", "render.invalid", 8188), "comfyui", None)
"""What a look around met on a computer that has been switched off since, and its name with it."""


@pytest.mark.parametrize("remote", [0.1, 3600.0])
def test_a_computer_that_went_off_with_its_name_keeps_nobody_from_being_found(remote: float) -> None:
    patient = replace(BRISK, breaker_threshold=1, breaker_interval=3600.0, presence_remote=remote)
    with kept_port() as port, RawServer(site({}, page("<title>Another</title>"))) as stranger:
        backend = replace(BACKEND, default_ports=(port, stranger.port))
        with Watching(policy=patient, backends=[backend]) as watching:
            first = watching.until(lambda row: row.state is State.SUSPENDED and not row.attempting)
            watching.manager._workers["comfyui"].learn(DiscoveryReport((AWAY,), 1, 0.1, finished=True))
            watching.until(lambda row: row.last_attempt_at != first.last_attempt_at and not row.attempting)
            met = stranger.accepted
            eventually(lambda: stranger.accepted >= met + 3, what="three more looks at the ports here")
            with ComfyServer(port=port):
                rows = watching.rows_until(lambda row: row.state is State.CONNECTED)
        assert State.FAILED not in [row.state for row in rows]


class ClockOfASleeper(SystemClock):
    """A wall clock that a test can move."""

    def __init__(self) -> None:
        self.slept = 0.0

    def wall(self) -> float:
        return super().wall() + self.slept


def test_after_a_sleep_every_socket_is_replaced_and_the_service_stays_connected() -> None:
    clock = ClockOfASleeper()
    with ComfyServer() as server, Watching(server.url, clock=clock) as watching:
        before = watching.until_connected()
        clock.slept = 3600.0
        watching.until(lambda row: row.stream is Stream.MISSING)
        after = watching.until(lambda row: row.stream is Stream.OPEN)
        assert after.since == before.since
        eventually(lambda: len(server.client_ids) == 2)


def test_after_a_sleep_an_outage_is_forgotten() -> None:
    clock = ClockOfASleeper()
    paced = replace(BRISK, backoff=replace(BRISK.backoff, first=0.05), breaker_interval=3600.0)
    with Watching("http://127.0.0.1:1", paced, clock=clock) as watching:
        watching.until_state(State.SUSPENDED)
        clock.slept = 3600.0
        watching.until(lambda row: row.state is State.DISCONNECTED)


class LyingClock(SystemClock):
    """A clock that can be told to fail, as nothing of ours ever does."""

    broken = False

    def monotonic(self) -> float:
        if self.broken and threading.current_thread().name == "md-comfyui":
            self.broken = False
            raise ZeroDivisionError("a bug of ours")
        return super().monotonic()


def test_a_bug_of_ours_switches_nothing_on(caplog: pytest.LogCaptureFixture) -> None:
    clock = LyingClock()
    with ComfyServer() as server, Watching(server.url, clock=clock) as watching:
        watching.until_connected()
        watching.change(enabled=False)
        watching.until_state(State.DISABLED)
        clock.broken = True
        watching.change(required=False)
        eventually(lambda: "ZeroDivisionError" in caplog.text)
        watching.change(required=True)
        rows = watching.rows_until(lambda row: row.required)
        assert {row.state for row in rows} == {State.DISABLED}


class FaultyClient(ComfyClient):
    """A client with a bug: the heartbeat of its stream divides by zero while `broken` is set."""

    broken = threading.Event()

    def keep_stream_alive(self) -> None:
        if self.broken.is_set():
            raise ZeroDivisionError("a bug of ours")
        super().keep_stream_alive()


def test_a_bug_of_ours_is_told_and_survived(caplog: pytest.LogCaptureFixture) -> None:
    faulty = replace(BACKEND, connect=FaultyClient)
    patient = replace(BRISK, breaker_interval=0.5)
    with ComfyServer() as server, Watching(server.url, patient, backends=[faulty]) as watching:
        watching.until_connected()
        FaultyClient.broken.set()
        row = watching.until_state(State.FAILED)
        assert row.problem is not None
        assert row.problem.code is ProblemCode.INTERNAL
        FaultyClient.broken.clear()
        watching.until_connected()
    assert "ZeroDivisionError" in caplog.text
