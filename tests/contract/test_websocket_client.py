"""Our WebSocket: its handshake, its messages, and its end."""

from __future__ import annotations

import selectors
import socket
import time

import pytest
from movie_director.core.errors import (
    ConfigError,
    ConnectionLost,
    ProblemCode,
    ProtocolError,
    Rejected,
    ServerFailed,
    ServiceError,
    Unreachable,
)
from movie_director.transport.sockets import SocketFactory
from movie_director.transport.websocket import Message, WebSocket

from tests.conftest import LONG_TIMEOUT, eventually, open_sockets
from tests.ports import FreePort
from tests.servers.plain import RawServer, hold, read_head
from tests.servers.tls import AUTHORITY, under_tls
from tests.stopwatch import Stopwatch
from tests.ws_kit import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    accept_answer,
    frame,
    read_frame,
    saying,
    socket_to,
    upgraded,
)


def next_message(websocket: WebSocket) -> Message:
    """The next message, whatever control frames and parts come before it."""
    end = time.monotonic() + LONG_TIMEOUT
    while time.monotonic() < end:
        message = websocket.receive(LONG_TIMEOUT)
        if message is not None:
            return message
    pytest.fail("no message")


# --- handshake ----------------------------------------------------------------------------------------------


def test_what_the_handshake_asks_for(sockets: SocketFactory) -> None:
    heads: list[bytes] = []
    with (
        RawServer(upgraded(hold, heads)) as server,
        socket_to(sockets, f"{server.url}/sub", "/ws?clientId=a b", headers={"X-Own": "yes"}),
    ):
        lines = heads[0].decode().split("\r\n")
    assert lines[0] == "GET /sub/ws?clientId=a%20b HTTP/1.1"
    assert f"Host: 127.0.0.1:{server.port}" in lines
    assert "X-Own: yes" in lines
    assert not [line for line in lines if line.startswith(("Origin", "Cookie", "Sec-WebSocket-Extensions"))]


def test_cookies_of_one_server_are_not_sent_to_another(sockets: SocketFactory) -> None:
    heads: list[bytes] = []
    cookie = "Set-Cookie: session=secret; Domain=127.0.0.1"
    with RawServer(upgraded(hold, heads, cookie)) as one, RawServer(upgraded(hold, heads)) as other:
        for server in (one, other):
            with socket_to(sockets, server.url):
                pass
    assert len(heads) == 2
    assert b"secret" not in heads[1]


def test_frames_in_the_same_packet_as_the_handshake(sockets: SocketFactory) -> None:
    def at_once(sock: socket.socket) -> None:
        sock.sendall(accept_answer(read_head(sock)) + frame(TEXT, b"one") + frame(TEXT, b"two"))
        hold(sock)

    with RawServer(at_once) as server, socket_to(sockets, server.url) as websocket:
        assert websocket.has_buffered
        assert websocket.receive(0.0) == Message("one")
        assert websocket.has_buffered
        assert websocket.receive(0.0) == Message("two")
        assert not websocket.has_buffered
        assert websocket.receive(0.0) is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("200 OK", ProtocolError),
        ("302 Found", ProtocolError),
        ("401 Unauthorized", Rejected),
        ("403 Forbidden", Rejected),
        ("404 Not Found", ProtocolError),
        ("500 Broken", ServerFailed),
    ],
)
@pytest.mark.parametrize("rest", ["\r\n\r\n", "\r\nContent-Length: 5\r\n\r\nhello"])
def test_refused_handshake(sockets: SocketFactory, status: str, kind: type[ServiceError], rest: str) -> None:
    def refuse(sock: socket.socket) -> None:
        read_head(sock)
        sock.sendall(f"HTTP/1.1 {status}\r\nLocation: http://127.0.0.1:1/{rest}".encode())

    with RawServer(refuse) as server, pytest.raises(ServiceError) as caught, socket_to(sockets, server.url):
        pass
    assert type(caught.value) is kind
    assert caught.value.problem.code is ProblemCode.STREAM_REFUSED
    assert caught.value.problem.parameter("status") == int(status[:3])
    assert f"HTTP {status[:3]}" in caught.value.problem.detail
    assert sockets.open_count == 0


def test_nobody_there(sockets: SocketFactory, free_port: FreePort) -> None:
    with pytest.raises(Unreachable), socket_to(sockets, f"http://127.0.0.1:{free_port()}"):
        pass


def test_header_that_cannot_be_sent(sockets: SocketFactory) -> None:
    headers = {"Authorization": "two\r\nlines"}
    with pytest.raises(ConfigError), socket_to(sockets, "ws://127.0.0.1:1", headers=headers):
        pass


# --- messages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (frame(TEXT, "hällo".encode()), "hällo"),
        (frame(TEXT), ""),
        (frame(TEXT, b"bad \xff utf"), "bad \ufffd utf"),
        (frame(BINARY, b"\x00\xff"), b"\x00\xff"),
        (frame(BINARY, bytes(300)), bytes(300)),
        (frame(BINARY, bytes(100_000)), bytes(100_000)),
        (
            frame(TEXT, b"one ", final=False)
            + frame(PING, b"?")
            + frame(CONTINUATION, b"two ", final=False)
            + frame(CONTINUATION)
            + frame(TEXT, b"three"),
            "one two ",
        ),
    ],
)
def test_messages(sockets: SocketFactory, sent: bytes, expected: str | bytes) -> None:
    with RawServer(saying(sent)) as server, socket_to(sockets, server.url) as websocket:
        assert next_message(websocket) == Message(expected)


def test_what_is_sent(sockets: SocketFactory) -> None:
    got: list[tuple[int, bytes]] = []

    def listen(sock: socket.socket) -> None:
        while (one := read_frame(sock))[0] != -1:
            got.append(one)
            sock.sendall(frame(TEXT, b"got it"))

    texts = ["", "hällo", "x" * 200, "y" * 70_000]
    with RawServer(upgraded(listen)) as server, socket_to(sockets, server.url) as websocket:
        for text in texts:
            websocket.send_text(text, timeout=LONG_TIMEOUT)
            next_message(websocket)
        websocket.ping()
        next_message(websocket)
    assert got == [*((TEXT, text.encode()) for text in texts), (PING, b""), (CLOSE, b"\x03\xe8")]


def test_pings_are_answered(sockets: SocketFactory) -> None:
    def ask(sock: socket.socket) -> None:
        sock.sendall(frame(PING, b"are you there"))
        opcode, payload = read_frame(sock)
        sock.sendall(frame(TEXT, b"%d %s" % (opcode, payload)))
        hold(sock)

    with RawServer(upgraded(ask)) as server, socket_to(sockets, server.url) as websocket:
        assert websocket.receive(LONG_TIMEOUT) is None
        assert next_message(websocket) == Message(f"{PONG} are you there")


def test_pongs_are_signs_of_life(sockets: SocketFactory) -> None:
    def answer_pings(sock: socket.socket) -> None:
        while read_frame(sock)[0] == PING:
            sock.sendall(frame(PONG))

    with RawServer(upgraded(answer_pings)) as server, socket_to(sockets, server.url) as websocket:
        before = websocket.last_received_at
        websocket.ping()
        asked = time.monotonic()
        assert websocket.receive(LONG_TIMEOUT) is None
        assert websocket.last_received_at >= asked > before


def test_nothing_to_receive(sockets: SocketFactory) -> None:
    with RawServer(saying()) as server, socket_to(sockets, server.url) as websocket:
        with Stopwatch() as at_once:
            assert websocket.receive(0.0) is None
        with Stopwatch() as watch:
            assert websocket.receive(0.1) is None
        assert at_once.seconds < 0.05
        assert watch.elapsed > 0.09
        assert watch.seconds < 0.5


@pytest.mark.parametrize("tls", [False, True])
def test_parts_of_a_frame_are_kept(sockets: SocketFactory, tls: bool) -> None:
    """Byte by byte, each sent only when the client has looked in vain."""
    whole = frame(TEXT, "hällo".encode() * 30) + frame(TEXT, b"next")

    def dribble(sock: socket.socket) -> None:
        for place in range(len(whole)):
            sock.sendall(whole[place : place + 1])
            assert read_frame(sock)[0] == TEXT
        hold(sock)

    handler = upgraded(dribble)
    with RawServer(under_tls(handler) if tls else handler) as server:
        url = f"wss://127.0.0.1:{server.port}" if tls else server.url
        with socket_to(sockets, url, ca_file=AUTHORITY) as websocket, selectors.DefaultSelector() as selector:
            selector.register(websocket, selectors.EVENT_READ)
            got = []
            for _ in whole:
                assert websocket.has_buffered or selector.select(LONG_TIMEOUT)
                got.append(websocket.receive(0.0))
                websocket.send_text("more", timeout=LONG_TIMEOUT)
    assert [message for message in got if message] == [Message("hällo" * 30), Message("next")]


@pytest.mark.parametrize("tls", [False, True])
def test_twenty_thousand_messages_without_loss(sockets: SocketFactory, tls: bool) -> None:
    count = 20_000

    def flood(sock: socket.socket) -> None:
        for first in range(0, count, 100):
            sock.sendall(b"".join(frame(TEXT, b"%06d" % n) for n in range(first, first + 100)))
        hold(sock)

    handler = upgraded(flood)
    with RawServer(under_tls(handler) if tls else handler) as server:
        url = f"wss://127.0.0.1:{server.port}" if tls else server.url
        with socket_to(sockets, url, ca_file=AUTHORITY) as websocket, selectors.DefaultSelector() as selector:
            selector.register(websocket, selectors.EVENT_READ)
            for number in range(count):
                if not websocket.has_buffered:
                    assert selector.select(LONG_TIMEOUT)
                message = websocket.receive(LONG_TIMEOUT)
                assert message is not None
                assert message.data == f"{number:06d}"


# --- the end ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "detail"),
    [
        (b"", "closed by the peer without a word"),
        (frame(CLOSE), "closed by the peer"),
        (frame(CLOSE, b"\x03\xe9going away"), "closed by the peer with code 1001 going away"),
        (frame(TEXT, b"half", announce=100), "closed by the peer without a word"),
    ],
)
def test_end_by_the_peer(sockets: SocketFactory, last: bytes, detail: str) -> None:
    with (
        RawServer(saying(last, then=lambda sock: None)) as server,
        socket_to(sockets, server.url) as websocket,
    ):
        with pytest.raises(ConnectionLost) as caught:
            websocket.receive(LONG_TIMEOUT)
        assert caught.value.problem.code is ProblemCode.STREAM_LOST
        assert caught.value.problem.detail == f"WebSocket to 127.0.0.1:{server.port}: {detail}"
        for use in (websocket.ping, lambda: websocket.receive(0.0)):
            with pytest.raises(ConnectionLost):
                use()


def test_close_is_polite_and_final(sockets: SocketFactory) -> None:
    with RawServer(saying()) as server, socket_to(sockets, server.url) as websocket:
        websocket.close()
        websocket.close()
        assert websocket.fileno() == -1
        assert not websocket.has_buffered
        assert sockets.open_count == 0
        with pytest.raises(ConnectionLost):
            websocket.send_text("too late", timeout=1.0)


def test_opening_and_closing_leaves_nothing(sockets: SocketFactory) -> None:
    with RawServer(saying(frame(TEXT, b"hi"))) as server:
        for _ in range(300):
            with socket_to(sockets, server.url) as websocket:
                assert next_message(websocket) == Message("hi")
        assert sockets.opened_total == 300
        eventually(lambda: len(open_sockets()) < 50)


# --- TLS ----------------------------------------------------------------------------------------------------


def test_wss(sockets: SocketFactory) -> None:
    with (
        RawServer(under_tls(saying(frame(TEXT, b"secret")))) as server,
        socket_to(sockets, f"wss://localhost:{server.port}", ca_file=AUTHORITY) as websocket,
    ):
        assert next_message(websocket) == Message("secret")


def test_wss_of_an_unknown_authority(sockets: SocketFactory) -> None:
    with (
        RawServer(under_tls(saying())) as server,
        pytest.raises(ProtocolError) as caught,
        socket_to(sockets, f"wss://127.0.0.1:{server.port}"),
    ):
        pass
    assert caught.value.problem.code is ProblemCode.CERTIFICATE_UNKNOWN
