# SPDX-License-Identifier: GPL-3.0-or-later
"""The test servers of Wan2GP answer as the recorded program did."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import LONG_TIMEOUT
from tests.servers.process import ServerProcess
from tests.servers.shapes import differences
from tests.servers.wan2gp import recording
from tests.servers.wan2gp.processes import mcp_process, web_ui_process

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(300)]

ANYTHING = {"delete_callback", "latex_delimiters", "name", "root_dir", "value"}
"""Properties that say something about the machine, or were not recorded word by word."""


@pytest.fixture(scope="module")
def web_ui() -> Iterator[ServerProcess]:
    with web_ui_process() as process:
        yield process


@pytest.fixture(scope="module")
def mcp_mode() -> Iterator[ServerProcess]:
    with mcp_process("--seconds", "3600") as process:
        yield process


def ask(
    server: ServerProcess, method: str, path: str, body: object = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LONG_TIMEOUT)
    try:
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


# --- the web UI ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def config(web_ui: ServerProcess) -> dict[str, Any]:
    status, _, body = ask(web_ui, "GET", "/config")
    assert status == 200
    found: dict[str, Any] = json.loads(body)
    return found


def test_components_and_their_order_are_those_recorded(config: dict[str, Any]) -> None:
    expected = recording.config()["components"]
    assert len(expected) == 2194
    assert [(each["id"], each["type"]) for each in config["components"]] == [
        (each["id"], each["type"]) for each in expected
    ]


def test_properties_are_those_recorded(config: dict[str, Any]) -> None:
    for recorded, served in zip(recording.config()["components"], config["components"], strict=True):
        expected = {key: value for key, value in recorded["props"].items() if key not in ANYTHING}
        found = {key: value for key, value in served["props"].items() if key not in ANYTHING}
        assert {key: value for key, value in expected.items() if value is not None} == {
            key: value for key, value in found.items() if value is not None
        }, f"{served['type']} {served['id']}"


def test_dependencies_and_their_names_are_those_recorded(config: dict[str, Any]) -> None:
    expected = recording.config()["dependencies"]
    assert len(expected) == 647
    without_scripts = [{**each, "js": bool(each["js"])} for each in config["dependencies"]]
    assert without_scripts == [{**each, "js": bool(each["js"])} for each in expected]


def test_the_layout_and_the_rest_are_those_recorded(config: dict[str, Any]) -> None:
    expected = recording.config()
    for key in ("layout", "version", "api_prefix", "title", "protocol", "connect_heartbeat", "enable_queue"):
        assert config[key] == expected[key], key
    assert "v12.60" in config["components"][0]["props"]["value"]


@pytest.mark.parametrize("path", ["/", "/config"])
def test_sizes_are_about_those_recorded(web_ui: ServerProcess, path: str) -> None:
    status, _, body = ask(web_ui, "GET", path)
    assert status == 200
    assert 0.9 < len(body) / recording.config()["size"][path] < 1.1


@pytest.mark.parametrize("path", ["/info", "/mcp", "/sdapi/v1/options", "/wangp_api"])
def test_the_web_ui_has_nothing_else(web_ui: ServerProcess, path: str) -> None:
    status, _, body = ask(web_ui, "GET", path)
    assert (status, json.loads(body)) == (404, {"detail": "Not Found"})


def test_a_download_that_nobody_asked_for_is_refused_in_words_of_its_own(web_ui: ServerProcess) -> None:
    """As Wan2GP's own module answers, run with the same Gradio: without a content type."""
    status, headers, body = ask(web_ui, "GET", recording.DOWNLOAD)
    assert (status, body.decode()) == (404, recording.NO_DOWNLOAD)
    assert "content-type" not in headers


def test_work_is_taken_in_the_recorded_steps(web_ui: ServerProcess) -> None:
    """What `load_queue_action` and the steps after it answer, by the queue and in one session."""
    config = recording.config()
    by_name = {each["api_name"]: each for each in config["dependencies"]}
    settings = json.dumps([{"model_type": "t2v", "prompt": "a boat"}, {"model_type": "t2v"}])
    path = _upload(web_ui, "settings.json", settings)
    upload = next(number for number, event in by_name["load_queue_action"]["targets"] if event == "upload")
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    loaded = _run(web_ui, by_name["load_queue_action"], [file, None], trigger=upload)
    assert loaded["data"] == ["2 waiting"]
    for name in ("init_process_queue_if_any", "activate_status"):
        _run(web_ui, by_name[name], [None])
    assert _run(web_ui, by_name["process_tasks_1"], [None])["data"][0] == "2 done"


SESSION = "session1"


def _upload(server: ServerProcess, name: str, content: str) -> str:
    mark = "boundary"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LONG_TIMEOUT)
    try:
        body = f"{head}{content}\r\n--{mark}--\r\n".encode()
        kind = f"multipart/form-data; boundary={mark}"
        connection.request("POST", "/gradio_api/upload", body, {"Content-Type": kind})
        return str(json.loads(connection.getresponse().read())[0])
    finally:
        connection.close()


def _run(server: ServerProcess, function: dict[str, Any], data: list[object], trigger: int = 0) -> Any:
    """The output of one function, through queue and events."""
    asked = {"data": data, "fn_index": function["id"], "session_hash": SESSION, "trigger_id": trigger or None}
    status, _, body = ask(server, "POST", "/gradio_api/queue/join", {**asked, "event_data": None})
    assert status == 200, body
    _, _, events = ask(server, "GET", f"/gradio_api/queue/data?session_hash={SESSION}")
    last = None
    for line in events.decode().splitlines():
        event = json.loads(line.removeprefix("data: ")) if line else {}
        if event.get("msg") == "process_completed":
            assert event["success"], event
            return event["output"] if event["output"].get("data") else last
        if event.get("msg") == "process_generating" and last is None:
            last = event["output"]
    pytest.fail("the function did not end")


# --- MCP mode --------------------------------------------------------------------------------------


def rpc(server: ServerProcess, method: str, params: object) -> Any:
    asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    status, headers, body = ask(server, "POST", "/mcp/", asked, Accept="application/json, text/event-stream")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert "mcp-session-id" not in headers
    return json.loads(body)


def call(server: ServerProcess, tool: str, **arguments: object) -> Any:
    return rpc(server, "tools/call", {"name": tool, "arguments": arguments})


def test_initialize_answers_as_recorded(mcp_mode: ServerProcess) -> None:
    client = {"name": "test", "version": "0"}
    params = {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": client}
    assert rpc(mcp_mode, "initialize", params) == recording.mcp()["initialize"]


def test_the_tools_are_those_recorded(mcp_mode: ServerProcess) -> None:
    assert rpc(mcp_mode, "tools/list", {}) == recording.mcp()["tools/list"]


@pytest.mark.parametrize("tool", ["wangp_list_models", "wangp_get_model_availability", "wangp_get_job"])
def test_tools_that_tell_answer_in_the_recorded_shape(mcp_mode: ServerProcess, tool: str) -> None:
    recorded = recording.mcp()["tools/call"][tool]
    assert differences(recorded["answer"], call(mcp_mode, tool, **recorded["arguments"])) == []


def test_a_job_lives_as_recorded(mcp_mode: ServerProcess) -> None:
    recorded = recording.mcp()["tools/call"]
    started = call(mcp_mode, "wangp_generate", **recorded["wangp_generate"]["arguments"])
    assert differences(recorded["wangp_generate"]["answer"], started) == []
    job = started["result"]["structuredContent"]["job_id"]
    cancelled = call(mcp_mode, "wangp_cancel_job", job_id=job)
    assert differences(recorded["wangp_cancel_job"]["answer"], cancelled) == []
    assert cancelled["result"]["structuredContent"]["cancel_requested"] is True


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/config", 404), ("GET", "/mcp/", 406), ("GET", "/mcp", 307)],
)
def test_mcp_mode_has_no_page(mcp_mode: ServerProcess, method: str, path: str, status: int) -> None:
    found, headers, body = ask(mcp_mode, method, path, Accept="application/json")
    assert found == status
    if status == 406:
        assert json.loads(body)["error"]["code"] == -32600
    if status == 307:
        assert headers["location"].endswith("/mcp/")


# --- both ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [web_ui_process, mcp_process])
def test_a_server_ends_with_its_parent(start: Any) -> None:
    with start() as process:
        process.close_input()
        assert process.wait(LONG_TIMEOUT) == 0
