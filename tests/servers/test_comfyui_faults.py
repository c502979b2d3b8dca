"""Each fault of the ComfyUI-protocol server does what its description says, and can be taken back."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from wsproto.utilities import RemoteProtocolError

from tests.conftest import LONG_TIMEOUT, eventually

from .client import Closed, Refused
from .comfyui import BAD_ANSWERS, MALFORMED_FRAMES, ComfyServer
from .comfyui_client import connect, finished, lab_sleep, post
from .http_client import exchange

SHORT = 0.2


@pytest.fixture
def server() -> Iterator[ComfyServer]:
    with ComfyServer() as running:
        yield running


def raw_answer(server: ComfyServer, limit: int = 1 << 22) -> bytes:
    """Up to `limit` bytes that the server sends to one request for its facts."""
    with socket.create_connection((server.host, server.port), LONG_TIMEOUT) as sock:
        sock.sendall(b"GET /system_stats HTTP/1.1\r\nHost: x\r\n\r\n")
        data = b""
        while len(data) < limit and (more := sock.recv(65536)):
            data += more
        return data


def test_every_bad_answer_is_tested() -> None:
    tests = [name for name in globals() if name.startswith("test_answer_")]
    assert {name.removeprefix("test_answer_") for name in tests} == set(BAD_ANSWERS)


def test_answer_endless(server: ComfyServer) -> None:
    server.faults.answers["*"] = "endless"
    assert len(raw_answer(server)) >= 1 << 22


def test_answer_garbage(server: ComfyServer) -> None:
    server.faults.answers["/system_stats"] = "garbage"
    with pytest.raises(http.client.BadStatusLine):
        exchange(server.url + "/system_stats")
    assert exchange(server.url + "/features").status == 200


def test_answer_html_502(server: ComfyServer) -> None:
    server.faults.answers["*"] = "html_502"
    answer = exchange(server.url + "/queue")
    assert (answer.status, answer.headers.get_content_type()) == (502, "text/html")


def test_answer_not_gzip(server: ComfyServer) -> None:
    server.faults.answers["*"] = "not_gzip"
    answer = exchange(server.url + "/queue")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert not answer.body.startswith(b"\x1f\x8b")


def test_answer_not_json(server: ComfyServer) -> None:
    server.faults.answers["*"] = "not_json"
    with pytest.raises(json.JSONDecodeError):
        exchange(server.url + "/queue").json()


def test_answer_not_utf8(server: ComfyServer) -> None:
    server.faults.answers["*"] = "not_utf8"
    with pytest.raises(UnicodeDecodeError):
        exchange(server.url + "/queue").json()


def test_answer_oversized(server: ComfyServer) -> None:
    server.faults.answers["*"] = "oversized"
    server.faults.oversize = 100_000
    answer = exchange(server.url + "/queue")
    assert len(answer.body) > 100_000
    assert answer.json() == {"queue_running": [], "queue_pending": []}


def test_answer_redirect(server: ComfyServer) -> None:
    server.faults.answers["*"] = "redirect"
    answer = exchange(server.url + "/queue")
    assert (answer.status, answer.headers["Location"]) == (302, "/system_stats")


def test_answer_truncated(server: ComfyServer) -> None:
    server.faults.answers["*"] = "truncated"
    with pytest.raises(http.client.IncompleteRead):
        exchange(server.url + "/queue")


def test_clear_ends_all_faults(server: ComfyServer) -> None:
    server.faults.answers["*"] = "garbage"
    server.faults.mute = True
    server.faults.clear()
    assert exchange(server.url + "/queue").status == 200


def test_mute_accepts_but_never_answers(server: ComfyServer) -> None:
    server.faults.mute = True
    with pytest.raises(TimeoutError):
        exchange(server.url + "/queue", timeout=SHORT)
    eventually(lambda: (server.requests["/queue"], server.counts.accepted) == (1, 1))


def test_delay_holds_answers_back(server: ComfyServer) -> None:
    server.faults.delay = 60.0
    with pytest.raises(TimeoutError):
        exchange(server.url + "/queue", timeout=SHORT)
    server.faults.delay = 0.0
    assert exchange(server.url + "/queue").status == 200


def test_busy_answers_only_when_the_job_is_done(server: ComfyServer) -> None:
    with connect(server) as client:
        client.until_kind("feature_flags")
        post(server, lab_sleep(1, seconds=0.3, steps=3), client_id="us")
        client.until_kind("executing")
        server.faults.busy = True
        assert exchange(server.url + "/queue").json()["queue_running"] == []


def test_basic_auth(server: ComfyServer) -> None:
    server.faults.basic_auth = "Aladdin:open sesame"
    right = {"Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}
    refused = exchange(server.url + "/queue", headers={"Authorization": "Basic QWxhZGRpbjp4"})
    assert refused.status == 401
    assert refused.headers["WWW-Authenticate"].startswith("Basic ")
    assert exchange(server.url + "/queue", headers=right).status == 200
    with pytest.raises(Refused) as caught:
        connect(server)
    assert caught.value.status == 401


def test_drop_after_some_bytes(server: ComfyServer) -> None:
    server.faults.drop_after = 40
    assert len(raw_answer(server)) == 40


@pytest.mark.parametrize("value", [None, -1, 10**400, "text", [], {}])
def test_any_json_value_can_be_replaced(server: ComfyServer, value: Any) -> None:
    server.faults.bodies["/queue"] = value
    assert exchange(server.url + "/api/queue").json() == value
    assert exchange(server.url + "/features").json()["supports_preview_metadata"] is True


def test_any_json_field_can_be_edited(server: ComfyServer) -> None:
    def edit(path: str, value: Any) -> Any:
        return {**value, "devices": -1} if path == "/system_stats" else value

    server.faults.edit = edit
    answer = exchange(server.url + "/system_stats").json()
    assert (answer["devices"], answer["system"]["comfyui_version"]) == (-1, "0.33.0")
    assert exchange(server.url + "/queue").json() == {"queue_running": [], "queue_pending": []}


def test_facts_can_be_changed(server: ComfyServer) -> None:
    server.facts.version = "9.9.9"
    server.facts.devices = []
    server.facts.models["checkpoints"] = ["a.safetensors"]
    server.facts.queue_length = 7
    stats = exchange(server.url + "/system_stats").json()
    assert (stats["system"]["comfyui_version"], stats["devices"]) == ("9.9.9", [])
    assert exchange(server.url + "/models/checkpoints").json() == ["a.safetensors"]
    loader = exchange(server.url + "/object_info/CheckpointLoaderSimple").json()["CheckpointLoaderSimple"]
    assert loader["input"]["required"]["ckpt_name"][0] == ["a.safetensors"]
    assert exchange(server.url + "/prompt").json() == {"exec_info": {"queue_remaining": 7}}


@pytest.mark.parametrize("status", [200, 403, 404])
def test_websocket_refused(server: ComfyServer, status: int) -> None:
    server.faults.websocket_status = status
    with pytest.raises(Refused) as caught:
        connect(server)
    assert caught.value.status == status
    assert exchange(server.url + "/queue").status == 200


def test_websocket_mute_answers_no_ping(server: ComfyServer) -> None:
    with connect(server) as client:
        client.until_kind("feature_flags")
        server.faults.websocket_mute = True
        post(server, lab_sleep(1), client_id="us")
        client.ping()
        with pytest.raises(TimeoutError):
            client.receive(SHORT)


def test_websocket_closed_by_the_server(server: ComfyServer) -> None:
    with connect(server) as client:
        client.until_kind("feature_flags")
        server.close_websockets(1012)
        with pytest.raises(Closed) as caught:
            client.receive()
    assert caught.value.code == 1012


def test_any_text_can_be_sent(server: ComfyServer) -> None:
    with connect(server) as client:
        client.until_kind("feature_flags")
        server.send_text("{not json")
        assert client.receive() == "{not json"


@pytest.mark.parametrize("name", sorted(set(MALFORMED_FRAMES) - {"truncated", "huge_length"}))
def test_malformed_frames_are_malformed(server: ComfyServer, name: str) -> None:
    with connect(server) as client:
        client.until_kind("feature_flags")
        server.send_raw(MALFORMED_FRAMES[name])
        with pytest.raises((RemoteProtocolError, Closed)):
            client.receive()


@pytest.mark.parametrize("name", ["truncated", "huge_length"])
def test_unfinished_frames_never_become_a_message(server: ComfyServer, name: str) -> None:
    with connect(server) as client:
        client.until_kind("feature_flags")
        server.send_raw(MALFORMED_FRAMES[name])
        with pytest.raises(TimeoutError):
            client.receive(SHORT)


def test_flood_arrives_whole_and_in_order(server: ComfyServer) -> None:
    with connect(server) as client:
        client.until_kind("feature_flags")
        sender = threading.Thread(target=server.flood, args=(20_000,))
        sender.start()
        received = [json.loads(str(client.receive()))["data"]["value"] for _ in range(20_000)]
        sender.join()
    assert received == list(range(1, 20_001))


def test_control_address(server: ComfyServer) -> None:
    def control(**command: Any) -> Any:
        return exchange(server.url + "/__control", "POST", json_body=command)

    with connect(server) as client:
        client.until_kind("feature_flags")
        counters = control(do=[["send_text", "hello"]], faults={"mute": True}, facts={"version": "1"}).json()
        assert client.receive() == "hello"
        assert (counters["client_ids"], counters["requests"]) == (["us"], {"/ws": 1})
    with pytest.raises(TimeoutError):
        exchange(server.url + "/queue", timeout=SHORT)
    assert control(reset=True).status == 200
    assert exchange(server.url + "/system_stats").json()["system"]["comfyui_version"] == "1"
    for wrong in ({"faults": {"clear": 1}}, {"facts": {"nonsense": 1}}, {"do": [["explode", 1]]}):
        assert control(**wrong).status == 400


def test_control_address_can_be_left_out() -> None:
    with ComfyServer(control=False) as server:
        assert exchange(server.url + "/__control", "POST", json_body={"faults": {"mute": True}}).status == 403
        assert server.faults.mute is False


def test_connections_are_counted_by_first_path(server: ComfyServer) -> None:
    connection = http.client.HTTPConnection(server.host, server.port)
    for path in ("/api/queue", "/features", "/features?x=1"):
        connection.request("GET", path)
        connection.getresponse().read()
    connection.close()
    assert server.requests == {"/queue": 1, "/features": 2}
    assert server.connections == {"/queue": 1}
    eventually(lambda: server.open_connections() == 0)


def test_free_makes_the_same_prompt_execute_again(server: ComfyServer) -> None:
    def executions() -> int:
        finished(server, post(server, lab_sleep(1)).json()["prompt_id"])
        return sum(server.executions.values())

    assert [executions(), executions()] == [1, 1]
    exchange(server.url + "/free", "POST", json_body={"free_memory": True})
    assert executions() == 2


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET //[ HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET /queue HTTP/1.1\r\nHost: 127.0.0.1:x\r\nOrigin: http://y\r\n\r\n", b"403"),
        (b"HEAD /queue HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"200"),
        (b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", b"400"),
    ],
)
def test_odd_requests_harm_nothing(server: ComfyServer, raw: bytes, status: bytes) -> None:
    with socket.create_connection((server.host, server.port), LONG_TIMEOUT) as sock:
        sock.sendall(raw)
        answer = sock.recv(65536)
    assert answer.split(b" ")[1] == status
    assert exchange(server.url + "/queue").status == 200
