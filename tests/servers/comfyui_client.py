"""A client of the ComfyUI-protocol server for tests, which keeps messages in the form of the recordings."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from typing import Any

from tests.conftest import eventually

from .client import Pongs, WebSocketClient
from .comfyui import ComfyServer
from .http_client import Answer, exchange
from .shapes import differences

STEP_KINDS = ("progress_state", "progress", "preview 1", "preview 4")
"""What a node sends at each of its steps."""

FLAGS = json.dumps({"type": "feature_flags", "data": {"supports_preview_metadata": True}})


class Recorder(WebSocketClient):
    """A client which gives messages in the form of the recordings."""

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        """Messages up to and including the first one that is wanted."""
        return [noted(raw) for raw in self.receive_until(lambda raw: wanted(noted(raw)))]

    def until_kind(self, kind: str) -> list[dict[str, Any]]:
        return self.until(lambda message: kind_of(message) == kind)

    def until_done(self) -> list[dict[str, Any]]:
        """Messages to the last one of a job."""
        return self.until(lambda message: message.get("data", {}).get("node", "") is None)

    def so_far(self) -> list[dict[str, Any]]:
        """All messages sent before now: the answer to a ping comes behind them."""
        self.ping(b"now")
        return [noted(raw) for raw in self.receive_until(lambda raw: isinstance(raw, Pongs))[:-1]]


def noted(raw: str | bytes | Pongs) -> dict[str, Any]:
    if isinstance(raw, str):
        parsed: dict[str, Any] = json.loads(raw)
        return parsed
    if isinstance(raw, Pongs):
        return {"pong": raw.payload}
    event, second = struct.unpack(">II", raw[:8])
    note: dict[str, Any] = {"binary_event": event}
    if event == 4:
        note["meta"] = json.loads(raw[8 : 8 + second])
    else:
        note["image_type"] = second
    image = raw[8 + second :] if event == 4 else raw[8:]
    return {**note, "magic": image[:4].hex()}


def kind_of(message: dict[str, Any]) -> str:
    return f"preview {message['binary_event']}" if "binary_event" in message else str(message.get("type"))


def plain(messages: list[dict[str, Any]]) -> list[Any]:
    """Messages without what differs from run to run: ids, times, file names, tracebacks."""
    text = json.dumps(messages, sort_keys=True)
    text = re.sub(r'"(prompt_id|sid)": "[^"]*"', r'"\1": "<id>"', text)
    text = re.sub(r'"filename": "(lab|ComfyUI_temp)_[^"]*"', r'"filename": "\1<n>.png"', text)
    text = re.sub(r'"timestamp": \d+', '"timestamp": 0', text)
    text = re.sub(r'"traceback": \[[^]]*\]', '"traceback": ["..."]', text)
    # The real server makes this list of a set.
    text = text.replace('"current_outputs": ["2", "1"]', '"current_outputs": ["1", "2"]')
    parsed: list[Any] = json.loads(text)
    return parsed


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    """The kinds in order, with the messages of repeated steps told once."""
    order: list[str] = []
    for message in messages:
        kind = kind_of(message)
        if kind in STEP_KINDS and kind in order[-3:] and order[-1] in STEP_KINDS:
            continue
        order.append(kind)
    return order


def empty_image(prefix: str = "lab") -> dict[str, Any]:
    """A prompt that saves a red image at once."""
    return {
        "1": {
            "class_type": "EmptyImage",
            "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 16711680},
        },
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": prefix}},
    }


def lab_sleep(seed: int, seconds: float = 0.03, steps: int = 3, fail_at: int = -1) -> dict[str, Any]:
    """A prompt that takes `seconds` in `steps` steps, with progress and previews."""
    inputs = {"seconds": seconds, "steps": steps, "fail_at": fail_at, "preview": True, "seed": seed}
    return {
        "1": {"class_type": "LabSleep", "inputs": inputs},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    }


def post(server: ComfyServer, prompt: dict[str, Any], **more: Any) -> Answer:
    """POST /prompt; `more` are further fields of the body."""
    return exchange(server.url + "/prompt", "POST", json_body={"prompt": prompt, **more})


def change(server: ComfyServer, path: str, **body: Any) -> None:
    """A POST that must succeed."""
    assert exchange(server.url + path, "POST", json_body=body).status == 200


def connect(server: ComfyServer, client_id: str | None = "us", *, flags: bool = True) -> Recorder:
    """A WebSocket, with the feature flags sent as first message unless they are not wanted."""
    query = "" if client_id is None else f"?clientId={client_id}"
    client = Recorder(server.url.replace("http", "ws") + "/ws" + query)
    if flags:
        client.send(FLAGS)
    return client


def finished(server: ComfyServer, prompt_id: str) -> dict[str, Any]:
    """The history entry of a job, once it is there."""
    entries: dict[str, Any] = {}

    def arrived() -> bool:
        entries.update(exchange(f"{server.url}/history/{prompt_id}").json())
        return prompt_id in entries

    eventually(arrived, what=f"history of {prompt_id}")
    found: dict[str, Any] = entries[prompt_id]
    return found


def replay(server: ComfyServer, request: dict[str, Any]) -> Answer:
    """Send a recorded request."""
    body = request["text"].encode() if "text" in request else None
    return exchange(
        server.url + request.get("path", "/prompt"),
        request.get("method", "POST"),
        json_body=request.get("json"),
        body=body,
        headers=request.get("headers"),
    )


def assert_as_recorded(answer: Answer, record: dict[str, Any]) -> None:
    """Same status, same headers as far as they were kept, same shape of the body."""
    assert answer.status == record["status"], answer.body
    for name, value in record["headers"].items():
        assert answer.headers.get(name) == value, name
    assert ("Content-Type" in answer.headers) == ("Content-Type" in record["headers"])
    assert answer.headers["Server"] == "Python/3.11 aiohttp/3.14.5"
    if record["body"] is not None:
        assert differences(record["body"], answer.content()) == []
