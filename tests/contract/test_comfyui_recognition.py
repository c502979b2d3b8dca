# SPDX-License-Identifier: GPL-3.0-or-later
"""How the ComfyUI backend knows a ComfyUI, of both recorded generations, from other programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from movie_director.backends import comfyui
from movie_director.core.endpoint import parse_endpoint
from movie_director.core.errors import ProblemCode
from movie_director.core.facts import ServiceInfo
from movie_director.transport.http import Answer, HttpClient
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT
from tests.servers.comfyui import VERSIONS, ComfyServer
from tests.servers.comfyui_backend import answering, caught
from tests.servers.plain import RawServer

NO_PAGE = Answer(status=200, headers={}, body=b"", truncated=False, seconds=0.0)


@pytest.fixture(params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[ComfyServer]:
    with ComfyServer(request.param) as running:
        yield running


def identify(url: str) -> ServiceInfo | None:
    sockets = SocketFactory("test")
    http = HttpClient(parse_endpoint(url), sockets, connect_timeout=LONG_TIMEOUT, read_timeout=LONG_TIMEOUT)
    try:
        return comfyui.identify(http, NO_PAGE)
    finally:
        http.close()
        sockets.close()


def test_the_server_is_suspected_by_its_page_and_identified_by_one_request(server: ComfyServer) -> None:
    sockets = SocketFactory("test")
    http = HttpClient(
        parse_endpoint(server.url), sockets, connect_timeout=LONG_TIMEOUT, read_timeout=LONG_TIMEOUT
    )
    try:
        page = http.get("/", limit=8192, prefix_only=True)
        assert comfyui.BACKEND.suspects(page)
        before = sum(server.requests.values())
        info = comfyui.BACKEND.identify(http, page)
        assert sum(server.requests.values()) == before + 1
    finally:
        http.close()
        sockets.close()
    assert info is not None
    assert (info.program, info.version) == ("ComfyUI", server.facts.version)
    assert [device.name for device in info.devices] == ["CPU"]


@pytest.mark.parametrize("body", [{"detail": "Not Found"}, [], None, "text", {"system": {}, "devices": []}])
def test_another_shape_is_another_program(server: ComfyServer, body: object) -> None:
    server.faults.bodies["/system_stats"] = body
    assert identify(server.url) is None


@pytest.mark.parametrize("kind", ["not_json", "oversized", "redirect"])
def test_an_unreadable_answer_is_another_program(server: ComfyServer, kind: Any) -> None:
    server.faults.answers["/system_stats"] = kind
    assert identify(server.url) is None


@pytest.mark.parametrize(
    ("head", "page"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n", b'{"detail":"Not Found"}'),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", b"<html><title>Fooocus</title></html>"),
    ],
)
def test_strangers_are_not_identified(head: bytes, page: bytes) -> None:
    with RawServer(answering(head, page)) as stranger:
        assert identify(stranger.url) is None


def test_nobody_there_is_an_error_and_no_other_program(server: ComfyServer) -> None:
    server.kill()
    assert caught(lambda: identify(server.url)).problem.code is ProblemCode.REFUSED
