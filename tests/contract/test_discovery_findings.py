# SPDX-License-Identifier: GPL-3.0-or-later
"""What looking around finds: at the usual ports, where the user said, deep, and over the network."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable, Sequence

import pytest
from movie_director.backends import backends
from movie_director.core.dns_message import Advertisement
from movie_director.core.endpoint import Endpoint
from movie_director.core.settings import Policy, Settings
from movie_director.runtime.discovery import LIMIT, look_around, survey
from movie_director.transport.cancellation import Cancellation
from movie_director.transport.sockets import SocketFactory

from tests.discovery_kit import at, comfyui_at, last, settings_with
from tests.ports import FreePort
from tests.servers.comfyui import ComfyServer
from tests.servers.lookalikes import LOOKALIKES
from tests.servers.plain import RawServer, hold, read_head
from tests.servers.sites import Reply, page, plain, site
from tests.stopwatch import Stopwatch

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
    sockets: SocketFactory, free_port: FreePort
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


def test_a_stranger_where_the_user_named_a_service_keeps_its_name(
    sockets: SocketFactory, free_port: FreePort
) -> None:
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


def test_a_deep_look_finds_what_is_at_a_port_of_nobody(sockets: SocketFactory, free_port: FreePort) -> None:
    with ComfyServer() as server:
        known = [comfyui_at(free_port())]
        usual = last(survey(Settings(), known, sockets))
        assert server.port not in {each.endpoint.port for each in usual.sightings if each.service}
        with Stopwatch() as watch:
            deep = last(survey(Settings(), known, sockets, deep=True))
        assert watch.seconds < LIMIT + 0.5
        ours = {each.endpoint.port for each in deep.sightings if each.service == "comfyui"}
        assert server.port in ours
        assert deep.addresses_tried > usual.addresses_tried


def advertising(*found: Advertisement) -> Callable[[Cancellation], Sequence[Advertisement]]:
    return lambda _: found


def test_what_the_network_advertises_is_looked_at(sockets: SocketFactory, free_port: FreePort) -> None:
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
    hostile_one: Advertisement, sockets: SocketFactory, free_port: FreePort
) -> None:
    report = last(survey(Settings(), [comfyui_at(free_port())], sockets, mdns=advertising(hostile_one)))
    assert report.advertised == 1
    assert report.sightings == ()


def test_without_being_asked_the_network_is_not(sockets: SocketFactory, free_port: FreePort) -> None:
    report = last(survey(Settings(), [comfyui_at(free_port())], sockets, deep=True))
    assert report.advertised is None
