"""The ComfyUI-protocol server answers as the recorded releases did: status, content type, shape."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers.comfyui import VERSIONS, ComfyServer
from tests.servers.comfyui.generation import recorded
from tests.servers.comfyui_client import (
    assert_as_recorded,
    change,
    connect,
    empty_image,
    lab_sleep,
    post,
    replay,
)
from tests.servers.http_client import exchange
from tests.servers.shapes import differences

WITHOUT_STATE = [
    *("404", "root", "system_stats", "api_system_stats", "features", "api_features", "models"),
    *("models_checkpoints", "models_unknown", "object_info_KSampler", "object_info_CheckpointLoaderSimple"),
    *("embeddings", "object_info_unknown", "prompt_get", "queue", "api_queue", "queue_clear", "queue_delete"),
    *(
        "free",
        "history_empty",
        "history_unknown",
        "history_delete",
        "interrupt",
        "post_prompt_ok",
        "view_404",
    ),
    *("post_prompt_client_id", "view_traversal", "ws_plain_get", "settings", "users", "wt", "api_jobs"),
    *("api_api_jobs", "api_job_404", "gradio_config_probe", "health_probe", "sdapi_probe", "v1_models_probe"),
]
WITH_STATE = {
    *("api_job_one", "api_job_cancel", "api_jobs_after", "api_jobs_failed", "history_max2", "queue_running"),
    *("queue_with_duplicates", "post_same_number_same_id", "view"),
}


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(version: str) -> Iterator[ComfyServer]:
    with ComfyServer(version) as running:
        yield running


def test_every_recorded_answer_is_compared(version: str) -> None:
    assert {*WITHOUT_STATE, *WITH_STATE} == set(recorded(version, "answers"))


@pytest.mark.parametrize("name", WITHOUT_STATE)
def test_answers_of_a_fresh_server(server: ComfyServer, version: str, name: str) -> None:
    record = recorded(version, "answers")[name]
    assert_as_recorded(replay(server, record["request"]), record)


@pytest.mark.parametrize("name", recorded(VERSIONS[0], "validation"))
def test_prompts_are_refused_as_recorded(server: ComfyServer, version: str, name: str) -> None:
    record = recorded(version, "validation")[name]
    answer = replay(server, record["request"])
    assert answer.status == record["status"]
    assert differences(record["body"], answer.content()) == []
    if isinstance(record["body"], dict) and "error" in record["body"]:
        error, errors = record["body"]["error"], record["body"]["node_errors"]
        assert answer.json()["error"] == error
        assert _without_traces(answer.json()["node_errors"]) == _without_traces(errors)


def _without_traces(node_errors: dict[str, Any]) -> str:
    return re.sub(r'"traceback": \[[^]]*\]', "", json.dumps(node_errors, sort_keys=True))


def test_uploads(server: ComfyServer, version: str) -> None:
    def upload(
        content: bytes, name: str = "labup.png", field: str = "image", **fields: str
    ) -> dict[str, Any]:
        answer = exchange(server.url + "/upload/image", "POST", **form(content, name, field, fields))
        return {"status": answer.status, "body": answer.content()}

    answers = {
        "first": upload(b"one"),
        "same_again": upload(b"one"),
        "overwrite": upload(b"two", overwrite="true"),
        "subfolder": upload(b"one", subfolder="blend/x"),
        "temp": upload(b"one", type="temp"),
        "traversal": upload(b"one", subfolder="../x"),
        "badtype": upload(b"one", type="nowhere"),
        "different_content_same_name": upload(b"three"),
        "wav": upload(b"RIFF\r\n--\r\n", name="lab.wav"),
        "no_image": upload(b"one", field="other"),
    }
    assert answers == recorded(version, "uploads")
    assert exchange(server.url + "/view?filename=lab.wav&type=input").body == b"RIFF\r\n--\r\n"


def form(content: bytes, name: str, field: str, fields: dict[str, str]) -> dict[str, Any]:
    boundary = "0123456789"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return {"body": body, "headers": {"Content-Type": f"multipart/form-data; boundary={boundary}"}}


def test_job_routes_and_histories(server: ComfyServer, version: str) -> None:
    answers = recorded(version, "answers")
    if version == "0.33.0":
        jobs = ["api_job_one", "api_job_cancel", "api_jobs_after", "api_jobs_failed"]
    else:
        jobs = ["api_job_one", "api_jobs_after", "api_job_cancel"]
    known = answers["api_job_one"]["request"]["path"].rpartition("/")[2]
    with connect(server) as client:
        client.until_kind("feature_flags")
        for number in range(3):
            post(
                server,
                lab_sleep(number),
                client_id="us",
                prompt_id=known if number == 2 else str(UUIDS[number]),
            )
            client.until_done()
        post(server, lab_sleep(9, fail_at=1), client_id="us")
        client.until_done()
        stopped = post(server, lab_sleep(10, seconds=30.0, steps=600), client_id="us").json()["prompt_id"]
        client.until_kind("executing")
        change(server, "/interrupt", prompt_id=stopped)
        client.until_done()
    for name in jobs:
        assert_as_recorded(replay(server, answers[name]["request"]), answers[name])
    newest = exchange(server.url + "/history?max_items=2").json()
    assert list(newest)[-1] == stopped
    assert len(newest) == 2


UUIDS = ("4a4a24be-d22c-4ff2-ae22-2f9b1a4b3c5d", "5b5b35cf-e33d-4003-bf33-3fac2b5c4d6e")


def test_recorded_history_of_two_and_view(server: ComfyServer, version: str) -> None:
    answers = recorded(version, "answers")
    with connect(server) as client:
        client.until_kind("feature_flags")
        for prompt in (empty_image(), lab_sleep(1), lab_sleep(2)):
            post(server, prompt, client_id="us")
            client.until_done()
    record = answers["history_max2"]
    assert_as_recorded(replay(server, record["request"]), record)
    answer = replay(server, answers["view"]["request"])
    assert_as_recorded(answer, answers["view"])
    assert answer.body.startswith(b"\x89PNG\r\n\x1a\n")
    part = exchange(server.url + answers["view"]["request"]["path"], headers={"Range": "bytes=1-3"})
    assert (part.status, part.body) == (206, b"PNG")
