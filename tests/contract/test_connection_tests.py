# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a connection test takes, what it asks for, and how long its result stands."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from movie_director.backends import backends
from movie_director.backends.comfyui import BACKEND
from movie_director.core.diagnosis import Diagnosis, Layer, Verdict
from movie_director.core.endpoint import parse_endpoint
from movie_director.core.errors import ProblemCode
from movie_director.core.keyring import Key
from movie_director.core.model import State
from movie_director.core.presentation import explained
from movie_director.core.settings import Policy
from movie_director.runtime import diagnose

from tests.conftest import LONG_TIMEOUT, eventually
from tests.ports import FreePort
from tests.servers.comfyui import ComfyServer
from tests.servers.litellm.protocol import LiteLLMServer
from tests.servers.litellm.setups import Setup
from tests.servers.password_gate import PasswordGate
from tests.servers.plain import RawServer, hold
from tests.servers.sites import page, site
from tests.stopwatch import Stopwatch
from tests.watching import Watching

TOLERANCE = 0.5


@pytest.fixture
def slow() -> Iterator[ComfyServer]:
    """Needs longer for a whole test than a test may take."""
    with ComfyServer() as server:
        server.faults.delay = 0.5
        yield server


def outcome(watching: Watching, target: str = "comfyui") -> tuple[Diagnosis, float]:
    """The finished test, and how many seconds it took."""
    with Stopwatch() as watch:
        diagnosis = watching.until_tested(target)
    return diagnosis, watch.seconds


def asleep(url: str = "", policy: Policy | None = None, **named: object) -> Watching:
    """A service that nobody watches: what reaches its server comes from tests."""
    watching = Watching(url, policy or Policy(), **named)  # type: ignore[arg-type]
    watching.change(enabled=False)
    return watching


# --- time ---------------------------------------------------------------------------------------------------


def test_a_slow_service_on_this_computer_is_tested_within_two_seconds(slow: ComfyServer) -> None:
    with asleep(slow.url) as watching:
        diagnosis, seconds = outcome(watching)
    assert seconds < 2.0 + TOLERANCE
    assert [each.verdict for each in diagnosis.layers[:3]] == [Verdict.PASSED] * 3
    assert diagnosis.problem is not None
    assert diagnosis.problem.code is ProblemCode.NO_ANSWER
    assert diagnosis.problem.parameter("seconds") == 2.0


@pytest.mark.slow
def test_it_may_take_as_long_as_the_longest_wait_that_was_set(slow: ComfyServer) -> None:
    with asleep(slow.url, Policy(check_timeout=10.0)) as watching:
        begun = time.monotonic()
        diagnosis = watching.until_tested("comfyui")
    assert diagnosis.passed
    assert time.monotonic() - begun > 2.0


@pytest.mark.slow
def test_its_time_begins_once_our_packages_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnose, "LIMIT_LOOPBACK", 1.0)
    monkeypatch.setattr(diagnose, "load_packages", lambda: threading.Event().wait(1.2))
    with ComfyServer() as server, asleep(server.url, Policy(check_timeout=0.5)) as watching:
        assert watching.until_tested("comfyui").passed


@pytest.mark.slow
def test_who_keeps_silent_is_named_where_another_service_is_asked_for_first_and_next_door_is_looked() -> None:
    with RawServer(hold) as mute:
        places = (mute.port,)
        others = [replace(each, default_ports=places) for each in backends() if each.name == "wan2gp"]
        with asleep(backends=[replace(BACKEND, default_ports=places), *others]) as watching:
            diagnosis, seconds = outcome(watching)
    assert seconds < 2.0 + TOLERANCE
    assert diagnosis.problem is not None
    assert diagnosis.problem.parameter("silent") == f"127.0.0.1:{mute.port}"


@pytest.mark.slow
@pytest.mark.parametrize("address", ["named", "found"])
def test_a_service_that_never_answers_ends_no_test_late(address: str) -> None:
    with RawServer(hold) as server:
        named = server.url if address == "named" else ""
        backend = replace(BACKEND, default_ports=(server.port,))
        with asleep(named, backends=[backend]) as watching:
            diagnosis, seconds = outcome(watching)
    assert seconds < 2.0 + TOLERANCE
    assert diagnosis.problem is not None
    if address == "found":
        assert diagnosis.problem.parameter("silent") == f"127.0.0.1:{server.port}"
    else:
        assert diagnosis.problem.code is ProblemCode.NO_ANSWER


def test_a_stream_that_does_not_open_in_time_is_a_warning() -> None:
    with ComfyServer() as server, asleep(server.url) as watching:
        server.faults.edit = lambda path, value: _then_slow(server, path, value)
        diagnosis, seconds = outcome(watching)
    assert seconds < 2.0 + TOLERANCE
    assert diagnosis.passed
    assert diagnosis.layers[-1].verdict is Verdict.WARNING


def _then_slow(server: ComfyServer, path: str, value: object) -> object:
    if path == "/features":  # what is asked last before the stream
        server.faults.delay = 3600.0
    return value


def test_a_test_ends_with_the_manager_whatever_it_waits_for() -> None:
    with RawServer(hold) as server:
        watching = asleep(server.url, Policy(check_timeout=300.0))
        with watching:
            watching.manager.test("comfyui")
            eventually(lambda: server.accepted > 1)
            with Stopwatch() as watch:
                assert watching.manager.stop(LONG_TIMEOUT)
    assert watch.seconds < 0.5


# --- what is asked ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["named", "found"])
def test_nothing_is_asked_twice(address: str, free_port: FreePort) -> None:
    with ComfyServer() as server:
        named = server.url if address == "named" else ""
        backend = replace(BACKEND, default_ports=(free_port(), server.port))
        with asleep(named, backends=[backend]) as watching:
            diagnosis, _ = outcome(watching)
        assert diagnosis.passed
        assert diagnosis.endpoint == parse_endpoint(server.url)
        assert [each.layer for each in diagnosis.layers] == list(Layer)
        assert dict(server.requests) == dict.fromkeys(
            ("/", "/system_stats", "/prompt", "/features", "/ws"), 1
        )


def test_a_service_next_door_is_found_by_the_test_as_well() -> None:
    with ComfyServer() as server:
        backend = replace(BACKEND, default_ports=(server.port - 1,))
        with asleep(backends=[backend]) as watching:
            diagnosis, _ = outcome(watching)
    assert diagnosis.passed
    assert diagnosis.endpoint == parse_endpoint(server.url)


def test_what_was_asked_without_a_key_is_asked_again_with_it() -> None:
    with (
        LiteLLMServer(setup=Setup(master_key="sk-right")) as server,
        asleep(server.url, service="litellm") as watching,
    ):
        watching.enter_key("sk-right")
        diagnosis, _ = outcome(watching, "litellm")
        assert diagnosis.passed
        assert any("sk-right" in value for path, value in server.keys if path == "/v1/models")


@pytest.mark.parametrize("service", ["rvc", "audioldm", "wan2gp"])
def test_a_password_before_the_program_is_told_as_in_its_row(service: str) -> None:
    with RawServer(site({}, page("", "401 Unauthorized", "WWW-Authenticate: Basic"))) as server:
        address = f"ada:wrong@127.0.0.1:{server.port}"
        with Watching(f"http://{address}", service=service) as watching:
            row = watching.until_state(State.FAILED)
            diagnosis, _ = outcome(watching, service)
    assert row.problem is not None
    assert diagnosis.problem is not None
    assert explained(row) == explained(replace(row, problem=diagnosis.problem))
    assert diagnosis.problem.code is ProblemCode.KEY_REJECTED
    assert [result.layer for result in diagnosis.layers if result.verdict is Verdict.FAILED] == [
        Layer.CREDENTIALS
    ]


def test_a_key_is_tested_beside_the_password_of_a_web_server() -> None:
    with (
        LiteLLMServer(setup=Setup(master_key="sk-right")) as server,
        PasswordGate(server.port, passes_on=True) as gate,
        asleep(gate.url_with_password, service="litellm") as watching,
    ):
        watching.enter_key("sk-right")
        diagnosis, _ = outcome(watching, "litellm")
        assert [result.verdict for result in diagnosis.layers] == [Verdict.PASSED] * len(Layer)
        watching.enter_key("sk-wrong")
        diagnosis, _ = outcome(watching, "litellm")
        assert diagnosis.problem is not None
        assert diagnosis.problem.code is ProblemCode.KEY_REJECTED


def test_a_key_that_was_sent_is_no_password_that_was_refused() -> None:
    locked = page("<h1>401 Authorization Required</h1>", "401 Unauthorized", "WWW-Authenticate: Basic")
    with RawServer(site({}, locked)) as server, asleep(server.url, service="rvc") as watching:
        watching.enter_key("sk-typed-into-the-wrong-field")
        diagnosis = watching.until_tested("rvc")
    assert diagnosis.problem is not None
    assert diagnosis.problem.code is ProblemCode.KEY_MISSING
    assert diagnosis.problem.parameter("login")


def test_a_program_that_keeps_silent_beside_it_does_not_delay_what_is_found() -> None:
    with RawServer(hold) as mute, ComfyServer() as server:
        backend = replace(BACKEND, default_ports=(mute.port, server.port))
        with asleep(backends=[backend]) as watching:
            diagnosis, seconds = outcome(watching)
    assert diagnosis.passed
    assert seconds < 1.0 + TOLERANCE


# --- how long a result stands -------------------------------------------------------------------------------


@pytest.mark.parametrize("changed", ["url", "keys", "ca_file"])
def test_a_result_goes_with_the_settings_that_it_is_about(changed: str) -> None:
    with ComfyServer() as server, asleep(server.url) as watching:
        watching.until_tested("comfyui")
        key = watching.manager.test(server.url)
        watching.until_snapshot(lambda snapshot: snapshot.tests[key].finished)
        watching.change(required=False, policy=replace(watching.settings.policy, check_interval=9.0))
        assert "comfyui" in watching.until_snapshot(lambda snapshot: True).tests
        if changed == "keys":
            watching.enter_key("another")
        else:
            value = "http://127.0.0.1:1" if changed == "url" else "/other.pem"
            watching.change(**{changed: value})
        tests = watching.until_snapshot(lambda snapshot: True).tests
        assert list(tests) == [key], "what was tested by its address does not depend on settings"


def test_another_address_has_a_new_test_begun_though_the_old_one_still_runs() -> None:
    with (
        RawServer(hold) as mute,
        ComfyServer() as server,
        asleep(mute.url, Policy(check_timeout=300.0)) as watching,
    ):
        watching.manager.test("comfyui")
        eventually(lambda: mute.accepted > 1)
        watching.change(url=server.url)
        diagnosis, _ = outcome(watching)
        assert (diagnosis.endpoint, diagnosis.passed) == (parse_endpoint(server.url), True)
        eventually(lambda: mute.open_connections() == 0)


def test_pressed_twice_a_test_goes_on() -> None:
    with RawServer(hold) as mute, asleep(mute.url, Policy(check_timeout=4.0)) as watching:
        watching.manager.test("comfyui")
        eventually(lambda: mute.accepted > 1)
        before = mute.accepted
        diagnosis, _ = outcome(watching)
        assert not diagnosis.passed
        assert mute.accepted == before


def test_a_key_that_was_entered_during_a_test_is_tested_next() -> None:
    with (
        LiteLLMServer(setup=Setup(master_key="sk-right")) as server,
        asleep(server.url, service="litellm") as watching,
    ):
        watching.change(keys=watching.settings.keys.add(server.url, Key("sk-wrong")))
        watching.manager.test("litellm")
        watching.enter_key("sk-right")
        assert outcome(watching, "litellm")[0].passed
