"""A hostile or dying WebSocket server: each misdeed is an error of ours, in time and in bounded memory."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator

import pytest
from movie_director.core.errors import (
    AnswerTooLarge,
    Cancelled,
    ConnectionLost,
    NoAnswer,
    ProblemCode,
    ProtocolError,
    ServiceError,
)
from movie_director.transport.sockets import SocketFactory
from movie_director.transport.websocket import WebSocket

from tests.conftest import LONG_TIMEOUT
from tests.outcome import Outcome
from tests.servers.plain import RawServer, hold, read_head
from tests.servers.tcp_proxy import LINGER_ZERO
from tests.servers.tls import AUTHORITY, under_tls
from tests.stopwatch import Stopwatch
from tests.ws_kit import (
    CLOSE,
    CONTINUATION,
    PING,
    TEXT,
    Handler,
    accept_answer,
    frame,
    saying,
    socket_to,
    upgraded,
)

pytestmark = pytest.mark.faults

LIMIT = 1.0
SOON = 0.5
MEGABYTE = 1024 * 1024


def receive_until_it_fails(websocket: WebSocket) -> None:
    end = time.monotonic() + LONG_TIMEOUT
    while time.monotonic() < end:
        websocket.receive(LONG_TIMEOUT)


def sending_for_ever(piece: bytes, every: float = 0.0) -> Handler:
    def talk(sock: socket.socket) -> None:
        pause = threading.Event()
        while not pause.wait(every):
            sock.sendall(piece)

    return talk


# --- handshake ----------------------------------------------------------------------------------------------


def answering(raw: bytes, then: Handler | None = None) -> Handler:
    def handle(sock: socket.socket) -> None:
        read_head(sock)
        sock.sendall(raw)
        if then:
            then(sock)

    return handle


NOT_FOUND = b"HTTP/1.1 404 Not Found\r\n"
WRONG_KEY = b"HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n"

header_drip = answering(b"HTTP/1.1 101 S\r\nX: ", sending_for_ever(b"x", 0.02))
endless_head = answering(b"HTTP/1.1 101 S\r\n", sending_for_ever(b"X: y\r\n" * 1000))
endless_refusal = answering(NOT_FOUND + b"Content-Length: 99999999999\r\n\r\n", sending_for_ever(b"x" * 9999))
refusal_that_stops = answering(NOT_FOUND + b"Content-Length: 100\r\n\r\n", hold)


@pytest.mark.parametrize(
    ("handler", "kind", "code"),
    [
        pytest.param(hold, NoAnswer, ProblemCode.NO_ANSWER, id="mute"),
        pytest.param(header_drip, NoAnswer, ProblemCode.NO_ANSWER, id="drip"),
        pytest.param(endless_head, ProtocolError, ProblemCode.STREAM_REFUSED, id="endless-head"),
        pytest.param(endless_refusal, ProtocolError, ProblemCode.STREAM_REFUSED, id="endless-refusal"),
        pytest.param(refusal_that_stops, ProtocolError, ProblemCode.STREAM_REFUSED, id="refusal-that-stops"),
        pytest.param(answering(b""), ConnectionLost, ProblemCode.STREAM_REFUSED, id="closed"),
        pytest.param(answering(b"SSH-2.0\r\n\r\n"), ProtocolError, ProblemCode.STREAM_REFUSED, id="no-http"),
        pytest.param(answering(b"\xff\xfe\r\n\r\n"), ProtocolError, ProblemCode.STREAM_REFUSED, id="garbage"),
        pytest.param(answering(WRONG_KEY), ProtocolError, ProblemCode.STREAM_REFUSED, id="wrong-key"),
    ],
)
def test_handshakes_that_fail(
    sockets: SocketFactory,
    handler: Handler,
    kind: type[ServiceError],
    code: ProblemCode,
) -> None:
    with RawServer(handler) as server:
        with (
            Stopwatch() as watch,
            pytest.raises(ServiceError) as caught,
            socket_to(sockets, server.url, timeout=LIMIT),
        ):
            pass
        assert watch.seconds < LIMIT + SOON
    assert type(caught.value) is kind
    assert caught.value.problem.code is code
    assert caught.value.problem.detail.isprintable()
    assert sockets.open_count == 0


# --- frames -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(frame(TEXT | 0x40, b"x"), id="reserved-bit"),
        pytest.param(frame(0x3, b"x"), id="unknown-opcode"),
        pytest.param(frame(CONTINUATION, b"x"), id="continuation-of-nothing"),
        pytest.param(frame(TEXT, b"x", final=False) + frame(TEXT, b"y"), id="message-in-a-message"),
        pytest.param(frame(PING, b"x", final=False), id="ping-in-parts"),
        pytest.param(frame(CLOSE, b"x"), id="close-with-half-a-code"),
        pytest.param(frame(CLOSE, b"\x00\x05"), id="close-with-no-code"),
    ],
)
def test_malformed_frames(sockets: SocketFactory, bad: bytes) -> None:
    with RawServer(saying(bad)) as server, socket_to(sockets, server.url) as websocket:
        with pytest.raises(ProtocolError) as caught:
            receive_until_it_fails(websocket)
        assert caught.value.problem.code is ProblemCode.MALFORMED
        with pytest.raises(ConnectionLost):
            websocket.receive(0.0)


@pytest.mark.parametrize(
    "big",
    [
        pytest.param(saying(frame(TEXT, announce=2**60)), id="exabyte-announced"),
        pytest.param(saying(frame(TEXT, announce=2**64 - 1)), id="most-that-can-be-announced"),
        pytest.param(saying(frame(TEXT, announce=MEGABYTE + 1)), id="one-byte-too-many"),
        pytest.param(
            saying(
                frame(TEXT, b"x", final=False),
                then=sending_for_ever(frame(CONTINUATION, b"x" * 60000, final=False)),
            ),
            id="endless-parts",
        ),
        pytest.param(saying(frame(PING, b"x" * 126)), id="ping-too-long"),
    ],
)
def test_messages_over_the_limit(sockets: SocketFactory, big: Handler) -> None:
    with (
        RawServer(big) as server,
        socket_to(sockets, server.url, message_limit=MEGABYTE) as websocket,
    ):
        tracemalloc.start()
        try:
            with pytest.raises(AnswerTooLarge) as caught:
                receive_until_it_fails(websocket)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert caught.value.problem.code is ProblemCode.TOO_LARGE
        assert peak < 8 * MEGABYTE


def test_a_message_of_exactly_the_limit_in_parts(sockets: SocketFactory) -> None:
    parts = [frame(TEXT, b"x" * 1000, final=False), frame(CONTINUATION, b"y" * 1000)]
    with (
        RawServer(saying(*parts, *parts)) as server,
        socket_to(sockets, server.url, message_limit=2000) as websocket,
    ):
        for _ in range(2):
            assert websocket.receive(LONG_TIMEOUT) is None
            message = websocket.receive(LONG_TIMEOUT)
            assert message is not None
            assert len(message.data) == 2000


def test_a_drip_does_not_hold_receive(sockets: SocketFactory) -> None:
    start_of_frame = frame(TEXT, announce=1000)
    with (
        RawServer(saying(start_of_frame, then=sending_for_ever(b"x", 0.02))) as server,
        socket_to(sockets, server.url) as websocket,
    ):
        started = time.monotonic()
        with Stopwatch() as watch:
            assert websocket.receive(LIMIT) is None
        assert watch.elapsed > LIMIT - 0.05
        assert watch.seconds < LIMIT + SOON
        assert websocket.last_received_at > started, "the drip was heard"


# --- frozen and dying peers ---------------------------------------------------------------------------------


@pytest.fixture
def frozen() -> Iterator[tuple[RawServer, str]]:
    """A server that accepts WebSockets and then neither reads nor writes; with its URL."""
    over = threading.Event()

    def freeze(sock: socket.socket) -> None:
        sock.sendall(accept_answer(read_head(sock)))
        over.wait(LONG_TIMEOUT)

    with RawServer(freeze) as server:
        yield server, server.url
        over.set()


def test_sending_to_a_frozen_peer_ends(sockets: SocketFactory, frozen: tuple[RawServer, str]) -> None:
    with socket_to(sockets, frozen[1]) as websocket:
        with Stopwatch() as sending, pytest.raises(ConnectionLost) as caught:
            websocket.send_text("x" * 32 * MEGABYTE, timeout=LIMIT)
        assert sending.seconds < LIMIT + 2.0  # masking 32 MB takes its time
        assert caught.value.problem.code is ProblemCode.STREAM_LOST
        with Stopwatch() as closing:
            websocket.close()
        assert closing.seconds < 0.1


def test_closing_with_a_full_send_buffer(sockets: SocketFactory, frozen: tuple[RawServer, str]) -> None:
    with socket_to(sockets, frozen[1]) as websocket:
        with socket.socket(fileno=socket.dup(websocket.fileno())) as same:
            same.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    same.send(bytes(MEGABYTE))
        with Stopwatch() as closing:
            websocket.close()
        assert closing.seconds < 0.1
        assert websocket.fileno() == -1


@pytest.mark.parametrize("tls", [False, True])
def test_drop_ends_a_receive(sockets: SocketFactory, tls: bool) -> None:
    handler = saying()
    with RawServer(under_tls(handler) if tls else handler) as server:
        url = f"wss://127.0.0.1:{server.port}" if tls else server.url
        with socket_to(sockets, url, ca_file=AUTHORITY) as websocket:
            receiving = Outcome(lambda: websocket.receive(LONG_TIMEOUT))
            receiving.join(0.05)
            with Stopwatch() as watch:
                sockets.drop()
                assert isinstance(receiving.wait(), Cancelled)
            assert watch.seconds < SOON


def test_drop_ends_a_handshake(sockets: SocketFactory) -> None:
    with RawServer(hold) as server:

        def connect() -> None:
            with socket_to(sockets, server.url):
                pass

        connecting = Outcome(connect)
        while connecting.is_alive():
            connecting.join(0.02)
            sockets.drop()
        assert isinstance(connecting.wait(), Cancelled)


def test_reset(sockets: SocketFactory) -> None:
    def reset(sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)

    with RawServer(upgraded(reset)) as server:
        with pytest.raises(ServiceError) as caught, socket_to(sockets, server.url) as websocket:
            receive_until_it_fails(websocket)
        assert isinstance(caught.value, ConnectionLost)


def test_a_flood_of_pings_from_a_peer_that_reads_nothing(sockets: SocketFactory) -> None:
    flood = upgraded(sending_for_ever(frame(PING, b"x" * 125) * 100))
    with RawServer(flood) as server, socket_to(sockets, server.url) as websocket:
        with pytest.raises(ConnectionLost) as caught:
            receive_until_it_fails(websocket)
        assert caught.value.problem.code is ProblemCode.STREAM_LOST
