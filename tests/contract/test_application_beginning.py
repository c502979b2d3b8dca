"""When an application begins to contact services, and that what is asked for uses the newest settings."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from movie_director.core.endpoint import parse_endpoint
from movie_director.core.model import State
from movie_director.runtime.paths import Folders, folders

from tests.conftest import LONG_TIMEOUT
from tests.running import Running
from tests.servers.comfyui import ComfyServer
from tests.stopwatch import Stopwatch

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def user(tmp_path: Path) -> Folders:
    """The folders of a user who has set nothing."""
    return folders(sys.platform, {"MOVIE_DIRECTOR_HOME": str(tmp_path / "home")}, str(tmp_path))


@pytest.fixture
def quiet(user: Folders) -> Folders:
    """The folders of a user who has switched "Connect by itself" off."""
    with Running(user) as running:
        running.set("", "auto_connect", False)
    return user


def until_it_waits(running: Running) -> None:
    """Wait until the settings were read and have come to the services, which nobody contacts."""
    running.until_snapshot(lambda snapshot: snapshot.memory_read)
    assert running.application.waits_for_user
    assert running.snapshot().services["comfyui"].state is State.DISABLED


# --- not by itself ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", ["connect", "refresh", "retry_now"])
def test_nothing_is_contacted_until_somebody_asks(comfy: ComfyServer, ask: str) -> None:
    with Running(None, COMFYUI_URL=comfy.url, AUTO_CONNECT="no") as running:
        application = running.application
        application.settings.wait_until_loaded(LONG_TIMEOUT)
        assert application.waits_for_user
        running.set("comfyui", "required", False)
        running.until(lambda row: not row.required)
        assert running.snapshot().services["comfyui"].state is State.DISABLED
        assert comfy.requests.total() == 0
        getattr(application, ask)()
        running.until_connected(comfy.url)
        assert not application.waits_for_user


def test_what_is_not_connected_by_itself_can_be_tested_and_looked_for(comfy: ComfyServer) -> None:
    with Running(None, COMFYUI_URL=comfy.url, AUTO_CONNECT="no") as running:
        running.set("comfyui", "required", False)
        running.until(lambda row: not row.required)  # the settings have come to the services
        running.application.discover()
        report = running.until_looked_around()
        assert parse_endpoint(comfy.url) in [each.endpoint for each in report.sightings]
        assert running.until_tested("comfyui").passed
        assert running.snapshot().services["comfyui"].state is State.DISABLED
        assert running.application.waits_for_user
        running.application.connect()
        running.until_connected(comfy.url)


def test_switching_it_on_connects(quiet: Folders, comfy: ComfyServer) -> None:
    with Running(quiet, COMFYUI_URL=comfy.url) as running:
        until_it_waits(running)
        running.set("", "auto_connect", True)
        running.until_connected(comfy.url)
        assert not running.application.waits_for_user


def test_switching_it_off_leaves_what_is_connected(comfy: ComfyServer) -> None:
    with Running(None, COMFYUI_URL=comfy.url) as running:
        since = running.until_connected(comfy.url).since
        running.set("", "auto_connect", False)
        running.set("comfyui", "required", False)
        row = running.until(lambda row: not row.required)
        assert (row.state, row.since) == (State.CONNECTED, since)


def test_who_tests_before_the_settings_are_read_does_not_connect_by_that(
    quiet: Folders, comfy: ComfyServer
) -> None:
    running = Running(quiet, COMFYUI_URL=comfy.url)
    running.application.test(NOWHERE)
    with running:
        until_it_waits(running)
        assert running.until_tested("comfyui").passed
        assert running.application.waits_for_user


# --- the project --------------------------------------------------------------------------------------------


def test_nothing_is_contacted_before_the_open_file_was_heard(comfy: ComfyServer) -> None:
    with Running(None, COMFYUI_URL=comfy.url, awaits_project=True) as running:
        application = running.application
        application.settings.wait_until_loaded(LONG_TIMEOUT)
        application.settings.set_value("comfyui", "required", False)
        assert running.until_tested("comfyui").passed  # time enough to begin
        assert running.snapshot().services["comfyui"].state is State.DISABLED
        application.set_project({"comfyui": {"enabled": False}})
        running.until(lambda row: row.attempt > 0 or row.state is State.CONNECTED, "litellm")
        assert running.snapshot().services["comfyui"].state is State.DISABLED


def test_a_file_that_says_not_by_itself_is_heard_at_the_start(user: Folders, comfy: ComfyServer) -> None:
    with Running(user, COMFYUI_URL=comfy.url, awaits_project=True) as running:
        running.application.set_project({"": {"auto_connect": False}})
        until_it_waits(running)
        running.application.set_project({"": {"auto_connect": True}})
        running.until_connected(comfy.url)


def test_a_file_opened_later_that_says_not_by_itself_leaves_what_is_connected(comfy: ComfyServer) -> None:
    with Running(None, COMFYUI_URL=comfy.url, awaits_project=True) as running:
        running.application.set_project({})
        since = running.until_connected(comfy.url).since
        running.application.set_project({"": {"auto_connect": False}, "comfyui": {"required": False}})
        row = running.until(lambda row: not row.required)
        assert (row.state, row.since) == (State.CONNECTED, since)
        assert not running.application.waits_for_user


def test_an_end_before_the_file_was_heard_does_not_wait_for_it() -> None:
    with Running(None, awaits_project=True) as running:
        running.application.settings.wait_until_loaded(LONG_TIMEOUT)
        with Stopwatch() as watch:
            assert running.application.stop(LONG_TIMEOUT)
        assert watch.seconds < 0.5


# --- the newest settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("attempt", range(3))
def test_a_test_right_after_an_address_was_set_tests_that_address(comfy: ComfyServer, attempt: int) -> None:
    with Running(None, COMFYUI_URL=None) as running:
        running.set("comfyui", "url", NOWHERE)
        running.until(lambda row: row.attempt > 0)
        running.set("comfyui", "url", comfy.url)
        diagnosis = running.until_tested("comfyui")
        assert (diagnosis.endpoint, diagnosis.passed) == (parse_endpoint(comfy.url), True)


def test_a_look_around_right_after_an_address_was_set_looks_there(comfy: ComfyServer) -> None:
    with Running(None, COMFYUI_URL=None) as running:
        running.set("comfyui", "url", NOWHERE)
        running.until(lambda row: row.attempt > 0)
        running.set("comfyui", "url", comfy.url)
        running.application.discover()
        assert parse_endpoint(comfy.url) in [
            each.endpoint for each in running.until_looked_around().sightings
        ]


def test_an_address_that_was_just_taken_back_is_not_tested(comfy: ComfyServer) -> None:
    with Running(None) as running:
        running.set("comfyui", "url", comfy.url)
        running.until_connected(comfy.url)
        running.set("comfyui", "url", "")
        diagnosis = running.until_tested("comfyui")
        assert diagnosis.endpoint != parse_endpoint(comfy.url)
