# SPDX-License-Identifier: GPL-3.0-or-later
"""One worker against the ComfyUI-protocol server: found, connected, read, told to change."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from movie_director.backends.base import Backend
from movie_director.backends.comfyui import BACKEND
from movie_director.core.endpoint import Endpoint
from movie_director.core.errors import ProblemCode
from movie_director.core.events import RetryNow
from movie_director.core.model import Health, Source, State, Stream

from tests.conftest import eventually
from tests.ports import FreePort
from tests.servers.comfyui import ComfyServer
from tests.servers.plain import RawServer, hold
from tests.servers.sites import page, site
from tests.watching import BRISK, Watching

SOON_SUSPENDED = replace(BRISK, backoff=replace(BRISK.backoff, first=0.05))


def at_ports(*ports: int) -> Backend:
    """The ComfyUI backend, looking at ports of this test instead of the usual ones."""
    return replace(BACKEND, default_ports=ports)


@pytest.mark.parametrize("generation", ["0.33.0", "0.3.64"])
def test_a_configured_server_is_connected_and_read(generation: str) -> None:
    with ComfyServer(generation) as server, Watching(server.url) as watching:
        server.facts.models["checkpoints"] = ["film.safetensors"]
        row = watching.until_connected()
        assert row.health is Health.READY
        assert row.stream is Stream.OPEN
        assert row.source is Source.CONFIGURED
        assert row.endpoint == Endpoint("http", "127.0.0.1", server.port)
        assert row.problem is None
        assert row.info is not None
        assert row.info.version == generation
        assert ("checkpoints", ("film.safetensors",)) in row.info.models
        assert row.latency is not None
        assert 0 < row.latency < 5


def test_a_server_is_found_at_a_usual_port_without_any_setting(free_port: FreePort) -> None:
    with ComfyServer() as server, Watching(backends=[at_ports(free_port(), server.port)]) as watching:
        row = watching.until_connected()
        assert row.source is Source.DISCOVERED
        assert row.endpoint == Endpoint("http", "127.0.0.1", server.port)


def test_a_server_next_door_is_found_without_any_setting_and_kept() -> None:
    with ComfyServer() as server, Watching(backends=[at_ports(server.port - 1)]) as watching:
        row = watching.until_connected()
        assert row.endpoint == Endpoint("http", "127.0.0.1", server.port)
        assert row.source is Source.DISCOVERED
        server.kill()
        watching.until_state(State.RECONNECTING, State.SUSPENDED)
        server.restart()
        watching.until_connected()


def test_a_server_next_door_that_failed_at_first_is_tried_again() -> None:
    with ComfyServer() as server:
        server.faults.answers["/prompt"] = "truncated"
        with Watching(policy=SOON_SUSPENDED, backends=[at_ports(server.port - 1)]) as watching:
            row = watching.until(lambda row: row.attempt >= 2)
            assert row.problem is not None
            assert row.problem.code is not ProblemCode.NOT_FOUND
            server.faults.clear()
            watching.until_connected()


def test_a_server_that_starts_later_next_door_is_found_when_the_user_asks(free_port: FreePort) -> None:
    port = free_port()
    patient = replace(SOON_SUSPENDED, breaker_threshold=1, breaker_interval=3600.0)
    with Watching(policy=patient, backends=[at_ports(port - 1)]) as watching:
        watching.until(lambda row: row.state is State.SUSPENDED and not row.attempting)
        with ComfyServer(port=port):
            watching.manager.retry_now("comfyui")
            watching.until_connected()


@pytest.mark.slow
def test_a_server_next_door_is_found_beside_one_that_keeps_silent_for_longer_than_a_look() -> None:
    patient = replace(SOON_SUSPENDED, check_timeout=60.0)
    with ComfyServer() as server, RawServer(hold) as mute:
        backend = replace(BACKEND, default_ports=(mute.port, server.port - 1))
        with Watching(policy=patient, backends=[backend]) as watching:
            row = watching.until(lambda row: row.state is State.CONNECTED or row.problem is not None)
            assert row.state is State.CONNECTED, row.problem


def test_a_stranger_next_door_is_asked_once_and_is_no_news() -> None:
    stranger = RawServer(site({}, page("<title>Another</title>")))
    with stranger, Watching(policy=SOON_SUSPENDED, backends=[at_ports(stranger.port - 1)]) as watching:
        row = watching.until(lambda row: row.attempt == 3)
        assert row.problem is not None
        assert row.problem.code is ProblemCode.NOT_FOUND
        assert stranger.port not in [each.place[1] for each in row.problem.met]
        assert stranger.accepted == 1


def test_a_server_that_starts_later_is_found_by_its_port_and_not_by_the_next_attempt(
    free_port: FreePort,
) -> None:
    port = free_port()
    patient = replace(BRISK, backoff=replace(BRISK.backoff, first=3600.0))
    with Watching(policy=patient, backends=[at_ports(port)]) as watching:
        row = watching.until(lambda row: row.attempt == 1)
        assert row.state is State.DISCONNECTED
        assert row.problem is not None
        assert row.problem.code is ProblemCode.NOT_FOUND
        with ComfyServer(port=port):
            assert watching.until_connected().endpoint == Endpoint("http", "127.0.0.1", port)


def test_a_second_instance_is_listed_and_never_switched_to() -> None:
    with ComfyServer() as first, ComfyServer() as second:
        backend = at_ports(first.port, second.port)
        with Watching(policy=SOON_SUSPENDED, backends=[backend]) as watching:
            row = watching.until_connected()
            assert row.endpoint == Endpoint("http", "127.0.0.1", first.port)
            assert [other.endpoint.port for other in row.others] == [second.port]
            first.kill()
            watching.until(lambda row: row.state is State.SUSPENDED)
            assert watching.row.endpoint == Endpoint("http", "127.0.0.1", first.port)
            watching.change(url=second.url)
            assert watching.until_connected().endpoint == Endpoint("http", "127.0.0.1", second.port)


def test_a_service_that_came_back_at_another_port_is_taken_when_the_user_asks() -> None:
    with ComfyServer() as first, ComfyServer() as second:
        port, other = first.port, second.port
        second.stop()
        paced = replace(SOON_SUSPENDED, breaker_interval=3600.0)
        with Watching(policy=paced, backends=[at_ports(port, other)]) as watching:
            watching.until_connected()
            first.kill()
            second.start()
            row = watching.until(lambda row: row.state is State.SUSPENDED and bool(row.others))
            assert row.endpoint == Endpoint("http", "127.0.0.1", port)
            assert [each.endpoint.port for each in row.others] == [other]
            watching.manager.retry_now("comfyui")
            assert watching.until_connected().endpoint == Endpoint("http", "127.0.0.1", other)


def test_a_retry_prefers_the_instance_that_was_in_use() -> None:
    with ComfyServer() as first, ComfyServer() as second:
        watched = [at_ports(first.port, second.port)]
        with Watching(policy=SOON_SUSPENDED, backends=watched) as watching:
            watching.until_connected()
            first.kill()
            watching.until(lambda row: row.state is State.SUSPENDED)
            first.restart()
            watching.until_connected()
            watching.manager.retry_now("comfyui")
            assert watching.until_connected().endpoint == Endpoint("http", "127.0.0.1", first.port)


def test_the_queue_follows_the_stream_without_waiting_for_a_check() -> None:
    rare = replace(BRISK, check_interval=3600.0)
    with ComfyServer() as server, Watching(server.url, rare) as watching:
        watching.until_connected()
        server.send_text('{"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 3}}}}')
        row = watching.until(lambda row: row.info is not None and row.info.working)
        assert row.info is not None
        assert row.info.queue is not None
        assert row.info.queue.remaining == 3


def test_a_refused_stream_leaves_a_usable_service_that_polls() -> None:
    with ComfyServer() as server:
        server.faults.websocket_status = 403
        with Watching(server.url) as watching:
            rows = watching.rows_until(lambda row: row.health is Health.DEGRADED)
            assert rows[-1].problem is not None, "never limited without a reason"
            row = watching.until_connected()
            assert (row.health, row.stream) == (Health.DEGRADED, Stream.MISSING)
            assert row.problem is not None
            assert row.problem.code is ProblemCode.STREAM_REFUSED
            server.facts.queue_length = 5
            watching.until(lambda row: row.info is not None and row.info.working)
            server.facts.queue_length = 0
            server.faults.clear()
            row = watching.until(lambda row: row.stream is Stream.OPEN)
            assert watching.until(lambda row: row.health is Health.READY).problem is None


def test_another_program_at_a_configured_address_needs_the_user_until_it_goes(free_port: FreePort) -> None:
    port = free_port()

    def fooocus(sock: object) -> None:
        body = b"<title>Fooocus 2.5.5</title>"
        sock.sendall(  # type: ignore[attr-defined]
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
            % (len(body), body)
        )

    with Watching(f"http://127.0.0.1:{port}", replace(BRISK, breaker_interval=0.5)) as watching:
        with RawServer(fooocus, port=port):
            row = watching.until_state(State.FAILED)
            assert row.problem is not None
            assert row.problem.code is ProblemCode.WRONG_PROGRAM
            assert row.problem.parameter("found") == "Fooocus 2.5.5"
        with ComfyServer(port=port):
            watching.until_connected()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:70000", ProblemCode.BAD_URL),
        ("ftp://127.0.0.1", ProblemCode.BAD_URL),
        ("http://user:secret@", ProblemCode.BAD_URL),
    ],
)
def test_a_broken_address_needs_the_user_and_is_quoted_without_its_password(
    url: str, code: ProblemCode
) -> None:
    with Watching(url) as watching:
        row = watching.until_state(State.FAILED)
        assert row.problem is not None
        assert row.problem.code is code
        assert "secret" not in repr(row)


def test_an_encrypted_address_of_an_unencrypted_server_needs_the_user() -> None:
    with ComfyServer() as server, Watching(server.url.replace("http:", "https:")) as watching:
        row = watching.until_state(State.FAILED)
        assert row.problem is not None
        assert row.problem.code is ProblemCode.NEEDS_HTTP


def test_settings_are_applied_while_running() -> None:
    with ComfyServer() as server, Watching("http://127.0.0.1:1") as watching:
        watching.until(lambda row: row.attempt >= 1)
        watching.change(url=server.url)
        watching.until_connected()
        watching.change(enabled=False)
        watching.until_state(State.DISABLED)
        eventually(lambda: server.open_connections() == 0)
        watching.change(enabled=True)
        watching.until_connected()
        watching.change(required=False)
        assert not watching.until(lambda row: not row.required).attempting


def test_a_change_of_what_is_required_does_not_reconnect() -> None:
    with ComfyServer() as server, Watching(server.url) as watching:
        before = watching.until_connected()
        sockets = len(server.client_ids)
        watching.change(required=False)
        after = watching.until(lambda row: not row.required)
        assert after.since == before.since
        assert len(server.client_ids) == sockets


def test_retry_now_reads_the_models_again() -> None:
    with ComfyServer() as server, Watching(server.url) as watching:
        watching.until_connected()
        server.facts.models["checkpoints"] = ["new.safetensors"]
        watching.manager.retry_now("comfyui")
        watching.until(
            lambda row: row.info is not None and ("checkpoints", ("new.safetensors",)) in row.info.models
        )


def test_every_stream_has_a_client_id_of_its_own() -> None:
    with ComfyServer() as server, Watching(server.url) as watching:
        for _ in range(3):
            watching.until_connected()
            server.kill()
            watching.until(lambda row: row.state is not State.CONNECTED)
            server.restart()
        watching.until_connected()
        assert len(server.client_ids) == len(set(server.client_ids)) >= 4
        assert "" not in server.client_ids


def test_settings_and_events_from_many_threads_leave_a_working_connection() -> None:
    with ComfyServer() as server, Watching(server.url) as watching:
        worker = watching.manager._workers["comfyui"]

        def disturb(number: int) -> None:
            for turn in range(20):
                worker.send(RetryNow())
                worker.apply(replace(watching.settings, enabled=(turn + number) % 3 != 0))

        threads = [threading.Thread(target=disturb, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        watching.change(enabled=True)
        watching.until_connected()
