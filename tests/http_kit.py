"""Servers of canned answers, and our client for them."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from movie_director.core.endpoint import parse_endpoint
from movie_director.core.errors import ServiceError
from movie_director.transport.http import HttpClient
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT
from tests.servers.plain import RawServer, read_head

Handler = Callable[[socket.socket], None]


@contextlib.contextmanager
def client_of(factory: SocketFactory, url: str, **options: Any) -> Iterator[HttpClient]:
    """An `HttpClient` for a URL, with generous limits unless `options` say otherwise; closed at the end."""
    limits = {"connect_timeout": LONG_TIMEOUT, "read_timeout": LONG_TIMEOUT}
    client = HttpClient(parse_endpoint(url), factory, **{**limits, **options})
    with contextlib.closing(client):
        yield client


def answer(body: bytes = b"{}", status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def serve(*answers: bytes) -> Handler:
    """Answers one request after the other on each connection, the last answer for ever."""

    def handle(sock: socket.socket) -> None:
        left = list(answers)
        while read_head(sock):
            sock.sendall(left.pop(0) if len(left) > 1 else left[0])

    return handle


def fails(factory: SocketFactory, handler: Handler, path: str = "/", **options: Any) -> ServiceError:
    """What `get_json` raises at such a server."""
    with RawServer(handler) as server, client_of(factory, server.url, **options) as client:
        with pytest.raises(ServiceError) as caught:
            client.get_json(path)
        assert caught.value.problem.parameter("address") == f"127.0.0.1:{server.port}"
    return caught.value
