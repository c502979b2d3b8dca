# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of Gradio backends for tests, and a Gradio server whose answers a test changes as it likes."""

from __future__ import annotations

import contextlib
import re
import socket
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from movie_director.backends._gradio.client import GradioClient
from movie_director.backends.base import Backend, Surroundings
from movie_director.core.endpoint import parse_endpoint, parse_url
from movie_director.core.facts import Queue, ServiceInfo
from movie_director.core.model import Sighting
from movie_director.core.settings import Policy
from movie_director.runtime.recognition import recognise
from movie_director.transport.http import HttpClient
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT

from .gradio_pages import NOT_FOUND, gradio_page
from .plain import HEAD_END, RawServer, hold, read_head
from .sites import Reply, json_reply

NOTHING_WAITS = Queue(0, waiting_only=True)
"""The queue of a program at rest, and of one that does all its work at once."""
UNAUTHORIZED = json_reply({"detail": "Not authenticated"}, "401 Unauthorized")
BROKEN = Reply(b"Internal Server Error", "500 Internal Server Error", "text/plain")


@contextlib.contextmanager
def client_of(backend: Backend, url: str, policy: Policy | None = None) -> Iterator[GradioClient]:
    """A client for `url`, which may hold user and password; finds that closing it leaves no socket."""
    sockets = SocketFactory("test")
    parsed = parse_url(url)
    client = backend.connect(Surroundings(parsed.endpoint, sockets, policy or Policy(), parsed.credentials))
    assert isinstance(client, GradioClient)
    try:
        yield client
    finally:
        client.close()
        left = sockets.open_count
        sockets.close()
    assert left == 0, "close() left a socket open"


def identified(backend: Backend, url: str) -> tuple[ServiceInfo | None, int]:
    """What the backend makes of the program at `url`, and the requests that it took, the page included."""
    sockets = SocketFactory("test")
    parsed = parse_url(url)
    http = HttpClient(
        parsed.endpoint,
        sockets,
        connect_timeout=LONG_TIMEOUT,
        read_timeout=LONG_TIMEOUT,
        credentials=parsed.credentials,
    )
    try:
        page = http.get("/", limit=8192, prefix_only=True)
        info = backend.identify(http, page) if backend.suspects(page) else None
        return info, http.requests_sent
    finally:
        http.close()
        sockets.close()


def seen_at(url: str, known: Sequence[Backend], *, expected: Sequence[str] = ()) -> Sighting:
    """What one look at this address makes of it, where the user named it for the `expected` services."""
    endpoint, sockets = parse_endpoint(url), SocketFactory("test")
    http = HttpClient(endpoint, sockets, connect_timeout=LONG_TIMEOUT, read_timeout=LONG_TIMEOUT)
    try:
        return recognise(endpoint, http, known, expected=expected)
    finally:
        http.close()
        sockets.close()


class ScriptedGradio:
    """A Gradio server made of fixed answers, which may be changed at any time.

    After an answer 500 it breaks the connection, as the real one does.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.replies: dict[str, Reply] = {}
        self.silent: set[str] = set()
        """Paths that are never answered."""
        self.cookie = ""
        """What a visitor must show, unless empty: without it there is only the page before the log-in."""
        self.heads: list[bytes] = []
        """The requests so far."""
        self._server = RawServer(self._serve)
        self.become(config)

    def __enter__(self) -> ScriptedGradio:
        self._server.__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        self._server.__exit__(*exception)

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def url_with_password(self) -> str:
        return self.url.replace("//", "//artist:geheim@")

    @property
    def requests(self) -> Counter[str]:
        """How often each path was asked for."""
        return Counter(_path_of(head) for head in self.heads)

    def become(self, config: Mapping[str, Any], app_id: int = 1) -> None:
        """Answer as a run of the program whose configuration this is."""
        if "app_id" in config:
            config = {**config, "app_id": app_id}
        prefix = str(config.get("api_prefix", ""))
        tells_run = not config["version"].startswith("3.14")
        estimation = {"msg": "estimation", "rank": None, "queue_size": 0}
        self.silent = set()
        self.replies = {
            "/": gradio_page(config["title"], {**_head_of(config), **config}),
            "/config": json_reply(config),
            f"{prefix}/app_id": json_reply({"app_id": app_id}) if tells_run else BROKEN,
            f"{prefix}/queue/status": json_reply(estimation) if config["enable_queue"] else BROKEN,
            f"{prefix}/startup-events": json_reply(False),
        }

    def _serve(self, sock: socket.socket) -> None:
        while head := _read_request(sock):
            self.heads.append(head)
            reply = self._reply_to(head)
            if reply is None:
                hold(sock)
                return
            sock.sendall(reply.wire())
            if reply is BROKEN:
                return

    def _reply_to(self, head: bytes) -> Reply | None:
        path = _path_of(head)
        if path in self.silent:
            return None
        if path != "/login" and self.cookie.encode() not in head:
            before = {"auth_required": True, "version": ""}
            return gradio_page("Gradio", before) if path == "/" else UNAUTHORIZED
        return self.replies.get(path, NOT_FOUND)


def _head_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """What the embedded configuration begins with."""
    return {name: config[name] for name in ("version", "api_prefix", "mode", "app_id") if name in config}


def _path_of(head: bytes) -> str:
    return head.split(b" ", 2)[1].decode("latin-1").partition("?")[0]


def _read_request(sock: socket.socket) -> bytes:
    """The head of the next request, its body read and forgotten; empty at the end."""
    data = read_head(sock)
    head, _, body = data.partition(HEAD_END)
    length = re.search(rb"content-length: *(\d+)", head.lower())
    missing = int(length[1]) - len(body) if length else 0
    while missing > 0 and (more := sock.recv(missing)):
        missing -= len(more)
    return head
