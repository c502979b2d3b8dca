# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking around: what is tried, when it ends, and who learns of it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence

import pytest
from movie_director.backends import backends
from movie_director.backends.base import Backend
from movie_director.backends.comfyui import BACKEND as COMFYUI
from movie_director.core.endpoint import Endpoint
from movie_director.core.errors import ProblemCode
from movie_director.core.model import State
from movie_director.core.settings import Policy, ServiceSettings, Settings
from movie_director.core.snapshot import DiscoveryReport
from movie_director.runtime.discovery import LIMIT, NEIGHBOURS, candidates, look_around, neighbours, survey
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT, eventually
from tests.discovery_kit import at, comfyui_at, last, settings_with
from tests.ports import FreePort
from tests.servers.black_hole import BlackHole
from tests.servers.comfyui import ComfyServer
from tests.servers.hostile import hostile
from tests.servers.plain import RawServer, hold, read_head
from tests.stopwatch import Stopwatch
from tests.watching import Watching

HASTY = Policy(check_timeout=2.0)


# --- what is tried ------------------------------------------------------------------------------------------


def test_usual_ports_come_first_then_the_nearest_ones_each_once() -> None:
    first, second = comfyui_at(8188, 8000), comfyui_at(8000, 8002)
    usual = [endpoint.port for endpoint in candidates([first, second], ["127.0.0.1"])]
    near = [endpoint.port for endpoint in neighbours([first, second], ["127.0.0.1"])]
    assert usual == [8188, 8000, 8002]
    assert near[:3] == [8189, 8001, 8003]
    assert sorted(near) == sorted({*range(8189, 8194), 8001, *range(8003, 8008)})
    assert NEIGHBOURS == 5
    assert neighbours([comfyui_at(65535)], ["127.0.0.1"]) == ()


def addresses_at_first(settings: Settings, known: Sequence[Backend], sockets: SocketFactory) -> int:
    """How many addresses a survey is going to try; none is tried yet."""
    reports = survey(settings, known, sockets)
    first = next(reports)
    reports.close()  # type: ignore[attr-defined]
    return first.addresses_tried


@pytest.mark.parametrize(
    ("url", "further"),
    [
        ("http://127.0.0.1:9999", 1),
        ("http://127.0.0.1:8188", 0),
        ("https://studio.example.com", 1),
        ("http://192.168.1.20:8188", 1 + NEIGHBOURS),
        ("http://render.local:9999", 1 + 1 + NEIGHBOURS),
        ("http://[broken", 0),
    ],
)
def test_a_configured_computer_of_the_own_network_is_asked_for_everything(
    url: str, further: int, sockets: SocketFactory
) -> None:
    known = [comfyui_at(8188)]
    everywhere = 2 * (1 + NEIGHBOURS)
    assert addresses_at_first(Settings(), known, sockets) == everywhere
    assert addresses_at_first(settings_with(url), known, sockets) == everywhere + further


def test_services_that_are_switched_off_are_not_looked_for(sockets: SocketFactory) -> None:
    off = Settings().with_service("comfyui", ServiceSettings(enabled=False))
    assert addresses_at_first(off, [comfyui_at(8188)], sockets) == 0
    assert last(survey(off, [comfyui_at(8188)], sockets)).sightings == ()


def test_the_usual_ports_of_all_services_are_an_affordable_number() -> None:
    assert len(candidates(backends())) + len(neighbours(backends())) <= 120


# --- when it ends -------------------------------------------------------------------------------------------


def test_two_hosts_that_swallow_packets_delay_nothing_and_end_in_time(sockets: SocketFactory) -> None:
    with BlackHole("127.0.0.2") as first, BlackHole("127.0.0.3") as second, ComfyServer() as server:
        places = [
            Endpoint("http", first.host, first.port),
            Endpoint("http", second.host, second.port),
            *at(server.port),
        ]
        with Stopwatch() as whole:
            with Stopwatch() as beginning:
                found = look_around(places, [COMFYUI], sockets, Policy())
                assert next(found).service == "comfyui"
            assert list(found) == []
        assert beginning.seconds < 1.0
        assert whole.seconds < 3.0


def test_silent_programs_keep_nobody_waiting(sockets: SocketFactory) -> None:
    with contextlib.ExitStack() as running:
        silent = [running.enter_context(RawServer(hold)) for _ in range(50)]
        server = running.enter_context(ComfyServer())
        ports = [*(each.port for each in silent), server.port]
        with Stopwatch() as watch:
            found = look_around(at(*ports), [COMFYUI], sockets, HASTY, limit=LONG_TIMEOUT)
            assert next(found).service == "comfyui"
            codes = [sighting.problem.code for sighting in found if sighting.problem]
        assert codes == [ProblemCode.NO_ANSWER] * 50
        assert watch.seconds < LIMIT


def test_programs_whose_turn_does_not_come_before_the_deadline_are_let_go(sockets: SocketFactory) -> None:
    """There are more of them than are asked at once, and nobody answers."""
    with contextlib.ExitStack() as running:
        ports = [running.enter_context(RawServer(hold)).port for _ in range(100)]
        assert list(look_around(at(*ports), [COMFYUI], sockets, Policy(check_timeout=60), limit=1.0)) == []
        eventually(lambda: sockets.open_count == 0)


def test_the_deadline_holds_whatever_happens(sockets: SocketFactory) -> None:
    nasty = [each for each in hostile() if each.problem in (ProblemCode.NO_ANSWER, None)]
    with contextlib.ExitStack() as running:
        ports = [running.enter_context(RawServer(each.handler)).port for each in nasty for _ in range(15)]
        with Stopwatch() as watch:
            list(look_around(at(*ports), backends(), sockets, Policy(check_timeout=60), limit=1.0))
        assert watch.seconds < 2.0
        eventually(lambda: sockets.open_count == 0, what="what was left behind ends by itself")


def test_closing_the_sockets_ends_a_look_around_at_once(sockets: SocketFactory) -> None:
    asked = threading.Event()

    def silent(sock: object) -> None:
        read_head(sock)  # type: ignore[arg-type]
        asked.set()
        hold(sock)  # type: ignore[arg-type]

    with RawServer(silent) as server:
        closer = threading.Thread(
            target=lambda: asked.wait(LONG_TIMEOUT) and sockets.close(), name="closer", daemon=True
        )
        closer.start()
        with Stopwatch() as watch:
            found = look_around(at(server.port), [COMFYUI], sockets, Policy(check_timeout=60), LONG_TIMEOUT)
            assert list(found) == []
        assert watch.seconds < LIMIT / 2
        closer.join()


# --- who learns of it ---------------------------------------------------------------------------------------


def discovered(watching: Watching, **how: bool) -> DiscoveryReport:
    watching.manager.discover(["127.0.0.1"], **how)
    snapshot = watching.until_snapshot(lambda each: each.discovery is not None and each.discovery.finished)
    assert snapshot.discovery is not None
    return snapshot.discovery


def slow_to_retry() -> Policy:
    """Nothing but news from a look around brings the next attempt within a test."""
    return Policy(attempt_spacing=0.01, presence_loopback=3600.0)


def test_a_service_that_is_waited_for_is_tried_where_it_was_met(free_port: FreePort) -> None:
    known = [comfyui_at(free_port())]
    with ComfyServer() as server, Watching("", slow_to_retry(), backends=known) as watching:
        watching.until(lambda row: row.state is State.DISCONNECTED and not row.attempting)
        report = discovered(watching, deep=True)
        row = watching.until_state(State.CONNECTED)
        met = [each.endpoint for each in report.sightings if each.service == "comfyui"]
        assert server.port in [endpoint.port for endpoint in met]
        assert row.endpoint in met, "it may be another server of this computer, but one of those"


def test_one_that_is_connected_is_left_alone_and_told_of_the_others() -> None:
    with ComfyServer() as first, ComfyServer() as second, watching_at(first.port) as watching:
        connected = watching.until_connected()
        discovered(watching, deep=True)
        row = watching.until(lambda row: second.port in [each.endpoint.port for each in row.others])
        assert (row.state, row.since) == (State.CONNECTED, connected.since)
        assert row.endpoint == connected.endpoint
        assert first.port not in [each.endpoint.port for each in row.others]
        assert second.connections.total() == 1


def test_another_instance_is_offered_but_not_taken_while_the_own_one_is_down() -> None:
    with ComfyServer() as first, ComfyServer() as second, watching_at(first.port) as watching:
        own = watching.until_connected().endpoint
        first.stop()
        watching.until_state(State.RECONNECTING)
        discovered(watching, deep=True)
        row = watching.until(lambda row: second.port in [each.endpoint.port for each in row.others])
        assert row.state in (State.RECONNECTING, State.SUSPENDED)
        assert row.endpoint == own


def watching_at(port: int) -> Watching:
    return Watching("", slow_to_retry(), backends=[comfyui_at(port)])


def test_a_later_look_around_takes_the_place_of_one_that_has_not_finished() -> None:
    with RawServer(hold) as silent, watching_at(silent.port) as watching:
        watching.manager.discover(["127.0.0.1"])
        watching.until_snapshot(lambda each: each.discovery is not None)
        watching.manager.discover(["127.0.0.2"])
        snapshot = watching.until_snapshot(
            lambda each: each.discovery is not None and each.discovery.finished
        )
        assert snapshot.discovery is not None
        assert silent.port not in [each.endpoint.port for each in snapshot.discovery.sightings]
