# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at the ports where a service may appear: what counts as news, and who keeps it from nobody."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from movie_director.core.endpoint import Endpoint
from movie_director.core.errors import Problem, ProblemCode
from movie_director.runtime.presence import PortWatch
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT
from tests.ports import FreePort
from tests.servers.plain import RawServer, hold

AWAY = Endpoint("http", "render.local", 4000)
"""At a computer that is switched off, and whose name is known no longer."""


def here(port: int) -> Endpoint:
    return Endpoint("http", "127.0.0.1", port)


def unknown_name(host: str, *rest: object, **options: object) -> list[tuple[Any, ...]]:
    raise socket.gaierror(socket.EAI_NONAME, f"no address for {host}")


def look(watch: PortWatch) -> tuple[bool, Problem | None]:
    """What is told of all places."""
    opened, closed = watch.look(True, LONG_TIMEOUT)
    opened_elsewhere, closed_elsewhere = watch.look(False, LONG_TIMEOUT)
    return opened or opened_elsewhere, closed or closed_elsewhere


@pytest.fixture
def watch() -> Iterator[PortWatch]:
    sockets = SocketFactory("test", lookup=unknown_name)
    yield PortWatch(sockets)
    assert sockets.open_count == 0
    sockets.close()


def test_of_several_places_the_one_that_opens_is_news_once(watch: PortWatch, free_port: FreePort) -> None:
    port = free_port()
    watch.aim([here(free_port()), here(port)])
    assert look(watch) == (False, None)
    with RawServer(hold, port=port):
        assert look(watch) == (True, None)
        assert look(watch) == (False, None)


@pytest.mark.parametrize("first", [True, False])
def test_a_computer_whose_name_is_gone_hides_no_other(
    first: bool, watch: PortWatch, free_port: FreePort
) -> None:
    port = free_port()
    watch.aim([AWAY, here(port)] if first else [here(port), AWAY])
    assert look(watch) == (False, None)
    with RawServer(hold, port=port):
        assert look(watch) == (True, None)


def test_a_look_on_this_computer_asks_no_other(watch: PortWatch, free_port: FreePort) -> None:
    port = free_port()
    watch.aim([AWAY, here(port)], open_ones=[AWAY])
    with RawServer(hold, port=port):
        assert watch.look(False, LONG_TIMEOUT) == (False, None)
        assert watch.look(True, LONG_TIMEOUT) == (True, None)


def test_a_place_alone_whose_name_goes_has_closed(watch: PortWatch) -> None:
    watch.aim([AWAY], open_ones=[AWAY])
    opened, closed = look(watch)
    assert not opened
    assert closed is not None
    assert closed.code is ProblemCode.NAME_UNKNOWN
