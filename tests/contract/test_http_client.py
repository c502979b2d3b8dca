"""The HTTP client: what it sends, and the pool that it shares."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from movie_director.core.endpoint import Credentials
from movie_director.core.errors import (
    Cancelled,
    ConfigError,
    ConnectionLost,
    NoAnswer,
    ProblemCode,
    ServiceError,
    Unreachable,
)
from movie_director.transport.http import redirection
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT
from tests.http_kit import answer, client_of, fails, serve
from tests.outcome import Outcome
from tests.ports import FreePort
from tests.servers.plain import RawServer, hold, read_head


def sent_by(sockets: SocketFactory, method: str, path: str, base: str = "", **options: object) -> list[str]:
    """The lines of the head, and of the body, of one request."""
    heads: list[bytes] = []

    def keep(sock: socket.socket) -> None:
        head = read_head(sock)
        while b"more" in options.values() and not head.endswith(b"more"):
            head += sock.recv(100)
        heads.append(head)
        sock.sendall(answer())

    client_options = {key: options.pop(key) for key in ("credentials",) if key in options}
    with RawServer(keep) as server, client_of(sockets, server.url + base, **client_options) as client:
        client.request(method, path, **options)  # type: ignore[arg-type]
        host = f"Host: 127.0.0.1:{server.port}"
    lines = heads[0].decode("latin-1").split("\r\n")
    assert host in lines
    return lines


def test_request_line_and_default_headers(sockets: SocketFactory) -> None:
    lines = sent_by(sockets, "GET", "/queue?a=1&b=%20", base="/sub")
    assert lines[0] == "GET /sub/queue?a=1&b=%20 HTTP/1.1"
    assert "Accept-Encoding: identity" in lines
    assert not [line for line in lines if line.lower().startswith(("authorization", "cookie", "origin"))]


def test_credentials_and_headers(sockets: SocketFactory) -> None:
    credentials = Credentials("Jürgen", "pass:word")
    lines = sent_by(sockets, "GET", "/", credentials=credentials, headers={"X-Own": "yes"})
    assert "Authorization: Basic SsO8cmdlbjpwYXNzOndvcmQ=" in lines
    assert "X-Own: yes" in lines


def test_post_of_a_body(sockets: SocketFactory) -> None:
    lines = sent_by(sockets, "POST", "/prompt", data=b"more")
    assert lines[0] == "POST /prompt HTTP/1.1"
    assert "Content-Length: 4" in lines
    assert lines[-1] == "more"


@pytest.mark.parametrize("value", ["two\r\nlines", " padded", "schlüssel-\u4e2d", "tab\t"])
def test_header_that_cannot_be_sent(sockets: SocketFactory, value: str) -> None:
    with (
        pytest.raises(ConfigError) as caught,
        client_of(sockets, "http://127.0.0.1:1", headers={"Authorization": value}),
    ):
        pytest.fail("the client took it")
    assert caught.value.problem.code is ProblemCode.BAD_SETTING
    assert caught.value.problem.parameter("name") == "Authorization"
    assert value.strip() not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_proxy_of_the_environment_is_ignored(
    sockets: SocketFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer(serve(answer())) as server, RawServer(hold) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        with client_of(sockets, server.url) as client:
            assert client.get_json("/") == {}
        assert proxy.accepted == 0


def test_the_netrc_of_the_user_is_ignored(
    sockets: SocketFactory, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    assert not [line for line in sent_by(sockets, "GET", "/") if "uthorization" in line]


def test_cookies_are_not_kept(sockets: SocketFactory) -> None:
    heads = []

    def keep(sock: socket.socket) -> None:
        while head := read_head(sock):
            heads.append(head)
            sock.sendall(answer(b"{}", "200 OK", "Set-Cookie: session=abc; Path=/"))

    with RawServer(keep) as server, client_of(sockets, server.url) as client:
        client.get("/")
        client.get("/")
    assert len(heads) == 2
    assert b"abc" not in heads[1]


def test_connections_are_reused(sockets: SocketFactory) -> None:
    with RawServer(serve(answer())) as server, client_of(sockets, server.url) as client:
        for _ in range(100):
            client.get_json("/")
        assert (client.requests_sent, client.connects, server.accepted) == (100, 1, 1)
        assert sockets.open_count == 1


def test_a_hundred_concurrent_requests(sockets: SocketFactory) -> None:
    together = threading.Barrier(100)

    def meet(sock: socket.socket) -> None:
        """No answer before all hundred requests are there."""
        while read_head(sock):
            together.wait(LONG_TIMEOUT)
            sock.sendall(answer(b'{"ok": true}'))

    with RawServer(meet) as server, client_of(sockets, server.url) as client:
        results: list[object] = []
        threads = [Outcome(lambda: results.append(client.get_json("/"))) for _ in range(100)]
        assert [thread.wait() for thread in threads] == [None] * 100
        assert results == [{"ok": True}] * 100
        assert (client.requests_sent, client.connects) == (100, 100)
        assert sockets.open_count == 16


def test_pooled_connection_that_was_dropped_is_replaced(sockets: SocketFactory) -> None:
    with RawServer(serve(answer())) as server, client_of(sockets, server.url) as client:
        client.get("/")
        sockets.drop()
        assert sockets.open_count == 0
        assert client.request("POST", "/").status == 200
        assert (client.requests_sent, client.connects) == (2, 2)


def dying_when_reused(sock: socket.socket) -> None:
    """Reads a second request, but closes instead of answering: the client cannot know before it sends."""
    read_head(sock)
    sock.sendall(answer())
    read_head(sock)


def test_dead_pooled_connection_is_repeated_once_for_get(sockets: SocketFactory) -> None:
    with RawServer(dying_when_reused) as server, client_of(sockets, server.url) as client:
        client.get("/")
        assert client.get("/").status == 200
        assert (client.requests_sent, client.connects) == (3, 2)


@pytest.mark.parametrize("idempotent", [None, False, True])
def test_dead_pooled_connection_and_post(sockets: SocketFactory, idempotent: bool | None) -> None:
    with RawServer(dying_when_reused) as server, client_of(sockets, server.url) as client:
        client.get("/")
        if idempotent:
            assert client.request("POST", "/", data=b"x", idempotent=True).status == 200
        else:
            with pytest.raises(ConnectionLost):
                client.request("POST", "/", data=b"x", idempotent=idempotent)
        assert client.requests_sent == (3 if idempotent else 2)


def test_nothing_is_repeated_on_a_new_connection(sockets: SocketFactory) -> None:
    def close(sock: socket.socket) -> None:
        heads.append(read_head(sock))

    heads: list[bytes] = []
    assert isinstance(fails(sockets, close), ConnectionLost)
    assert len([head for head in heads if head.startswith(b"GET ")]) == 1


def test_a_repeated_request_fails_for_its_own_reason(sockets: SocketFactory) -> None:
    """Not for that of the first attempt, in whose handler it runs; nor for one that the caller handles."""
    served: list[int] = []

    def mute_later(sock: socket.socket) -> None:
        served.append(1)
        if len(served) > 1:
            hold(sock)
        dying_when_reused(sock)

    with RawServer(mute_later) as server, client_of(sockets, server.url) as client:
        client.get("/")
        with pytest.raises(NoAnswer):
            client.get("/", timeout=0.2)
        try:
            raise ConnectionResetError("of somebody else")
        except ConnectionResetError:
            with pytest.raises(NoAnswer):
                client.get("/", timeout=0.2)


def test_nothing_is_repeated_twice(sockets: SocketFactory) -> None:
    served = []

    def once(sock: socket.socket) -> None:
        served.append(1)
        read_head(sock)
        if len(served) == 1:
            sock.sendall(answer())
            read_head(sock)

    with RawServer(once) as server, client_of(sockets, server.url) as client:
        client.get("/")
        with pytest.raises(ConnectionLost):
            client.get("/")
        assert client.requests_sent == 3


def test_nothing_is_repeated_after_the_first_byte(sockets: SocketFactory) -> None:
    def half(sock: socket.socket) -> None:
        read_head(sock)
        sock.sendall(answer())
        read_head(sock)
        sock.sendall(b"HTTP/1.1 2")

    with RawServer(half) as server, client_of(sockets, server.url) as client:
        client.get("/")
        with pytest.raises(ServiceError):
            client.get("/")
        assert client.requests_sent == 2


def test_closed_client(sockets: SocketFactory) -> None:
    with RawServer(serve(answer())) as server, client_of(sockets, server.url) as client:
        client.get("/")
        client.close()
        assert sockets.open_count == 0
        with pytest.raises(Cancelled):
            client.get("/")


def test_nobody_there(sockets: SocketFactory, free_port: FreePort) -> None:
    with client_of(sockets, f"http://127.0.0.1:{free_port()}") as client:
        with pytest.raises(Unreachable) as caught:
            client.get("/")
        assert caught.value.problem.code is ProblemCode.REFUSED
        assert (client.requests_sent, client.connects) == (0, 0)


def test_importing_the_room_imports_no_package() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "import movie_director.transport.http, movie_director.transport.websocket;"
        "print([name for name in sys.modules if '.vendor.' in name or name in ('requests', 'asyncio')])"
    )
    addon = str(Path(__file__).resolve().parents[2] / "addon")
    result = subprocess.run(
        [sys.executable, "-I", "-c", code, addon], capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.strip() == "[]"


# --- a connection that is there already ---------------------------------------------------------------------


def test_a_connection_handed_over_serves_first_and_others_follow(sockets: SocketFactory) -> None:
    closing = answer(b"[]", "200 OK", "Connection: close")
    with RawServer(serve(closing)) as server:
        ((_, opened),) = sockets.connect_each("127.0.0.1", [server.port], timeout=LONG_TIMEOUT)
        with client_of(sockets, server.url, opened=opened) as client:
            assert client.get_json("/") == []
            assert server.accepted == 1
            assert client.get_json("/") == []
        assert server.accepted == 2


def test_a_connection_handed_over_and_never_used_is_closed_with_the_client(sockets: SocketFactory) -> None:
    with RawServer(hold) as server:
        ((_, opened),) = sockets.connect_each("127.0.0.1", [server.port], timeout=LONG_TIMEOUT)
        with client_of(sockets, server.url, opened=opened):
            assert sockets.open_count == 1
        assert sockets.open_count == 0


def test_a_redirect_can_be_taken_as_an_answer_and_is_not_followed(sockets: SocketFactory) -> None:
    moved = answer(b"gone", "302 Found", "Location: http://elsewhere.example/tree")
    with RawServer(serve(moved)) as server, client_of(sockets, server.url) as client:
        page = client.request("GET", "/", redirects=True)
        assert (page.status, page.body) == (302, b"gone")
        error = redirection(page, client.endpoint)
        assert error is not None
        assert error.problem.parameter("location") == "http://elsewhere.example"
        assert client.requests_sent == 1
