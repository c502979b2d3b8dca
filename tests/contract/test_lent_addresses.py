# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses on other computers that were met by looking around: for whom, and for how long, they may be used.

A test reaches no other computer, so sightings there are made by hand.
"""

from __future__ import annotations

import time

import pytest
from movie_director.backends import backends
from movie_director.backends.litellm import BACKEND
from movie_director.core.endpoint import parse_endpoint
from movie_director.core.model import Sighting
from movie_director.core.settings import ServiceSettings, Settings
from movie_director.core.snapshot import DiscoveryReport
from movie_director.runtime.application import Application
from movie_director.runtime.discovery import for_every_service
from movie_director.runtime.session import Session
from movie_director.transport.sockets import SocketFactory

from tests.servers.comfyui import ComfyServer
from tests.watching import Watching

HERE = Sighting(parse_endpoint("http://127.0.0.1:4001"), "litellm", None)
THERE = Sighting(parse_endpoint("http://192.0.2.1:8188"), "litellm", None)


@pytest.mark.parametrize(
    ("url", "by_project", "left"),
    [
        (THERE.endpoint.url, True, (HERE,)),
        (THERE.endpoint.url, False, (HERE, THERE)),
        (HERE.endpoint.url, True, (HERE, THERE)),
        ("", True, (HERE, THERE)),
        ("http://", True, (HERE, THERE)),
    ],
)
def test_what_a_project_names_for_one_service_is_for_no_other(
    url: str, by_project: bool, left: tuple[Sighting, ...]
) -> None:
    """A program there may call itself what it likes, also the one that gets all texts."""
    settings = Settings().with_service("comfyui", ServiceSettings(url=url, by_project=by_project))
    report = DiscoveryReport((HERE, THERE), 2, 0.1, finished=True)
    assert for_every_service(report, settings, backends()).sightings == left


def test_where_only_this_computer_is_allowed_no_other_is_remembered(sockets: SocketFactory) -> None:
    session = Session(BACKEND, ServiceSettings(local_only=True), sockets, time.monotonic)
    assert not session.learn([THERE])
    assert session.learn([THERE, HERE])
    assert HERE.endpoint in session.candidates()
    assert all(place.is_loopback for place in session.candidates())


def test_a_session_that_met_another_computer_ends_when_only_this_one_is_allowed(
    sockets: SocketFactory,
) -> None:
    open_to_all, only_here = ServiceSettings(), ServiceSettings(local_only=True)
    session = Session(BACKEND, open_to_all, sockets, time.monotonic)
    session.learn([HERE])
    assert session.goes_on_with(only_here)
    assert session.goes_on_with(open_to_all)
    session.learn([HERE, THERE])
    assert THERE.endpoint in session.candidates()
    assert not session.goes_on_with(only_here)


def test_a_service_on_this_computer_stays_connected_when_only_this_one_is_allowed() -> None:
    with ComfyServer() as server, Watching(server.url) as watching:
        before = watching.until_connected()
        watching.change(local_only=True)
        watching.change(required=not before.required)
        row = watching.until(lambda each: each.required is not before.required)
        assert (row.state, row.since) == (before.state, before.since)


def test_every_service_learns_that_only_this_computer_is_allowed() -> None:
    application = Application(home=None, environment={}, backends=[BACKEND])
    for allowed in (True, False):
        application.set_local_only(allowed)
        assert application.settings.newest.settings.of("litellm").local_only is allowed
