"""Hostile answers: endless, dripped, cut, lying about their length; each is an error of ours, in time."""

from __future__ import annotations

import gzip
import itertools
import socket
import threading
import time
import tracemalloc
import zlib

import pytest
from movie_director.core.errors import (
    AnswerTooLarge,
    Cancelled,
    ConnectionLost,
    NoAnswer,
    ProblemCode,
    ProtocolError,
    ServiceError,
    Unreachable,
)
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT, eventually, open_sockets
from tests.http_kit import Handler, answer, client_of, fails, serve
from tests.outcome import Outcome
from tests.servers.plain import RawServer, hold, read_head
from tests.servers.tcp_proxy import TcpProxy
from tests.servers.tls import AUTHORITY, under_tls
from tests.stopwatch import Stopwatch

pytestmark = pytest.mark.faults

LIMIT = 1.0
SOON = 0.5
MEGABYTE = 1024 * 1024


def saying(*pieces: bytes, then: Handler | None = None) -> Handler:
    """Reads the request, sends the pieces, and then closes or does something else."""

    def handle(sock: socket.socket) -> None:
        read_head(sock)
        for piece in pieces:
            sock.sendall(piece)
        if then is not None:
            then(sock)

    return handle


def repeating(piece: bytes, every: float = 0.0) -> Handler:
    """The same bytes for ever."""

    def handle(sock: socket.socket) -> None:
        pause = threading.Event()
        while not pause.wait(every):
            sock.sendall(piece)

    return handle


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


# --- never ending: NoAnswer at the limit --------------------------------------------------------------------


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(hold, id="mute"),
        pytest.param(saying(OK, then=hold), id="headers-that-stop"),
        pytest.param(saying(OK, b"X-A: ", then=repeating(b"b", 0.02)), id="header-drip"),
        pytest.param(saying(then=repeating(b"HTTP/1.1 100 Continue\r\n\r\n", 0.001)), id="endless-1xx"),
        pytest.param(saying(OK, b"Content-Length: 1000\r\n\r\n", then=hold), id="body-that-stops"),
        pytest.param(saying(OK, b"Content-Length: 1000\r\n\r\n", then=repeating(b".", 0.02)), id="body-drip"),
        pytest.param(saying(CHUNKED, then=repeating(b"1\r\n.\r\n", 0.02)), id="chunk-drip"),
        pytest.param(saying(CHUNKED, b"0\r\n", then=repeating(b"X-T: 1\r\n", 0.001)), id="endless-trailers"),
        pytest.param(saying(OK, b"\r\n", then=repeating(b".", 0.02)), id="body-to-the-end-drip"),
    ],
)
@pytest.mark.parametrize("tls", [False, True])
def test_the_limit_is_for_all_of_it(sockets: SocketFactory, handler: Handler, tls: bool) -> None:
    with RawServer(under_tls(handler) if tls else handler) as server:
        url = f"https://127.0.0.1:{server.port}" if tls else server.url
        with client_of(sockets, url, read_timeout=LIMIT, ca_file=AUTHORITY) as client:
            with Stopwatch() as watch, pytest.raises(NoAnswer) as caught:
                client.get("/")
            assert watch.elapsed > LIMIT - 0.05
            assert watch.seconds < LIMIT + SOON
            assert caught.value.problem.code is ProblemCode.NO_ANSWER
            assert caught.value.problem.parameter("seconds") == LIMIT
            assert sockets.open_count == 0


def test_tls_handshake_that_is_never_answered(sockets: SocketFactory) -> None:
    with (
        RawServer(hold) as server,
        client_of(sockets, f"https://127.0.0.1:{server.port}", read_timeout=LIMIT) as client,
    ):
        with Stopwatch() as watch, pytest.raises(NoAnswer):
            client.get("/")
        assert watch.seconds < LIMIT + SOON


def test_a_request_that_nobody_reads(sockets: SocketFactory) -> None:
    frozen = threading.Event()

    def freeze(sock: socket.socket) -> None:
        frozen.wait(LONG_TIMEOUT)

    with RawServer(freeze) as server:
        with client_of(sockets, server.url) as client, pytest.raises(NoAnswer):
            client.request("POST", "/", data=bytes(64 * MEGABYTE), timeout=LIMIT)
        frozen.set()


# --- cut: ConnectionLost ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(saying(OK, b"Content-Length: 100\r\n\r\nshort"), id="body-cut"),
        pytest.param(saying(OK, b"Content-Length: 10000000000\r\n\r\nshort"), id="ten-gigabytes-cut"),
        pytest.param(saying(CHUNKED, b"5\r\nhel"), id="chunk-cut"),
        pytest.param(saying(CHUNKED, b"5\r\nhello\r\n"), id="last-chunk-missing"),
        pytest.param(saying(CHUNKED, b"zz\r\nhello\r\n"), id="chunk-of-no-size"),
        pytest.param(saying(OK, b"Content-Length: 3\r\n"), id="headers-cut"),
        pytest.param(saying(OK, b"Content-Type: text/html\r\n"), id="headers-cut-before-the-length"),
        pytest.param(saying(OK, b"Content-Ty"), id="header-cut"),
        pytest.param(saying(OK), id="headers-missing"),
        pytest.param(saying(b"HTTP/1.1 204 No Content\r\n"), id="head-of-no-body-cut"),
        pytest.param(saying(b"HTTP/1.1 200 O"), id="status-line-cut"),
    ],
)
def test_an_answer_that_is_cut(sockets: SocketFactory, handler: Handler) -> None:
    error = fails(sockets, handler)
    assert isinstance(error, ConnectionLost)
    assert error.problem.code is ProblemCode.CONNECTION_LOST
    assert error.problem.detail.endswith("closed in the middle of the answer")


def test_a_reset_in_the_middle(sockets: SocketFactory) -> None:
    body = b"x" * 5 * MEGABYTE
    with (
        RawServer(serve(answer(body))) as server,
        TcpProxy(("127.0.0.1", server.port), cut_after=MEGABYTE) as proxy,
        client_of(sockets, proxy.url) as client,
    ):
        assert client.get("/", limit=len(body)).body == body
        proxy.mode = "cut"
        with pytest.raises(ConnectionLost):
            client.get("/", limit=len(body))
        proxy.mode = "reset"
        with pytest.raises((ConnectionLost, Unreachable)):  # a reset may come before connect() is over
            client.get("/", limit=len(body))
        proxy.mode = "pass"
        assert client.get("/", limit=len(body)).body == body


# --- too much: AnswerTooLarge, and little memory ------------------------------------------------------------


def gzip_bomb(sock: socket.socket) -> None:
    """A quarter of a gigabyte of zeros in a quarter of a megabyte."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(256)) + packer.flush()
    sock.sendall(OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed)


endless = repeating(b"x" * 65536)
endless_chunks = repeating(b"10000\r\n" + b"x" * 65536 + b"\r\n")


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(saying(OK, b"\r\n", then=endless), id="endless"),
        pytest.param(saying(CHUNKED, then=endless_chunks), id="endless-chunks"),
        pytest.param(saying(OK, b"Content-Length: 10000000000\r\n\r\n", then=endless), id="ten-gigabytes"),
        pytest.param(saying(then=gzip_bomb), id="gzip-bomb"),
        pytest.param(saying(b"HTTP/1.1 302 F\r\nLocation: /\r\n\r\n", then=endless), id="endless-redirect"),
        pytest.param(saying(b"HTTP/1.1 500 Broken\r\n\r\n", then=endless), id="endless-error"),
    ],
)
def test_a_body_over_the_limit(sockets: SocketFactory, handler: Handler) -> None:
    with RawServer(handler) as server, client_of(sockets, server.url) as client:
        fails(sockets, saying(b"x"))  # loads the packages, which take memory of their own
        tracemalloc.start()
        try:
            with pytest.raises(AnswerTooLarge) as caught:
                client.get("/", limit=MEGABYTE)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert caught.value.problem.parameter("limit") == MEGABYTE
        assert peak < 16 * MEGABYTE
        assert sockets.open_count == 0


def test_an_honest_gzip_body_is_decoded(sockets: SocketFactory) -> None:
    raw = answer(gzip.compress(b'{"a": 1}'), "200 OK", "Content-Encoding: gzip")
    with RawServer(serve(raw)) as server, client_of(sockets, server.url) as client:
        assert client.get_json("/") == {"a": 1}


# --- no HTTP ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", ProblemCode.NOT_HTTP),
        (b"\x00\x01\x02\xff\xfe\x1b[31m\r\n", ProblemCode.NOT_HTTP),
        (b"<html>hello</html>\r\n", ProblemCode.NOT_HTTP),
        (b"HTTP/1.1 abc OK\r\n\r\n", ProblemCode.NOT_HTTP),
        (b"HTTP/9.9 200 OK\r\n\r\n", ProblemCode.NOT_HTTP),
        (b"x" * 70_000 + b"\r\n", ProblemCode.MALFORMED),
        (OK + b"X: 1\r\n" * 200 + b"\r\n", ProblemCode.MALFORMED),
        (OK + b"X: " + b"y" * 70_000 + b"\r\n\r\n", ProblemCode.MALFORMED),
        (OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", ProblemCode.MALFORMED),
        (OK + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", ProblemCode.MALFORMED),
    ],
)
def test_what_is_no_http(sockets: SocketFactory, reply: bytes, code: ProblemCode) -> None:
    error = fails(sockets, saying(reply))
    assert isinstance(error, ProtocolError)
    assert error.problem.code is code
    assert error.problem.detail.isprintable()
    assert len(error.problem.detail) < 400
    assert error.__cause__ is not None


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.0 200 OK\r\n\r\n{}",
        OK + b"Content-Length: -5\r\n\r\n{}",
        OK + b"Content-Length: abc\r\n\r\n{}",
        OK + b"no colon\r\nContent-Length: 2\r\n\r\n{}",
        OK + "X-Name: é\r\nContent-Length: 2\r\n\r\n{}".encode(),
        OK + b"Set-Cookie: a=b; expires=nonsense; domain=.com\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_sloppy_servers_are_understood(sockets: SocketFactory, reply: bytes) -> None:
    with RawServer(saying(reply)) as server, client_of(sockets, server.url) as client:
        assert client.get_json("/") == {}


# --- cut by ourselves ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(hold, id="no-answer"),
        pytest.param(saying(OK, b"Content-Length: 9\r\n\r\n", then=hold), id="in-the-body"),
        pytest.param(saying(CHUNKED, b"1\r\n.\r\n", then=hold), id="in-a-chunked-body"),
    ],
)
@pytest.mark.parametrize("tls", [False, True])
def test_drop_ends_a_request_to_a_frozen_peer(sockets: SocketFactory, handler: Handler, tls: bool) -> None:
    with RawServer(under_tls(handler) if tls else handler) as server:
        url = f"https://127.0.0.1:{server.port}" if tls else server.url
        with client_of(sockets, url, ca_file=AUTHORITY) as client:
            start = time.monotonic()
            with Stopwatch() as watch:
                request = Outcome(lambda: client.get("/"))
                while request.is_alive() and time.monotonic() - start < LONG_TIMEOUT:
                    request.join(0.02)
                    sockets.drop()
                assert isinstance(request.wait(), Cancelled)
            assert watch.seconds < 1.0 + SOON


def test_many_failures_leave_nothing(sockets: SocketFactory) -> None:
    redirect = serve(answer(b"", "302 Found", "Location: /"))
    handlers = (saying(b"x"), saying(OK, b"Content-Length: 9\r\n\r\nx"), redirect)
    turn = itertools.count()

    def misbehave(sock: socket.socket) -> None:
        handlers[next(turn) % len(handlers)](sock)

    with RawServer(misbehave) as server, client_of(sockets, server.url) as client:
        for _ in range(300):
            with pytest.raises(ServiceError):
                client.get("/")
        assert sockets.open_count <= 1
        assert client.requests_sent == 300
        eventually(lambda: len(open_sockets()) < 50)
        eventually(lambda: threading.active_count() < 50)
