# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking around: what is tried, what it costs, when it ends, and who learns of it."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from movie_director.backends import backends
from movie_director.backends.base import Backend
from movie_director.backends.comfyui import BACKEND as COMFYUI
from movie_director.core.dns_message import Advertisement
from movie_director.core.endpoint import Endpoint
from movie_director.core.errors import AnswerTooLarge, ProblemCode
from movie_director.core.model import State
from movie_director.core.settings import Policy, ServiceSettings, Settings
from movie_director.core.snapshot import DiscoveryReport
from movie_director.runtime.discovery import LIMIT, NEIGHBOURS, candidates, look_around, neighbours, survey
from movie_director.runtime.recognition import LOOK_LIMIT, Look
from movie_director.transport.cancellation import Cancellation
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT, eventually
from tests.servers.black_hole import BlackHole
from tests.servers.comfyui import ComfyServer
from tests.servers.gradio_pages import gradio_page
from tests.servers.hostile import hostile
from tests.servers.lookalikes import LOOKALIKES
from tests.servers.plain import RawServer, hold, read_head
from tests.servers.sites import Reply, page, plain, site
from tests.watching import Watching, free_port

HASTY = Policy(check_timeout=0.5)


def at(*ports: int) -> list[Endpoint]:
    return [Endpoint("http", "127.0.0.1", port) for port in ports]


def comfyui_at(*ports: int) -> Backend:
    return dataclasses.replace(COMFYUI, default_ports=ports)


def settings_with(url: str) -> Settings:
    return Settings().with_service("comfyui", ServiceSettings(url=url))


def last(reports: Iterator[DiscoveryReport]) -> DiscoveryReport:
    *_, final = reports
    assert final.finished
    return final


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


# --- what it costs ------------------------------------------------------------------------------------------


def test_closed_ports_yield_nothing_and_no_connection(sockets: SocketFactory) -> None:
    closed = at(*(free_port() for _ in range(200)))
    assert list(look_around(closed, backends(), sockets, Policy())) == []
    assert sockets.opened_total == 0


def test_a_program_is_met_on_one_connection(sockets: SocketFactory) -> None:
    with ComfyServer() as server:
        (sighting,) = look_around(at(server.port), [COMFYUI], sockets, Policy())
        assert sighting.service == "comfyui"
        assert sum(server.connections.values()) == 1
        assert dict(server.requests) == {"/": 1, "/system_stats": 1}


def test_other_programs_are_asked_for_little(sockets: SocketFactory) -> None:
    for neighbour in LOOKALIKES:
        requests: list[bytes] = []
        with RawServer(counting(neighbour.handler, requests)) as server:
            list(look_around(at(server.port), backends(), sockets, Policy()))
        assert 1 <= len(requests) <= 8, f"{neighbour.name}: {requests}"


def counting(handler: Callable[..., None], requests: list[bytes]) -> Callable[..., None]:
    """The same server, noting each request line that it reads."""

    class Counted:
        def __init__(self, sock: object) -> None:
            self._sock = sock

        def recv(self, size: int) -> bytes:
            data: bytes = self._sock.recv(size)  # type: ignore[attr-defined]
            if b" HTTP/1.1\r\n" in data:
                requests.append(data.partition(b"\r\n")[0])
            return data

        def sendall(self, data: bytes) -> None:
            self._sock.sendall(data)  # type: ignore[attr-defined]

    return lambda sock: handler(Counted(sock))


@contextlib.contextmanager
def looking_at(sockets: SocketFactory, port: int) -> Iterator[Look]:
    (endpoint,) = at(port)
    deadline = time.monotonic() + LONG_TIMEOUT
    look = Look(endpoint, sockets, connect_timeout=1.0, read_timeout=LONG_TIMEOUT, deadline=deadline)
    with contextlib.closing(look):
        yield look


def test_the_sizes_of_all_answers_of_one_look_add_up(sockets: SocketFactory) -> None:
    large = plain("x" * 200_000)
    with RawServer(site({}, large)) as server, looking_at(sockets, server.port) as look:
        assert len(look.get("/first").body) == 200_000
        with pytest.raises(AnswerTooLarge) as caught:
            look.get("/second")
        assert caught.value.problem.parameter("limit") == LOOK_LIMIT - 200_000


@pytest.mark.parametrize(("is_gradio", "fits"), [(True, True), (False, False)])
def test_only_gradio_may_tell_more_and_only_at_one_address(
    is_gradio: bool, fits: bool, sockets: SocketFactory
) -> None:
    front = gradio_page("Gradio", {"version": "3.50.2"}) if is_gradio else page("<title>no</title>")
    large = plain("x" * 3_000_000)
    with RawServer(site({"/": front}, large)) as server, looking_at(sockets, server.port) as look:
        look.get("/", limit=8192, prefix_only=True)
        with contextlib.nullcontext() if fits else pytest.raises(AnswerTooLarge):
            assert len(look.get("/config", limit=8 * 1024 * 1024).body) == 3_000_000
        with pytest.raises(AnswerTooLarge):
            look.get("/info", limit=8 * 1024 * 1024)


def test_nothing_is_asked_twice(sockets: SocketFactory) -> None:
    requests: list[bytes] = []
    handler = counting(site({"/away": page("", "302 Found", "Location: /")}, plain("once")), requests)
    with RawServer(handler) as server, looking_at(sockets, server.port) as look:
        assert [look.get("/").text() for _ in range(3)] == ["once"] * 3
        assert look.request("GET", "/", headers={"X": "y"}).text() == "once"
        assert look.request("GET", "/away", redirects=True).status == 302
        with pytest.raises(Exception, match="redirected"):
            look.get("/away")
    assert [line.split()[1] for line in requests] == [b"/", b"/", b"/away"]


# --- when it ends -------------------------------------------------------------------------------------------


def test_two_hosts_that_swallow_packets_delay_nothing_and_end_in_time(sockets: SocketFactory) -> None:
    with BlackHole("127.0.0.2") as first, BlackHole("127.0.0.3") as second, ComfyServer() as server:
        places = [
            Endpoint("http", first.host, first.port),
            Endpoint("http", second.host, second.port),
            *at(server.port),
        ]
        started = time.monotonic()
        found = look_around(places, [COMFYUI], sockets, Policy())
        assert next(found).service == "comfyui"
        assert time.monotonic() - started < 1.0
        assert list(found) == []
        assert time.monotonic() - started < 3.0


def test_silent_programs_keep_nobody_waiting(sockets: SocketFactory) -> None:
    with contextlib.ExitStack() as running:
        silent = [running.enter_context(RawServer(hold)) for _ in range(50)]
        server = running.enter_context(ComfyServer())
        started = time.monotonic()
        found = look_around(at(*(each.port for each in silent), server.port), [COMFYUI], sockets, HASTY)
        assert next(found).service == "comfyui"
        codes = [sighting.problem.code for sighting in found if sighting.problem]
        assert codes == [ProblemCode.NO_ANSWER] * 50
        assert time.monotonic() - started < LIMIT


def test_the_deadline_holds_whatever_happens(sockets: SocketFactory) -> None:
    nasty = [each for each in hostile() if each.problem in (ProblemCode.NO_ANSWER, None)]
    with contextlib.ExitStack() as running:
        ports = [running.enter_context(RawServer(each.handler)).port for each in nasty for _ in range(15)]
        started = time.monotonic()
        list(look_around(at(*ports), backends(), sockets, Policy(check_timeout=60), limit=1.0))
        assert time.monotonic() - started < 2.0
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
        started = time.monotonic()
        assert list(look_around(at(server.port), [COMFYUI], sockets, Policy(check_timeout=60))) == []
        assert time.monotonic() - started < LIMIT / 2
        closer.join()


# --- what is found ------------------------------------------------------------------------------------------


def test_the_report_grows_while_others_are_still_asked(sockets: SocketFactory) -> None:
    with RawServer(hold) as silent, ComfyServer() as server:
        reports = survey(Settings(), [comfyui_at(silent.port, server.port)], sockets, ["127.0.0.1"])
        assert next(reports).sightings == ()
        grown = next(report for report in reports if report.sightings)
        assert not grown.finished
        assert grown.sightings[0].service == "comfyui"
        assert last(reports).sightings[0].service == "comfyui"


def test_all_instances_are_listed_in_the_order_of_their_ports(sockets: SocketFactory) -> None:
    with ComfyServer() as one, ComfyServer("0.3.64") as two, ComfyServer() as three:
        ports = (three.port, one.port, two.port)
        report = last(survey(Settings(), [comfyui_at(*ports)], sockets))
        ours = [sighting.endpoint.port for sighting in report.sightings if sighting.service == "comfyui"]
        assert ours == list(ports)


def test_a_program_on_both_address_families_is_listed_once(sockets: SocketFactory) -> None:
    with ComfyServer() as server, contextlib.ExitStack() as running:
        with contextlib.suppress(OSError):
            running.enter_context(ComfyServer(port=server.port, host="::1"))
        report = last(survey(Settings(), [comfyui_at(server.port)], sockets))
        met = [each for each in report.sightings if each.endpoint.port == server.port]
        assert [each.endpoint.host for each in met] == ["127.0.0.1"]


def test_a_program_that_listens_on_ipv6_alone_is_found(sockets: SocketFactory) -> None:
    with ComfyServer(host="::1") as server:
        report = last(survey(Settings(), [comfyui_at(server.port)], sockets))
        assert report.sightings[0].endpoint == Endpoint("http", "::1", server.port)


def test_one_of_ours_is_known_though_its_page_is_not(sockets: SocketFactory) -> None:
    """A page of the user's own, none at all, or one that leads elsewhere."""
    stats = plain('{"system": {"comfyui_version": "0.33.0"}, "devices": []}')
    for front in (page("nothing", "404 Not Found"), page("", "302 Found", "Location: /studio"), page("<p>")):
        with RawServer(site({"/": front, "/system_stats": stats}, plain("no", "404 Not Found"))) as server:
            (sighting,) = look_around(at(server.port), backends(), sockets, Policy())
            assert sighting.service == "comfyui", front


def test_one_of_ours_is_known_where_the_user_named_it_whatever_its_page_is_called(
    sockets: SocketFactory,
) -> None:
    """A front end of somebody else's: at an address that nobody named, its title is all that is believed."""
    stats = plain('{"system": {"comfyui_version": "0.33.0"}, "devices": []}')
    front = page("<html><head><title>My Studio</title></head>")
    with RawServer(site({"/": front, "/system_stats": stats}, plain("no", "404 Not Found"))) as server:
        (sighting,) = look_around(at(server.port), backends(), sockets, Policy())
        assert (sighting.service, sighting.stranger) == (None, "My Studio")
        settings = settings_with(f"http://127.0.0.1:{server.port}")
        report = last(survey(settings, [comfyui_at(free_port())], sockets, ["127.0.0.1"]))
    assert [each.service for each in report.sightings] == ["comfyui"]


def test_a_stranger_where_the_user_named_a_service_keeps_its_name(sockets: SocketFactory) -> None:
    (neighbour,) = (each for each in LOOKALIKES if each.name == "Fooocus")
    with RawServer(neighbour.handler) as server:
        settings = settings_with(f"http://127.0.0.1:{server.port}")
        report = last(survey(settings, [comfyui_at(free_port())], sockets, ["127.0.0.1"]))
    assert [(each.service, each.stranger) for each in report.sightings] == [(None, neighbour.found)]


def test_credentials_are_sent_to_the_configured_address_and_to_no_other(sockets: SocketFactory) -> None:
    heads: list[tuple[int, bytes]] = []
    wanted = b"Basic " + base64.b64encode(b"ada:secret")
    stats = plain('{"system": {"comfyui_version": "0.33.0"}, "devices": []}')

    def guarded(number: int) -> Callable[..., None]:
        def handle(sock: object) -> None:
            while head := read_head(sock):  # type: ignore[arg-type]
                heads.append((number, head))
                allowed = wanted in head and number == 0
                reply: Reply = stats if allowed else page("", "401 Unauthorized", "WWW-Authenticate: Basic")
                sock.sendall(reply.wire())  # type: ignore[attr-defined]

        return handle

    with RawServer(guarded(0)) as named, RawServer(guarded(1)) as other:
        settings = settings_with(f"http://ada:secret@127.0.0.1:{named.port}")
        report = last(survey(settings, [comfyui_at(other.port)], sockets, ["127.0.0.1"]))
    assert {each.endpoint.port: each.service for each in report.sightings} == {
        named.port: "comfyui",
        other.port: None,
    }
    assert all(wanted in head for number, head in heads if number == 0)
    assert not any(b"secret" in head or b"Authorization" in head for number, head in heads if number == 1)
    assert "secret" not in repr(report)


# --- deep, and over the network -----------------------------------------------------------------------------


def test_a_deep_look_finds_what_is_at_a_port_of_nobody(sockets: SocketFactory) -> None:
    with ComfyServer() as server:
        known = [comfyui_at(free_port())]
        usual = last(survey(Settings(), known, sockets))
        assert server.port not in {each.endpoint.port for each in usual.sightings if each.service}
        started = time.monotonic()
        deep = last(survey(Settings(), known, sockets, deep=True))
        assert time.monotonic() - started < LIMIT + 0.5
        ours = {each.endpoint.port for each in deep.sightings if each.service == "comfyui"}
        assert server.port in ours
        assert deep.addresses_tried > usual.addresses_tried


def advertising(*found: Advertisement) -> Callable[[Cancellation], Sequence[Advertisement]]:
    return lambda _: found


def test_what_the_network_advertises_is_looked_at(sockets: SocketFactory) -> None:
    with ComfyServer() as server:
        known = [comfyui_at(free_port())]
        found = Advertisement("Render._http._tcp.local.", "127.0.0.1", server.port, "")
        report = last(survey(Settings(), known, sockets, mdns=advertising(found)))
        assert [each.endpoint.port for each in report.sightings if each.service] == [server.port]
        assert report.advertised == 1


@pytest.mark.parametrize(
    "hostile_one",
    [
        Advertisement("Printer", "8.8.8.8", 80, ""),
        Advertisement("Printer", "127.0.0.1", 80, "/a b?c#d"),
        Advertisement("Printer", "no address", 80, ""),
    ],
)
def test_nobody_outside_is_contacted_because_the_network_says_so(
    hostile_one: Advertisement, sockets: SocketFactory
) -> None:
    report = last(survey(Settings(), [comfyui_at(free_port())], sockets, mdns=advertising(hostile_one)))
    assert report.advertised == 1
    assert report.sightings == ()


def test_without_being_asked_the_network_is_not(sockets: SocketFactory) -> None:
    report = last(survey(Settings(), [comfyui_at(free_port())], sockets, deep=True))
    assert report.advertised is None


# --- who learns of it ---------------------------------------------------------------------------------------


def discovered(watching: Watching, **how: bool) -> DiscoveryReport:
    watching.manager.discover(["127.0.0.1"], **how)
    snapshot = watching.until_snapshot(lambda each: each.discovery is not None and each.discovery.finished)
    assert snapshot.discovery is not None
    return snapshot.discovery


def slow_to_retry() -> Policy:
    """Nothing but news from a look around brings the next attempt within a test."""
    return Policy(attempt_spacing=0.01, presence_loopback=3600.0)


def test_a_service_that_is_waited_for_is_tried_where_it_was_met() -> None:
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
