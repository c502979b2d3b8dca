# SPDX-License-Identifier: GPL-3.0-or-later
"""Connecting to many ports at once: open, closed and silent ones, and how it is cut."""

from __future__ import annotations

import contextlib
import socket

import pytest
from movie_director.core.errors import Cancelled, ProblemCode, Unreachable
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT, eventually
from tests.outcome import Outcome
from tests.ports import FreePort
from tests.servers.black_hole import BlackHole
from tests.servers.plain import RawServer, hold
from tests.stopwatch import Stopwatch


def accepting(
    sockets: SocketFactory, host: str, ports: list[int], timeout: float = LONG_TIMEOUT
) -> list[int]:
    found = []
    for port, sock in sockets.connect_each(host, ports, timeout=timeout):
        with sock:
            assert sock.getpeername()[1] == port
        found.append(port)
    return found


def test_only_the_open_ones_of_many_ports_are_found_each_once(
    sockets: SocketFactory, free_port: FreePort
) -> None:
    with RawServer(hold) as one, RawServer(hold) as other:
        closed = [free_port() for _ in range(300)]
        ports = [*closed, one.port, one.port, other.port]
        assert sorted(accepting(sockets, "127.0.0.1", ports)) == sorted([one.port, other.port])
        assert sockets.open_count == 0


def test_localhost_is_both_families_and_each_port_counts_once(sockets: SocketFactory) -> None:
    with RawServer(hold) as four, RawServer(hold, host="::1") as six:
        with contextlib.suppress(OSError), RawServer(hold, host="::1", port=four.port):
            assert accepting(sockets, "localhost", [four.port]) == [four.port]
        assert sorted(accepting(sockets, "localhost", [four.port, six.port])) == sorted([four.port, six.port])


def test_the_connection_can_be_used(sockets: SocketFactory) -> None:
    def echo(sock: socket.socket) -> None:
        sock.sendall(sock.recv(100))

    with RawServer(echo) as server:
        ((_, sock),) = sockets.connect_each("127.0.0.1", [server.port], timeout=LONG_TIMEOUT)
        with sock:
            sock.sendall(b"hello")
            assert sock.recv(100) == b"hello"
        assert server.accepted == 1


def test_ports_that_never_answer_cost_one_time_limit_together(sockets: SocketFactory) -> None:
    with BlackHole() as first, BlackHole() as second, RawServer(hold) as server:
        ports = [first.port, second.port, server.port]
        with Stopwatch() as watch:
            assert accepting(sockets, "127.0.0.1", ports, timeout=1.0) == [server.port]
        assert watch.elapsed >= 1.0
        assert watch.seconds < 1.4


def test_an_open_port_is_told_while_others_are_still_silent(sockets: SocketFactory) -> None:
    with BlackHole() as silent, RawServer(hold) as server:
        scan = sockets.connect_each("127.0.0.1", [silent.port, server.port], timeout=LONG_TIMEOUT)
        with Stopwatch() as watch:
            port, sock = next(scan)
        sock.close()
        assert port == server.port
        assert watch.seconds < LONG_TIMEOUT / 2
        scan.close()  # type: ignore[attr-defined]


def test_closing_the_factory_ends_a_scan_at_once(sockets: SocketFactory) -> None:
    with BlackHole() as silent:
        scan = Outcome(lambda: accepting(sockets, "127.0.0.1", [silent.port]))
        eventually(lambda: bool(sockets._connecting), what="the scan begins")
        with Stopwatch() as watch:
            sockets.close()
            assert isinstance(scan.wait(), Cancelled)
        assert watch.seconds < 0.5


def test_an_unknown_name_is_told(sockets: SocketFactory) -> None:
    with pytest.raises(Unreachable) as caught:
        accepting(sockets, "nobody.invalid", [80])
    assert caught.value.problem.code is ProblemCode.NAME_UNKNOWN
