"""The TCP proxy passes bytes on and breaks connections as told; the raw server serves what it is given."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.conftest import LONG_TIMEOUT, eventually

from .plain import RawServer, hold, read_head
from .tcp_proxy import GARBAGE, MODES, Mode, TcpProxy

SHORT = 0.2


def echo(sock: socket.socket) -> None:
    while data := sock.recv(65536):
        sock.sendall(data)


@pytest.fixture
def proxy() -> Iterator[TcpProxy]:
    with RawServer(echo) as server, TcpProxy(("127.0.0.1", server.port)) as running:
        yield running


def dial(proxy: TcpProxy, timeout: float = LONG_TIMEOUT) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout)


def said(sock: socket.socket, data: bytes) -> bytes:
    """What comes back for `data`."""
    sock.sendall(data)
    return received(sock, len(data))


def received(sock: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count and (more := sock.recv(65536)):
        data += more
    return data


def test_pass_counts_bytes_and_connections(proxy: TcpProxy) -> None:
    with dial(proxy) as sock:
        assert said(sock, b"x" * 300_000) == b"x" * 300_000
        assert proxy.open_connections() == 1
    eventually(lambda: proxy.open_connections() == 0)
    assert (proxy.connections, proxy.bytes_to_server, proxy.bytes_to_client) == (1, 300_000, 300_000)


def test_refuse_keeps_open_connections_and_comes_back(proxy: TcpProxy) -> None:
    with dial(proxy) as sock:
        assert said(sock, b"one") == b"one"
        proxy.mode = "refuse"
        with pytest.raises(ConnectionRefusedError):
            dial(proxy)
        assert said(sock, b"two") == b"two"
    proxy.mode = "pass"
    with dial(proxy) as sock:
        assert said(sock, b"three") == b"three"


def test_delay(proxy: TcpProxy) -> None:
    proxy.delay = 0.1
    proxy.mode = "delay"
    with dial(proxy) as sock:
        start = time.monotonic()
        assert said(sock, b"late") == b"late"
        assert time.monotonic() - start >= 0.2


def test_stall_and_resume(proxy: TcpProxy) -> None:
    with dial(proxy) as sock:
        assert said(sock, b"before") == b"before"
        proxy.mode = "stall"
        sock.settimeout(SHORT)
        with pytest.raises(TimeoutError):
            said(sock, b"during")
        sock.settimeout(LONG_TIMEOUT)
        proxy.mode = "pass"
        assert received(sock, 6) == b"during"


def test_stall_accepts_new_connections_without_a_word(proxy: TcpProxy) -> None:
    proxy.mode = "stall"
    with dial(proxy, SHORT) as sock, pytest.raises(TimeoutError):
        said(sock, b"hello")


def test_cut_after_some_bytes(proxy: TcpProxy) -> None:
    proxy.cut_after = 4
    with dial(proxy) as sock:
        assert said(sock, b"before") == b"before"
        proxy.mode = "cut"
        assert said(sock, b"0123456789") == b"0123"
        assert sock.recv(1) == b""


def test_reset(proxy: TcpProxy) -> None:
    with dial(proxy) as sock:
        assert said(sock, b"before") == b"before"
        proxy.mode = "reset"
        with pytest.raises(ConnectionResetError):
            sock.recv(1)


def test_garbage(proxy: TcpProxy) -> None:
    proxy.mode = "garbage"
    with dial(proxy) as sock:
        assert received(sock, len(GARBAGE)) == GARBAGE


def test_half_close(proxy: TcpProxy) -> None:
    with dial(proxy) as sock:
        assert said(sock, b"before") == b"before"
        proxy.mode = "half_close"
        assert sock.recv(1) == b""
        sock.sendall(b"still taken")
        assert proxy.open_connections() == 1
    eventually(lambda: proxy.open_connections() == 0)


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_left_in_any_mode(mode: Mode) -> None:
    with (
        RawServer(echo) as server,
        TcpProxy(("127.0.0.1", server.port), delay=60.0) as proxy,
        dial(proxy) as sock,
    ):
        assert said(sock, b"hello") == b"hello"
        proxy.mode = mode
        if mode not in ("reset", "garbage", "cut"):
            sock.sendall(b"more")
    names = [thread.name for thread in threading.enumerate()]
    assert [name for name in names if name.startswith(("proxy", "raw"))] == []


def test_unknown_mode_is_refused(proxy: TcpProxy) -> None:
    with pytest.raises(ValueError, match="half_close"):
        proxy.mode = "explode"  # type: ignore[assignment]


def test_a_dead_target_ends_the_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    with TcpProxy(address) as proxy, dial(proxy) as sock:
        assert sock.recv(1) == b""


def test_raw_server_sends_what_its_handler_writes_and_ends_those_that_hold() -> None:
    def handler(sock: socket.socket) -> None:
        head = read_head(sock)
        sock.sendall(head.split()[1])
        hold(sock)

    with (
        RawServer(handler) as server,
        socket.create_connection(("127.0.0.1", server.port), LONG_TIMEOUT) as sock,
    ):
        sock.sendall(b"GET /here HTTP/1.1\r\n\r\n")
        assert received(sock, 5) == b"/here"
        assert (server.accepted, server.open_connections()) == (1, 1)
