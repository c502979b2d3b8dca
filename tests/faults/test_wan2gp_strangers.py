# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that are not Wan2GP, or a Wan2GP that answers anything: nothing is posted where no MCP is, and
every answer ends, in bounded time, as values or as a problem with a code."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from movie_director.backends import wan2gp
from movie_director.backends.base import Surroundings
from movie_director.backends.wan2gp.client import Wan2gpClient
from movie_director.core.endpoint import parse_endpoint
from movie_director.core.errors import (
    NoAnswer,
    ProblemCode,
    Rejected,
    ServerFailed,
    ServiceError,
    WrongProgram,
)
from movie_director.core.facts import ServiceInfo
from movie_director.core.settings import Policy
from movie_director.transport.http import HttpClient
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT
from tests.servers.plain import READ_SIZE, RawServer, read_head
from tests.servers.wan2gp import recording
from tests.stopwatch import Stopwatch

pytestmark = pytest.mark.faults

POLICY = Policy(check_timeout=1.0)
LIMIT = 8.0
"""Seconds for one look: a few requests, each of which may take its time-out."""

NOT_FOUND = (404, b"Not Found")
UNAUTHORIZED = (401, b"")
RPC_ERROR = {"jsonrpc": "2.0", "id": "server-error", "error": {"code": -32600, "message": "Not Acceptable"}}
REFUSED = (406, json.dumps(RPC_ERROR).encode())

Reply = tuple[int, bytes]
Route = Callable[[str, str, bytes], Reply]
"""(method, path, body) to (status, body)."""


class Stranger:
    """Answers as `route` says and notes what was asked; a context manager.

    With a `key` it answers 401 to those who do not send it as Bearer, as a web server before it does.
    """

    def __init__(self, route: Route, headers: str = "", key: str = "") -> None:
        self.asked: list[tuple[str, str]] = []
        self.route = route
        self._headers = headers
        self._key = key
        self._server = RawServer(self._serve)

    def __enter__(self) -> Stranger:
        self._server.__enter__()
        return self

    def __exit__(self, *ended: Any) -> None:
        self._server.__exit__(*ended)

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def methods(self) -> set[str]:
        return {method for method, _ in self.asked}

    def _serve(self, sock: socket.socket) -> None:
        while head := read_head(sock):
            head, _, body = head.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            fields = dict(line.lower().split(": ", 1) for line in lines[1:])
            while len(body) < int(fields.get("content-length", 0)):
                body += sock.recv(READ_SIZE)
            method, path, _ = lines[0].split(" ")
            self.asked.append((method, path))
            let_in = not self._key or fields.get("authorization") == f"bearer {self._key}"
            status, answer = self.route(method, path, body) if let_in else UNAUTHORIZED
            sock.sendall(
                f"HTTP/1.1 {status} Said\r\nContent-Length: {len(answer)}\r\n{self._headers}\r\n".encode()
                + answer
            )


def identify(url: str, sockets: SocketFactory) -> ServiceInfo | None:
    http = HttpClient(parse_endpoint(url), sockets, connect_timeout=1.0, read_timeout=1.0)
    try:
        page = http.request("GET", "/", limit=8192, prefix_only=True, redirects=True)
        return wan2gp.identify(http, page)
    finally:
        http.close()


def client_of(url: str, sockets: SocketFactory, key: str = "") -> Wan2gpClient:
    return Wan2gpClient(Surroundings(parse_endpoint(url), sockets, POLICY, api_key=key))


def everywhere(status: int, body: bytes) -> Route:
    return lambda method, path, sent: (status, body)


def at_mcp(status: int, body: bytes) -> Route:
    return lambda method, path, sent: (status, body) if path.startswith("/mcp") else NOT_FOUND


def rpc(answers: dict[str, object]) -> Route:
    """An MCP server that answers each method with its result."""

    def route(method: str, path: str, sent: bytes) -> Reply:
        if path != "/mcp":
            return NOT_FOUND
        if method == "GET":
            return REFUSED
        result = answers.get(json.loads(sent)["method"]) if method == "POST" else None
        return 200, json.dumps({"jsonrpc": "2.0", "id": 1, "result": result}).encode()

    return route


NO_MCP: dict[str, Route] = {
    "answers everything with 200": everywhere(200, b'{"error":"Unexpected endpoint or method. (GET /mcp)"}'),
    "knows nothing": everywhere(404, b"Not Found"),
    "knows nothing, as JSON": everywhere(404, b'{"detail":"Not Found"}'),
    "refuses without a word": at_mcp(406, b""),
    "refuses in HTML": at_mcp(405, b"<h1>Method Not Allowed</h1>"),
    "refuses in JSON": at_mcp(405, b'{"detail":"Method Not Allowed"}'),
    "refuses in half of JSON-RPC": at_mcp(400, b'{"jsonrpc":"2.0","error":{"code":"none"}}'),
    "answers JSON-RPC, but well": at_mcp(200, REFUSED[1]),
    "fails": at_mcp(500, b"Traceback"),
    "is very large": at_mcp(406, b"[" * 1_000_000),
}


@pytest.mark.parametrize("name", NO_MCP)
def test_nothing_is_posted_where_no_mcp_is(name: str, sockets: SocketFactory) -> None:
    with Stopwatch() as watch, Stranger(NO_MCP[name]) as stranger:
        assert identify(stranger.url, sockets) is None
        client = client_of(stranger.url, sockets)
        with pytest.raises(WrongProgram):
            client.open()
        client.close()
    assert stranger.methods == {"GET"}
    assert watch.seconds < LIMIT


@pytest.mark.parametrize(
    "location", ["http://192.0.2.1/mcp/", "/elsewhere/", "/mcp", "//192.0.2.1/mcp/", "http://[/"]
)
def test_a_redirect_to_anywhere_else_is_not_followed(location: str, sockets: SocketFactory) -> None:
    with Stranger(at_mcp(307, b""), f"Location: {location}\r\n") as stranger:
        assert identify(stranger.url, sockets) is None
    assert stranger.asked == [("GET", "/"), ("GET", "/mcp")]


def test_a_redirect_in_a_circle_ends(sockets: SocketFactory) -> None:
    with Stranger(at_mcp(307, b""), "Location: /mcp/\r\n") as stranger:
        assert identify(stranger.url, sockets) is None
    assert stranger.asked == [("GET", "/"), ("GET", "/mcp"), ("GET", "/mcp/")]


def test_a_gradio_program_is_not_asked_for_mcp(sockets: SocketFactory) -> None:
    page = b'<meta property="og:title" content="Other" /><script>window.gradio_config = {"version":"5.29.0"}'
    with Stranger(everywhere(404, page)) as stranger:
        assert identify(stranger.url, sockets) is None
    assert stranger.asked == [("GET", "/")]


@pytest.mark.parametrize(
    "info",
    [None, [], {}, {"serverInfo": None}, {"serverInfo": {"name": None}}, {"serverInfo": {"name": "wangp"}}],
)
def test_a_server_that_calls_itself_otherwise_is_another(info: object, sockets: SocketFactory) -> None:
    with Stranger(rpc({"initialize": info})) as stranger:
        assert identify(stranger.url, sockets) is None
        client = client_of(stranger.url, sockets)
        with pytest.raises(WrongProgram):
            client.open()
        client.close()


def test_a_session_that_another_program_began_is_ended(sockets: SocketFactory) -> None:
    route = rpc({"initialize": {"serverInfo": {"name": "Other"}}})
    with Stranger(route, "Mcp-Session-Id: abc\r\n") as stranger:
        assert identify(stranger.url, sockets) is None
    assert stranger.asked[-2:] == [("POST", "/mcp"), ("DELETE", "/mcp")]


@pytest.mark.slow
def test_a_silent_mcp_address_is_given_up(sockets: SocketFactory) -> None:
    def route(method: str, path: str, sent: bytes) -> Reply:
        if path == "/mcp":
            ended.wait(LONG_TIMEOUT)
        return NOT_FOUND

    ended = threading.Event()
    with Stopwatch() as watch, Stranger(route) as stranger:
        client = client_of(stranger.url, sockets)
        try:
            with pytest.raises(WrongProgram):
                client.open()
        finally:
            ended.set()
            client.close()
    assert watch.seconds < LIMIT


# --- a Wan2GP that answers anything ------------------------------------------------------------------

NAME = recording.mcp()["initialize"]["result"]
TOOLS = recording.mcp()["tools/list"]["result"]
PAGE_OF_MODELS = {
    "content": [],
    "isError": False,
    "structuredContent": {"result": [{"status": "missing", "model_type": "t2v"}]},
}
ODD = (None, True, -1, 10**30, "text", "\x1b[2J" * 100, [], {}, [[[]]], {"result": [None]}, ["x"] * 2000)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(odd)[:12])
@pytest.mark.parametrize("method", ["tools/list", "tools/call"])
def test_odd_facts_are_left_out(method: str, odd: object, sockets: SocketFactory) -> None:
    answers = {"initialize": NAME, "tools/list": TOOLS, "tools/call": PAGE_OF_MODELS, method: odd}
    with Stranger(rpc(answers)) as server:
        client = client_of(server.url, sockets)
        client.open()
        infos = list(iter(client.read_facts, None))
        assert infos[-1].complete
        assert infos[-1].models == ()
        assert client.check().program == "Wan2GP"
        client.close()


def test_pages_of_models_that_never_end_are_ended(sockets: SocketFactory) -> None:
    count = 0

    def route(method: str, path: str, sent: bytes) -> Reply:
        nonlocal count
        asked = json.loads(sent) if method == "POST" else {}
        if asked.get("method") == "tools/call":
            records = [{"status": "missing", "model_type": f"m{count + number}"} for number in range(50)]
            count += 50
            result = {**PAGE_OF_MODELS, "structuredContent": {"result": records}}
            return 200, json.dumps({"jsonrpc": "2.0", "id": 1, "result": result}).encode()
        return rpc({"initialize": NAME, "tools/list": TOOLS})(method, path, sent)

    with Stranger(route) as server:
        client = client_of(server.url, sockets)
        client.open()
        infos = list(iter(client.read_facts, None))
        client.close()
    assert infos[-1].complete
    ((_, models),) = infos[-1].models
    assert len(models) == 2000


def test_a_web_server_before_mcp_mode_lets_in_who_has_its_key(sockets: SocketFactory) -> None:
    with Stranger(rpc({"initialize": NAME}), key="sk-1") as server:
        client = client_of(server.url, sockets, "sk-1")
        assert client.open().features == ("mcp",)
        client.close()
        for key, code in (("", ProblemCode.KEY_MISSING), ("sk-2", ProblemCode.KEY_REJECTED)):
            client = client_of(server.url, sockets, key)
            with pytest.raises(Rejected) as caught:
                client.open()
            client.close()
            assert caught.value.problem.code is code


@pytest.mark.parametrize("status", [502, 503])
def test_a_web_server_that_does_not_reach_it_is_no_other_program(status: int, sockets: SocketFactory) -> None:
    with Stranger(everywhere(status, b"<title>Bad Gateway</title>")) as server:
        client = client_of(server.url, sockets)
        with pytest.raises(ServerFailed):
            client.open()
        client.close()
    assert server.asked == [("GET", "/")]


def test_an_answer_that_is_too_large_is_not_read(sockets: SocketFactory) -> None:
    huge = {"tools": [{"name": "x" * 1_000_000}]}
    with Stranger(rpc({"initialize": NAME, "tools/list": huge})) as server:
        client = client_of(server.url, sockets)
        client.open()
        (info,) = iter(client.read_facts, None)
        client.close()
    assert (info.complete, info.capabilities) == (True, ())


def test_nonsense_instead_of_the_name_is_a_failed_check_and_no_other_program(sockets: SocketFactory) -> None:
    answers: dict[str, object] = {"initialize": NAME}
    with Stranger(rpc(answers)) as server:
        client = client_of(server.url, sockets)
        client.open()
        broken = b'{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"busy"}}'
        server.route = lambda method, path, sent: (
            (200, broken) if method == "POST" else rpc(answers)(method, path, sent)
        )
        with pytest.raises(ServiceError) as caught:
            client.check()
        client.close()
    assert caught.value.problem.code is ProblemCode.MALFORMED


@pytest.mark.slow
def test_facts_that_are_late_twice_end_the_reading(sockets: SocketFactory) -> None:
    def route(method: str, path: str, sent: bytes) -> Reply:
        if method == "POST" and json.loads(sent)["method"] == "tools/list":
            ended.wait(LONG_TIMEOUT)
        return rpc({"initialize": NAME, "tools/list": TOOLS})(method, path, sent)

    ended = threading.Event()
    with Stranger(route) as server:
        client = client_of(server.url, sockets)
        try:
            client.open()
            info = client.read_facts()
            assert info is not None
            assert not info.complete
            with pytest.raises(NoAnswer):
                client.read_facts()
            assert client.check().program == "Wan2GP"
        finally:
            ended.set()
            client.close()
