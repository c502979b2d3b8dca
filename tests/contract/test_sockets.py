"""The socket factory: every way to connect, to fail to, and to be cut."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from movie_director.core.errors import Cancelled, ProblemCode, ServiceError, Unreachable
from movie_director.transport.failures import connect_code
from movie_director.transport.owned_socket import OwnedSocket, SocketRegistry
from movie_director.transport.race import is_connected_to_itself
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT, eventually, open_sockets
from tests.outcome import Outcome
from tests.ports import FreePort
from tests.servers.black_hole import BlackHole
from tests.servers.plain import RawServer, hold
from tests.servers.tls import open_to, under_tls
from tests.stopwatch import Stopwatch

SOON = 0.5


def lookup_of(*addresses: tuple[str, int]) -> Callable[..., list[tuple[Any, ...]]]:
    """A look-up that finds these hosts for every name; ports are those of connect()."""

    def lookup(host: str, port: object, **options: object) -> list[tuple[Any, ...]]:
        return [(family_of(ip), socket.SOCK_STREAM, 6, "", (ip, 0)) for ip, _ in addresses]

    return lookup


def family_of(host: str) -> int:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


# --- connecting ---------------------------------------------------------------------------------------------


def test_connect_gives_a_blocking_tuned_socket(sockets: SocketFactory) -> None:
    with RawServer(hold) as server, sockets.connect("127.0.0.1", server.port, timeout=LONG_TIMEOUT) as sock:
        assert sock.getpeername() == ("127.0.0.1", server.port)
        assert sock.gettimeout() is None
        assert not sock.get_inheritable()
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert (sockets.open_count, sockets.opened_total) == (1, 1)
    assert (sockets.open_count, sockets.opened_total) == (0, 1)


@pytest.mark.parametrize("host", ["localhost", "comfy.localhost"])
@pytest.mark.parametrize("listening", ["127.0.0.1", "::1"])
def test_localhost_is_found_on_either_family(sockets: SocketFactory, host: str, listening: str) -> None:
    with RawServer(hold, listening) as server:
        for _ in range(3):
            with sockets.connect(host, server.port, timeout=LONG_TIMEOUT) as sock:
                assert sock.getpeername()[0] == listening


def test_localhost_stays_with_the_family_that_won(sockets: SocketFactory) -> None:
    with RawServer(hold, "127.0.0.1") as server:
        sockets.connect("localhost", server.port, timeout=LONG_TIMEOUT).close()
        with RawServer(hold, "::1", server.port) as other:
            for _ in range(20):
                with sockets.connect("localhost", server.port, timeout=LONG_TIMEOUT) as sock:
                    assert sock.getpeername()[0] == "127.0.0.1"
            assert other.accepted == 0


def test_localhost_changes_the_family_when_the_winner_is_gone(sockets: SocketFactory) -> None:
    with RawServer(hold, "127.0.0.1") as server:
        sockets.connect("localhost", server.port, timeout=LONG_TIMEOUT).close()
    with (
        RawServer(hold, "::1", server.port),
        sockets.connect("localhost", server.port, timeout=LONG_TIMEOUT) as sock,
    ):
        assert sock.getpeername()[0] == "::1"


def test_localhost_does_not_wait_for_a_mute_family(sockets: SocketFactory) -> None:
    with BlackHole("127.0.0.1") as hole, RawServer(hold, "::1", hole.port):
        with Stopwatch() as watch, sockets.connect("localhost", hole.port, timeout=LONG_TIMEOUT) as sock:
            assert sock.getpeername()[0] == "::1"
        assert watch.seconds < 0.25


def test_a_name_with_a_mute_address_falls_to_the_next_one() -> None:
    with BlackHole("127.0.0.1") as hole, RawServer(hold, "127.0.0.2", hole.port):
        sockets = SocketFactory("test", lookup=lookup_of(("127.0.0.1", 0), ("127.0.0.2", 0)))
        with Stopwatch() as watch, sockets.connect("two.example", hole.port, timeout=LONG_TIMEOUT) as sock:
            assert sock.getpeername()[0] == "127.0.0.2"
        assert watch.elapsed > 0.2
        assert watch.seconds < 2.0
        with sockets.connect("two.example", hole.port, timeout=LONG_TIMEOUT) as sock:
            assert sock.getpeername()[0] == "127.0.0.2"
        assert sockets.opened_total == 2


def test_a_name_with_a_refusing_address_falls_to_the_next_one_at_once() -> None:
    with RawServer(hold, "127.0.0.2") as server:
        sockets = SocketFactory("test", lookup=lookup_of(("127.0.0.1", 0), ("127.0.0.2", 0)))
        with Stopwatch() as watch:
            sockets.connect("two.example", server.port, timeout=LONG_TIMEOUT).close()
        assert watch.seconds < 0.25


def test_families_of_a_name_take_turns() -> None:
    with RawServer(hold, "::1") as server:
        many_dead = [(f"127.0.0.{last}", 0) for last in range(1, 30)]
        sockets = SocketFactory("test", lookup=lookup_of(*many_dead, ("::1", 0)))
        with sockets.connect("many.example", server.port, timeout=LONG_TIMEOUT) as sock:
            assert sock.getpeername()[0] == "::1"


# --- not connecting -----------------------------------------------------------------------------------------


def failure(sockets: SocketFactory, host: str, port: int, timeout: float = LONG_TIMEOUT) -> ServiceError:
    with pytest.raises(Unreachable) as caught:
        sockets.connect(host, port, timeout=timeout)
    return caught.value


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_refused(sockets: SocketFactory, host: str, free_port: FreePort) -> None:
    port = free_port()
    problem = failure(sockets, host, port).problem
    assert problem.code is ProblemCode.REFUSED
    assert problem.parameter("address") == (f"[::1]:{port}" if host == "::1" else f"{host}:{port}")
    assert f":{port}: Connection refused (ECONNREFUSED)" in problem.detail


def test_unknown_name(sockets: SocketFactory) -> None:
    problem = failure(sockets, "nowhere.invalid", 80).problem
    assert problem.code is ProblemCode.NAME_UNKNOWN
    assert problem.detail.startswith("look up nowhere.invalid: ")


def test_zone_of_no_interface(sockets: SocketFactory) -> None:
    assert failure(sockets, "fe80::1%nowhere", 80).problem.code is ProblemCode.NAME_UNKNOWN


@pytest.mark.parametrize("found", [[], UnicodeError("label too long")])
def test_name_without_an_address(found: list[Any] | Exception) -> None:
    def lookup(*_: object, **__: object) -> list[Any]:
        if isinstance(found, Exception):
            raise found
        return found

    sockets = SocketFactory("test", lookup=lookup)
    assert failure(sockets, "x.example", 80).problem.code is ProblemCode.NAME_UNKNOWN


def test_no_route(sockets: SocketFactory) -> None:
    assert failure(sockets, "192.0.2.1", 80).problem.code is ProblemCode.NO_ROUTE


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_connect_timeout_is_for_the_whole_connect(sockets: SocketFactory, host: str) -> None:
    with BlackHole() as hole:
        with Stopwatch() as watch:
            problem = failure(sockets, host, hole.port, timeout=0.3).problem
        assert watch.elapsed > 0.29
        assert watch.seconds < 0.3 + SOON
    expected = ProblemCode.CONNECT_TIMEOUT if host == "127.0.0.1" else ProblemCode.REFUSED  # nothing at ::1
    assert problem.code is expected
    assert "ETIMEDOUT" in problem.detail
    assert (problem.parameter("host"), problem.parameter("seconds")) == (host, 0.3)


def test_look_up_that_hangs_is_left_behind_and_shared() -> None:
    release, asked = threading.Event(), []

    def lookup(host: str, *_: object, **__: object) -> list[Any]:
        asked.append(threading.current_thread())
        release.wait(LONG_TIMEOUT)
        return []

    sockets = SocketFactory("comfyui", lookup=lookup)
    for _ in range(3):
        with Stopwatch() as watch:
            problem = failure(sockets, "slow.example", 80, timeout=0.05).problem
        assert watch.seconds < SOON
        assert problem.code is ProblemCode.NAME_UNKNOWN
    assert [(thread.name, thread.daemon) for thread in asked] == [
        ("movie-director comfyui: look up slow.example", True)
    ]
    release.set()
    asked[0].join(LONG_TIMEOUT)
    failure(sockets, "slow.example", 80)
    assert len(asked) == 2
    asked[1].join(LONG_TIMEOUT)


def test_many_wait_for_one_look_up() -> None:
    release, asked = threading.Event(), []

    def lookup(host: str, *_: object, **__: object) -> list[Any]:
        asked.append(host)
        release.wait(LONG_TIMEOUT)
        return lookup_of(("127.0.0.1", 0))(host, None)

    with RawServer(hold) as server:
        sockets = SocketFactory("test", lookup=lookup)
        threads = [
            Outcome(lambda: sockets.connect("x.example", server.port, timeout=LONG_TIMEOUT).close())
            for _ in range(8)
        ]
        release.set()
        assert [thread.wait() for thread in threads] == [None] * 8
        assert sockets.opened_total == 8


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ECONNREFUSED, ProblemCode.REFUSED),
        (10061, ProblemCode.REFUSED),
        (errno.ETIMEDOUT, ProblemCode.CONNECT_TIMEOUT),
        (10060, ProblemCode.CONNECT_TIMEOUT),
        (errno.EHOSTUNREACH, ProblemCode.NO_ROUTE),
        (errno.ENETUNREACH, ProblemCode.NO_ROUTE),
        (10051, ProblemCode.NO_ROUTE),
        (10065, ProblemCode.NO_ROUTE),
        (errno.EACCES, ProblemCode.CONNECT_FAILED),
        (errno.EMFILE, ProblemCode.CONNECT_FAILED),
        (10013, ProblemCode.CONNECT_FAILED),
    ],
)
def test_numbers_of_all_systems(number: int, code: ProblemCode) -> None:
    assert connect_code(number) is code


def test_a_connection_to_itself_is_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        name = listener.getsockname()
    with OwnedSocket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.bind(name)
        sock.connect(name)
        assert is_connected_to_itself(sock)


# --- probing ------------------------------------------------------------------------------------------------


def test_probe(sockets: SocketFactory) -> None:
    with RawServer(hold) as server:
        assert sockets.probe("127.0.0.1", server.port, timeout=LONG_TIMEOUT) is None
    closed = sockets.probe("127.0.0.1", server.port, timeout=LONG_TIMEOUT)
    assert closed is not None
    assert closed.code is ProblemCode.REFUSED
    with BlackHole() as hole:
        mute = sockets.probe("127.0.0.1", hole.port, timeout=0.1)
        assert mute is not None
        assert mute.code is ProblemCode.CONNECT_TIMEOUT
    sockets.close()
    with pytest.raises(Cancelled):
        sockets.probe("127.0.0.1", server.port, timeout=LONG_TIMEOUT)


# --- leaks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tls", [False, True])
def test_a_thousand_connections_leave_nothing(sockets: SocketFactory, tls: bool) -> None:
    count = 100 if tls else 1000
    with RawServer(under_tls(hold) if tls else hold) as server:
        open_to(sockets, server.port, tls).close()
        threads, before = threading.active_count(), len(open_sockets())
        for number in range(count):
            sock = open_to(sockets, server.port, tls)
            if number % 3 == 0:
                sockets.drop()
            sock.close()
        assert (sockets.open_count, sockets.opened_total) == (0, count + 1)
        # The server's end of each is a moment later.
        eventually(lambda: threading.active_count() - threads < 10)
        eventually(lambda: len(open_sockets()) - before < 10)


def test_failed_connections_leave_nothing(sockets: SocketFactory, free_port: FreePort) -> None:
    port = free_port()
    before = len(open_sockets())
    for _ in range(300):
        failure(sockets, "localhost", port)
    assert len(open_sockets()) == before
    assert sockets.opened_total == 0


class _Last(OwnedSocket):
    """A socket whose end is also the end of another, as when the garbage collector comes in between."""

    other: OwnedSocket

    def drop(self) -> None:
        super().drop()
        self.other.close()


def test_sockets_that_close_while_all_are_dropped_disturb_nothing() -> None:
    registry = SocketRegistry()
    pair = [_Last(), _Last()]
    for sock, other in zip(pair, reversed(pair), strict=True):
        sock.other = other
        registry.add(sock)
    registry.drop_all()
    assert [sock.dropped for sock in pair] == [True, True]
    assert len(registry) == 0
    for sock in pair:
        sock.close()
