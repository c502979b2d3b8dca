# SPDX-License-Identifier: GPL-3.0-or-later
"""Connecting to many ports at once: open, closed and silent ones, and how it is cut."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

import pytest
from movie_director.core.errors import Cancelled, ProblemCode, Unreachable
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT, eventually
from tests.ports import FreePort
from tests.servers.black_hole import BlackHole
from tests.servers.plain import RawServer, hold


def accepting(sockets: SocketFactory, host: str, ports: list[int], timeout: float = 1.0) -> list[int]:
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
        ((_, sock),) = sockets.connect_each("127.0.0.1", [server.port], timeout=1.0)
        with sock:
            sock.sendall(b"hello")
            assert sock.recv(100) == b"hello"
        assert server.accepted == 1


def test_ports_that_never_answer_cost_one_time_limit_together(sockets: SocketFactory) -> None:
    with BlackHole() as first, BlackHole() as second, RawServer(hold) as server:
        started = time.monotonic()
        ports = [first.port, second.port, server.port]
        assert accepting(sockets, "127.0.0.1", ports, timeout=0.5) == [server.port]
        assert 0.5 <= time.monotonic() - started < 0.9


def test_an_open_port_is_told_while_others_are_still_silent(sockets: SocketFactory) -> None:
    with BlackHole() as silent, RawServer(hold) as server:
        scan = sockets.connect_each("127.0.0.1", [silent.port, server.port], timeout=LONG_TIMEOUT)
        started = time.monotonic()
        port, sock = next(scan)
        sock.close()
        assert port == server.port
        assert time.monotonic() - started < LONG_TIMEOUT / 2
        scan.close()  # type: ignore[attr-defined]


def test_closing_the_factory_ends_a_scan_at_once(sockets: SocketFactory) -> None:
    with BlackHole() as silent:
        ended: list[float] = []

        def scan() -> None:
            with pytest.raises(Cancelled):
                accepting(sockets, "127.0.0.1", [silent.port], timeout=LONG_TIMEOUT)
            ended.append(time.monotonic())

        thread = threading.Thread(target=scan, name="scan", daemon=True)
        thread.start()
        eventually(lambda: bool(sockets._connecting), what="the scan begins")
        started = time.monotonic()
        sockets.close()
        thread.join(LONG_TIMEOUT)
        assert ended[0] - started < 0.5


def test_an_unknown_name_is_told(sockets: SocketFactory) -> None:
    with pytest.raises(Unreachable) as caught:
        accepting(sockets, "nobody.invalid", [80])
    assert caught.value.problem.code is ProblemCode.NAME_UNKNOWN
