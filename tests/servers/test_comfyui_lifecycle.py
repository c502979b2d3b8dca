"""Start, kill, restart and stop of the ComfyUI-protocol server leave nothing behind."""

from __future__ import annotations

import http.client
import socket
import threading

import pytest

from tests.conftest import LONG_TIMEOUT

from .client import Closed
from .comfyui import ComfyServer
from .comfyui_client import connect, empty_image, finished, lab_sleep, post
from .http_client import exchange


def own_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("comfyui")]


def test_stop_joins_all_threads_with_clients_connected_and_a_job_running() -> None:
    server = ComfyServer()
    server.start()
    assert server.ready.is_set()
    idle = http.client.HTTPConnection(server.host, server.port)
    idle.request("GET", "/queue")
    idle.getresponse().read()
    with connect(server) as client:
        client.until_kind("feature_flags")
        post(server, lab_sleep(1, seconds=60.0, steps=2), client_id="us")
        client.until_kind("executing")
        assert len(own_threads()) >= 5
        server.stop()
        assert own_threads() == []
        assert server.open_connections() == 0
        with pytest.raises(Closed) as caught:
            client.receive_until(lambda raw: False)
    idle.close()
    assert caught.value.code == 1006


def test_stop_with_a_client_that_does_not_read() -> None:
    with ComfyServer() as server, connect(server) as client:
        client.until_kind("feature_flags")
        flood = threading.Thread(target=server.flood, args=(200_000,))
        flood.start()
        client.receive()
        server.stop()
        flood.join(LONG_TIMEOUT)
        assert not flood.is_alive()


def test_kill_refuses_and_restart_has_forgotten_everything_but_files() -> None:
    with ComfyServer() as server:
        done = post(server, empty_image()).json()["prompt_id"]
        finished(server, done)
        post(server, lab_sleep(1, seconds=60.0, steps=2))
        post(server, lab_sleep(2))
        port = server.port
        server.kill()
        assert not server.alive
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((server.host, port), LONG_TIMEOUT).close()
        server.start()
        assert server.port == port
        assert exchange(server.url + "/history").json() == {}
        assert exchange(server.url + "/queue").json() == {"queue_running": [], "queue_pending": []}
        assert exchange(server.url + "/view?filename=lab_00001_.png").status == 200
        assert server.executions[done] == 1


def test_a_taken_port_is_reported() -> None:
    with ComfyServer() as server, pytest.raises(OSError):  # noqa: PT011 - the number differs by system
        ComfyServer(port=server.port).start()


def test_a_running_server_cannot_be_started_again() -> None:
    with ComfyServer() as server, pytest.raises(RuntimeError, match="already running"):
        server.start()


def test_unknown_generation_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"0\.33\.0, 0\.3\.64"):
        ComfyServer("1.0")


def test_ipv6() -> None:
    try:
        server = ComfyServer(host="::1")
        server.start()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    try:
        assert server.url.startswith("http://[::1]:")
        assert exchange(server.url + "/queue").status == 200
    finally:
        server.stop()


@pytest.mark.parametrize("cycles", [100, pytest.param(1000, marks=pytest.mark.long)])
def test_connect_and_kill_cycles(cycles: int) -> None:
    with ComfyServer() as server:
        for _ in range(cycles):
            with connect(server) as client:
                client.until_kind("feature_flags")
                server.kill()
                with pytest.raises(Closed):
                    client.receive_until(lambda raw: False)
            assert own_threads() == []
            server.start()
        assert len(server.client_ids) == cycles
