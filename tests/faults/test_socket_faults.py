"""Connections that are cut from another thread, or held up by the other side."""

from __future__ import annotations

import gc
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable

import pytest
from movie_director.core.errors import Cancelled
from movie_director.transport.owned_socket import OwnedSocket
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT
from tests.outcome import Outcome
from tests.servers.black_hole import BlackHole
from tests.servers.plain import RawServer, hold
from tests.servers.tcp_proxy import LINGER_ZERO
from tests.servers.tls import open_to, under_tls
from tests.stopwatch import Stopwatch

pytestmark = pytest.mark.faults

SOON = 0.5
"""The law: a thread is stopped within this many seconds, even with its peer frozen."""


# --- being cut ----------------------------------------------------------------------------------------------


def cut_while(sockets: SocketFactory, run: Callable[[], object]) -> BaseException | None:
    """Drop again and again, since nobody can say when a thread has begun to wait; return what it raised."""
    start = time.monotonic()
    with Stopwatch() as watch:
        thread = Outcome(run)
        while thread.is_alive() and time.monotonic() - start < LONG_TIMEOUT:
            sockets.drop()
            thread.join(0.01)
    assert watch.seconds < SOON
    return thread.wait()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_drop_ends_a_connect(sockets: SocketFactory, host: str) -> None:
    with BlackHole() as hole:
        error = cut_while(sockets, lambda: sockets.connect(host, hole.port, timeout=LONG_TIMEOUT))
    assert isinstance(error, Cancelled)


def test_drop_ends_the_wait_for_a_look_up() -> None:
    release = threading.Event()

    def lookup(*_: object, **__: object) -> list[tuple[object, ...]]:
        release.wait(LONG_TIMEOUT)
        return []

    sockets = SocketFactory("test", lookup=lookup)
    error = cut_while(sockets, lambda: sockets.connect("x.example", 80, timeout=LONG_TIMEOUT))
    release.set()
    assert isinstance(error, Cancelled)


@pytest.mark.parametrize("tls", [False, True])
def test_drop_ends_a_read_from_a_frozen_peer(sockets: SocketFactory, tls: bool) -> None:
    """Many times, since the interesting moment is that in which the read begins."""
    with RawServer(under_tls(hold) if tls else hold) as server:
        for _ in range(20):
            with open_to(sockets, server.port, tls) as sock:
                reading = threading.Event()

                def read(sock: OwnedSocket = sock, reading: threading.Event = reading) -> None:
                    reading.set()
                    sock.recv(1)

                thread = Outcome(read)
                assert reading.wait(LONG_TIMEOUT)
                with Stopwatch() as watch:
                    sockets.drop()
                    assert isinstance(thread.wait(), Cancelled)
                assert watch.seconds < SOON
                assert sockets.open_count == 0


def test_drop_ends_a_write_to_a_frozen_peer(sockets: SocketFactory) -> None:
    frozen = threading.Event()

    def freeze(sock: socket.socket) -> None:
        frozen.wait(LONG_TIMEOUT)

    with RawServer(freeze) as server:
        with sockets.connect("127.0.0.1", server.port, timeout=LONG_TIMEOUT) as sock:
            thread = Outcome(lambda: sock.sendall(bytes(64 * 1024 * 1024)))
            thread.join(0.1)
            assert thread.is_alive()
            with Stopwatch() as watch:
                sockets.drop()
                assert isinstance(thread.wait(), Cancelled)
            assert watch.seconds < SOON
        frozen.set()


def test_drop_ends_a_select(sockets: SocketFactory) -> None:
    with (
        RawServer(hold) as server,
        sockets.connect("127.0.0.1", server.port, timeout=LONG_TIMEOUT) as sock,
        selectors.DefaultSelector() as selector,
    ):
        selector.register(sock, selectors.EVENT_READ)
        assert selector.select(0) == []
        sockets.drop()
        assert selector.select(LONG_TIMEOUT) != []
        with pytest.raises(Cancelled):
            sock.recv(1)
        with pytest.raises(Cancelled):
            sock.send(b"x")


def test_drop_ends_a_tls_handshake_with_a_mute_peer(sockets: SocketFactory) -> None:
    with RawServer(hold) as server:
        error = cut_while(sockets, lambda: open_to(sockets, server.port, tls=True))
    assert isinstance(error, Cancelled)
    assert sockets.open_count == 0


def test_the_peer_sees_a_drop_at_once(sockets: SocketFactory) -> None:
    ended = threading.Event()

    def hold_to_the_end(sock: socket.socket) -> None:
        hold(sock)
        ended.set()

    with (
        RawServer(hold_to_the_end) as server,
        sockets.connect("127.0.0.1", server.port, timeout=LONG_TIMEOUT),
    ):
        with Stopwatch() as watch:
            sockets.drop()
            assert ended.wait(LONG_TIMEOUT)
        assert watch.seconds < SOON


def test_after_a_drop_connections_are_made_again_after_a_close_never(sockets: SocketFactory) -> None:
    with RawServer(hold) as server:
        sockets.drop()
        sockets.connect("127.0.0.1", server.port, timeout=LONG_TIMEOUT).close()
        sockets.close()
        with pytest.raises(Cancelled):
            sockets.connect("127.0.0.1", server.port, timeout=LONG_TIMEOUT)
        assert sockets.opened_total == 1


def test_drops_from_several_threads_and_the_owner_closing(sockets: SocketFactory) -> None:
    """A cut must never hit a descriptor that the owner has closed and somebody else has opened."""
    over = threading.Event()

    def keep_dropping() -> None:
        while not over.is_set():
            sockets.drop()

    left, right = socket.socketpair()
    with RawServer(hold) as server, left, right:
        droppers = [Outcome(keep_dropping) for _ in range(2)]
        done = 0
        while done < 300:
            try:
                with sockets.connect("127.0.0.1", server.port, timeout=LONG_TIMEOUT):
                    done += 1
            except Cancelled:
                continue
            pair = socket.socketpair()  # takes the number that was just freed
            pair[0].send(b"still here")
            assert pair[1].recv(16) == b"still here"
            for sock in pair:
                sock.close()
        over.set()
        assert [thread.wait() for thread in droppers] == [None, None]


# --- time limits --------------------------------------------------------------------------------------------


def drip(sock: socket.socket) -> None:
    """One byte every 20 ms, for ever."""
    pause = threading.Event()
    while not pause.wait(0.02):
        sock.sendall(b".")


@pytest.mark.parametrize("tls", [False, True])
def test_deadline_ends_a_drip(sockets: SocketFactory, tls: bool) -> None:
    with RawServer(under_tls(drip) if tls else drip) as server, open_to(sockets, server.port, tls) as sock:
        sock.settimeout(LONG_TIMEOUT)
        with Stopwatch() as watch:
            sock.deadline = time.monotonic() + 0.3
            with sock.makefile("rb") as file, pytest.raises(TimeoutError):
                file.read(1_000_000)
        assert watch.elapsed > 0.29
        assert watch.seconds < 0.3 + SOON
        assert sock.received > 1
        with pytest.raises(TimeoutError):
            sock.send(b"too late")
        sock.deadline = None
        assert sock.recv(1) == b"."


@pytest.mark.parametrize("tls", [False, True])
def test_timeout_of_one_operation(sockets: SocketFactory, tls: bool) -> None:
    """Longer than the slices in which a wait looks up."""
    with RawServer(under_tls(hold) if tls else hold) as server, open_to(sockets, server.port, tls) as sock:
        sock.settimeout(0.4)
        with Stopwatch() as watch, pytest.raises(TimeoutError):
            sock.recv(1)
        assert watch.elapsed > 0.39
        assert watch.seconds < 0.4 + SOON
        assert sock.gettimeout() == 0.4


@pytest.mark.parametrize("tls", [False, True])
def test_deadline_of_a_write(sockets: SocketFactory, tls: bool) -> None:
    frozen = threading.Event()

    def freeze(sock: socket.socket) -> None:
        frozen.wait(LONG_TIMEOUT)

    with RawServer(under_tls(freeze) if tls else freeze) as server:
        with open_to(sockets, server.port, tls) as sock:
            sock.deadline = time.monotonic() + 0.4
            with pytest.raises(TimeoutError):
                sock.sendall(bytes(64 * 1024 * 1024))
        frozen.set()


@pytest.mark.slow
@pytest.mark.parametrize("tls", [False, True])
def test_long_transfer_in_both_directions(sockets: SocketFactory, tls: bool) -> None:
    """Slow enough for the slices of a wait to pass in the middle: nothing may be lost or doubled."""
    size = 3_000_000
    data = bytes(range(250)) * (size // 250)

    def echo_late(sock: socket.socket) -> None:
        got = b""
        while len(got) < size:
            got += sock.recv(65536)
            if len(got) < 65536:
                threading.Event().wait(0.6)
        threading.Event().wait(0.6)
        sock.sendall(got)

    with (
        RawServer(under_tls(echo_late) if tls else echo_late) as server,
        open_to(sockets, server.port, tls) as sock,
        sock.makefile("rb") as file,
    ):
        sock.deadline = time.monotonic() + LONG_TIMEOUT
        sock.sendall(data)
        assert file.read(size) == data
        assert sock.received == size


@pytest.mark.slow
def test_peer_that_resets_before_the_tls_handshake(sockets: SocketFactory) -> None:
    """The plain socket is used up by then; a descriptor without an owner would be warned of, and so fail."""

    def reset(sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
        sock.recv(1)

    with RawServer(reset) as server:
        for _ in range(20):
            sock = sockets.connect("127.0.0.1", server.port, timeout=LONG_TIMEOUT)
            sock.sendall(b"x")
            with selectors.DefaultSelector() as selector:
                selector.register(sock, selectors.EVENT_READ)
                selector.select(LONG_TIMEOUT)
            with pytest.raises(OSError, match=r"."):
                sockets.secure(sock, ssl.create_default_context(), "127.0.0.1")
            assert sockets.open_count == 0
            gc.collect()
