"""A stand-in for the LiteLLM proxy that starts at once: the addresses that a watcher asks, as recorded.

It answers no completion. docs/testing/litellm.md says in what it is faithful.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from email.message import Message
from functools import cache
from http.server import BaseHTTPRequestHandler
from socket import socket
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from tests.servers.listening import Listener

from .recordings import KEYS, Recording, recordings
from .setups import Setup

PAID = "/health"
"""Asks every model for an answer: nobody but a person may call it."""

_MODEL_LISTS = ("/v1/models", "/models")
_MODEL_DETAILS = ("/model/info", "/v1/model/info")


@dataclass(frozen=True)
class Reply:
    """One HTTP answer."""

    status: int
    body: bytes
    content_type: str = "application/json"

    @property
    def closes(self) -> bool:
        """A crash inside the proxy ends the connection, too."""
        return self.status == 500 and self.content_type == "text/plain"


@dataclass
class Faults:
    """The misbehaviour in force; every attribute may be changed at any time."""

    mute: bool = False
    """Read requests, but never answer one."""
    delay: float = 0.0
    """Seconds before each answer."""
    late: dict[str, float] = field(default_factory=dict)
    """Path -> seconds before its answer."""
    replies: dict[str, Reply] = field(default_factory=dict)
    """Path -> what is answered instead, whoever asks."""


def json_reply(value: object, status: int = 200) -> Reply:
    """`value` as the proxy writes JSON."""
    return Reply(status, json.dumps(value, separators=(",", ":")).encode())


class LiteLLMServer:
    """`with LiteLLMServer() as server:` listens on `server.url` as the proxy of one of the recorded versions.

    `setup` and `faults` may be changed at any time; the counters survive `restart()`.
    """

    def __init__(
        self, version: str = "1.106", setup: Setup | None = None, port: int = 0, *, has_prisma: bool = False
    ) -> None:
        """Prepare; `port` 0 takes a free one, which later starts keep.

        `has_prisma`: 1.106 with a package that a plain installation lacks, without which it crashes over
        requests that bring no key.
        """
        self.setup = Setup() if setup is None else setup
        self.faults = Faults()
        self.requests: Counter[str] = Counter()
        """Path -> requests."""
        self.keys: list[tuple[str, str]] = []
        """(path, field that it took for the key, as it came) of every request that brought one."""
        self.accepted = 0
        """TCP connections so far."""
        self.ending = threading.Event()
        self.version = version
        self._has_prisma = has_prisma
        self._lock = threading.Lock()
        self._listener = Listener(self._serve, port=port, name="litellm")
        self._alive = False

    def __enter__(self) -> LiteLLMServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen; OSError when the port is taken."""
        self.ending.clear()
        self._listener.listen()
        self._alive = True

    def kill(self) -> None:
        """Vanish like a killed process; nothing to do when it is not running."""
        if self._alive:
            self._alive = False
            self.ending.set()
            self._listener.end()

    def restart(self) -> None:
        """Come back on the same port."""
        self.kill()
        self.start()

    def open_connections(self) -> int:
        return self._listener.open_connections()

    def note(self, path: str, shown: str) -> None:
        """Count one request."""
        with self._lock:
            self.requests[path] += 1
            if shown:
                self.keys.append((path, shown))

    def shown(self, headers: Message) -> str:
        """The field that it takes for the key: the first of these that is there, whatever it holds."""
        newer = () if self.version == "1.60" else ("X-LiteLLM-API-Key",)
        names = (*newer, "Authorization", "X-API-Key")
        return next((headers[name] for name in names if name in headers), "")

    def reply(self, path: str, shown: str) -> Reply:
        """What the proxy answers to GET."""
        if path in self.faults.replies:
            return self.faults.replies[path]
        if path == PAID:
            return json_reply({"healthy_endpoints": [], "unhealthy_endpoints": []})
        key = shown.removeprefix("Bearer ").removeprefix("Basic ")
        auth = self._judge(key)
        found = _recorded(self.version).get((self._setup_name, auth, path))
        if found is None:
            return json_reply({"detail": "Not Found"}, 404)
        if found.status == 500 and auth == "none" and self._has_prisma:
            found = _recorded("1.60")["key", "none", path]
        return self._with_models(path, found, key)

    @property
    def _setup_name(self) -> str:
        return "key" if self.setup.master_key else "open"

    def _judge(self, key: str) -> str:
        """The name in KEYS under which a request with this key was recorded."""
        if not self.setup.master_key:
            return "none"
        if key in ("", self.setup.master_key):
            return "right" if key else "none"
        return "wrong" if key.startswith("sk-") else "malformed"

    def _with_models(self, path: str, found: Recording, key: str) -> Reply:
        body = found.body
        if found.status == 200 and path in _MODEL_LISTS:
            names = list(self.setup.models)
            if self.version == "1.60":
                names.reverse()  # from a set, so in any order but that of the configuration
            body = {**body, "data": [_like(body["data"], "id", name) for name in names]}
        elif found.status == 200 and path in _MODEL_DETAILS:
            details = [_details(body["data"], name, model) for name, model in self.setup.models.items()]
            body = {**body, "data": details}
        if found.content_type != "application/json":
            return Reply(found.status, body.encode(), found.content_type)
        if found.auth == "malformed":
            body = json.loads(json.dumps(body).replace(KEYS["malformed"], key))
        return json_reply(body, found.status)

    def _serve(self, sock: socket) -> None:
        self.accepted += 1
        _Handler(sock, sock.getpeername(), self)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """The requests of one connection; `server` is the `LiteLLMServer`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server: LiteLLMServer = self.server  # type: ignore[assignment]
        path = urlsplit(self.path).path
        shown = server.shown(self.headers)
        server.note(path, shown)
        if server.faults.mute:
            server.ending.wait()
        if server.ending.wait(server.faults.late.get(path, server.faults.delay)):
            self.close_connection = True
            return
        self._send(server.reply(path, shown))

    def version_string(self) -> str:
        return "uvicorn"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        if reply.closes:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(reply.body)


@cache
def _recorded(version: str) -> dict[tuple[str, str, str], Recording]:
    return {(each.setup, each.auth, each.path): each for each in recordings(version)}


def _like(examples: list[dict[str, Any]], field_name: str, name: str) -> dict[str, Any]:
    """The recorded entry of this model, else one like that of a model that nobody knows."""
    by_name = {example[field_name]: example for example in examples}
    return {**by_name.get(name, by_name["nobody-knows"]), field_name: name}


def _details(examples: list[dict[str, Any]], name: str, model: str) -> dict[str, Any]:
    """An entry of /model/info for this name and this provider and model."""
    entry = _like(examples, "model_name", name)
    if model == entry["litellm_params"]["model"]:
        return entry
    information = {**entry["model_info"], "key": model, "litellm_provider": model.partition("/")[0]}
    return {**entry, "litellm_params": {"model": model}, "model_info": information}
