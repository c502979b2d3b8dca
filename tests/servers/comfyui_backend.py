# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of the ComfyUI backend for tests, and ways to wait for what their streams tell."""

from __future__ import annotations

import json
import select
import socket
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

import pytest
from movie_director.backends.base import Surroundings
from movie_director.backends.comfyui.client import ComfyClient
from movie_director.backends.comfyui.stream import QueueStream
from movie_director.core.endpoint import parse_endpoint
from movie_director.core.errors import ServiceError
from movie_director.core.facts import Queue, ServiceInfo
from movie_director.core.settings import Policy
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT

from .comfyui import ComfyServer
from .plain import read_head


class Clients:
    """Makes clients; a context manager that closes them and finds that none left a socket open."""

    def __init__(self) -> None:
        self._made: list[tuple[ComfyClient, SocketFactory]] = []

    def __enter__(self) -> Clients:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client, sockets in self._made:
            client.close()
            left = sockets.open_count
            sockets.close()
            assert left == 0, "close() left a socket open"

    def connect(self, url: str, policy: Policy | None = None, **options: Any) -> ComfyClient:
        """A client for `url`; `options` are further fields of `Surroundings`."""
        sockets = SocketFactory("test")
        client = ComfyClient(Surroundings(parse_endpoint(url), sockets, policy or Policy(), **options))
        self._made.append((client, sockets))
        return client


def caught(call: Callable[[], object]) -> ServiceError:
    """The error of the service that `call` must raise."""
    with pytest.raises(ServiceError) as found:
        call()
    return found.value


def read_until(stream: QueueStream, done: Callable[[ServiceInfo], bool]) -> ServiceInfo:
    """Read as the worker does until the info is as wanted."""
    deadline = time.monotonic() + LONG_TIMEOUT
    while time.monotonic() < deadline:
        info = read_once(stream, deadline - time.monotonic())
        if info is not None and done(info):
            return info
    pytest.fail("the stream did not tell in time")


def read_once(stream: QueueStream, timeout: float) -> ServiceInfo | None:
    """Wait for something to read, up to `timeout` seconds, and read it."""
    if stream.has_buffered or select.select([stream], [], [], timeout)[0]:
        return stream.read()
    return None


def tell_queue(server: ComfyServer, remaining: object) -> None:
    """Let the server tell every WebSocket this queue."""
    data = {"status": {"exec_info": {"queue_remaining": remaining}}}
    server.send_text(json.dumps({"type": "status", "data": data}))


def open_stream(server: ComfyServer, client: ComfyClient) -> QueueStream:
    """Open a stream and read until nothing more is to come; the queue that it told is 0."""
    server.facts.queue_length = 99
    stream = client.open_stream()
    read_until(stream, lambda info: info.queue == Queue(99))
    server.facts.queue_length = None
    tell_queue(server, 0)
    read_until(stream, lambda info: info.queue == Queue(0))
    return stream


def read_all_facts(client: ComfyClient) -> list[ServiceInfo]:
    """What each of the calls brought."""
    return list(iter(client.read_facts, None))


def answering(head: bytes, body: bytes) -> Callable[[socket.socket], None]:
    """A handler for `RawServer` that answers every request so; `head` is without Content-Length."""
    answer = head + b"Content-Length: %d\r\n\r\n" % len(body) + body

    def handle(sock: socket.socket) -> None:
        while read_head(sock):
            sock.sendall(answer)

    return handle
