# SPDX-License-Identifier: GPL-3.0-or-later
"""The manager: life cycle, looking around, connection tests, and what it refuses."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from movie_director.backends.comfyui import BACKEND
from movie_director.core.diagnosis import Diagnosis, Layer, Verdict
from movie_director.core.endpoint import parse_endpoint
from movie_director.core.errors import ConfigError, ProblemCode
from movie_director.core.model import State
from movie_director.core.settings import Settings
from movie_director.runtime.discovery import NEIGHBOURS
from movie_director.runtime.manager import Manager

from tests.conftest import LONG_TIMEOUT
from tests.ports import FreePort
from tests.servers.comfyui import ComfyServer
from tests.servers.litellm.protocol import LiteLLMServer
from tests.servers.litellm.setups import Setup
from tests.servers.plain import RawServer, hold
from tests.watching import BRISK, Watching


def verdicts(diagnosis: Diagnosis) -> dict[Layer, Verdict]:
    return {result.layer: result.verdict for result in diagnosis.layers}


def threads_of_ours() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("md-")]


# --- life cycle ---------------------------------------------------------------------------------------------


def test_a_new_manager_has_rows_but_no_thread() -> None:
    manager = Manager(Settings(), backends=[BACKEND])
    snapshot = manager.board.snapshot()
    assert snapshot is not None
    assert [(row.label, row.state) for row in snapshot.services.values()] == [("ComfyUI", State.DISABLED)]
    assert threads_of_ours() == []
    assert manager.stop()


def test_starting_and_stopping_twice_is_harmless() -> None:
    with ComfyServer() as server:
        watching = Watching(server.url)
        watching.manager.start()
        watching.manager.start()
        watching.until_connected()
        assert len(threads_of_ours()) == 1
        assert watching.manager.stop(timeout=LONG_TIMEOUT)
        assert watching.manager.stop()
        assert threads_of_ours() == []


def test_stopping_cuts_a_conversation_with_a_peer_that_never_answers() -> None:
    asked = threading.Event()

    def silent(sock: object) -> None:
        asked.set()
        hold(sock)  # type: ignore[arg-type]

    with RawServer(silent) as server:
        watching = Watching(server.url)
        watching.change(policy=replace(watching.settings.policy, check_timeout=3600.0))
        watching.manager.start()
        assert asked.wait(LONG_TIMEOUT)
        assert watching.manager.stop(timeout=LONG_TIMEOUT)


def test_settings_applied_before_the_start_are_those_it_starts_with() -> None:
    with ComfyServer() as server:
        server.faults.basic_auth = "user:secret"
        watching = Watching("http://127.0.0.1:1")
        watching.change(url=f"http://user:secret@127.0.0.1:{server.port}")
        with watching:
            assert watching.until_connected().endpoint == parse_endpoint(server.url)


def test_a_disabled_service_is_left_alone() -> None:
    with ComfyServer() as server:
        watching = Watching(server.url)
        watching.change(enabled=False)
        with watching:
            watching.manager.retry_now()
            watching.manager.apply(watching.manager._settings)
            watching.change(required=False)
            watching.until(lambda row: not row.required)
            assert watching.row.state is State.DISABLED
        assert server.requests.total() == 0


def test_errands_are_run_once_at_a_time_and_end_with_the_manager() -> None:
    lasting = replace(BRISK, check_timeout=LONG_TIMEOUT)  # the test of a connection goes on until the end
    with RawServer(hold) as server:
        watching = Watching(server.url, lasting)
        for _ in range(20):
            watching.manager.test("comfyui")
            watching.manager.discover()
        assert len([name for name in threads_of_ours() if name.startswith("md-test comfyui")]) == 1
        watching.until_snapshot(
            lambda snapshot: snapshot.discovery is not None and snapshot.discovery.finished
        )
        assert watching.manager.stop(timeout=LONG_TIMEOUT)
        assert threads_of_ours() == []


def test_an_unknown_service_is_named_with_the_nearest_one() -> None:
    manager = Manager(Settings())
    with pytest.raises(ConfigError) as caught:
        manager.retry_now("comfy")
    assert caught.value.problem.code is ProblemCode.UNKNOWN_SERVICE
    assert caught.value.problem.parameter("nearest") == "comfyui"
    manager.stop()


# --- looking around -----------------------------------------------------------------------------------------


def test_looking_around_lists_our_services_first_and_names_strangers(free_port: FreePort) -> None:
    def forge(sock: object) -> None:
        body = b"<html><title>Stable Diffusion\x1b[31m</title>"
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
        sock.sendall(head + body)  # type: ignore[attr-defined]

    def ssh(sock: object) -> None:
        sock.sendall(b"SSH-2.0-x\r\n")  # type: ignore[attr-defined]

    with RawServer(forge) as stranger, RawServer(ssh) as garbage, ComfyServer() as server:
        ports = (stranger.port, garbage.port, free_port(), server.port)
        with Watching(server.url, backends=[replace(BACKEND, default_ports=ports)]) as watching:
            watching.manager.discover()
            snapshot = watching.until_snapshot(
                lambda snapshot: snapshot.discovery is not None and snapshot.discovery.finished
            )
    report = snapshot.discovery
    assert report is not None
    assert 8 < report.addresses_tried <= 8 * (1 + NEIGHBOURS)
    seen = [sighting for sighting in report.sightings if sighting.endpoint.port in ports]
    assert [sighting.endpoint.port for sighting in seen] == [server.port, stranger.port, garbage.port]
    ours, named, unreadable = seen
    assert ours.service == "comfyui"
    assert ours.info is not None
    assert ours.info.version == "0.33.0"
    assert (named.service, named.stranger) == (None, "Stable Diffusion [31m")
    assert unreadable.problem is not None
    assert unreadable.problem.code is ProblemCode.NOT_HTTP


# --- connection test ----------------------------------------------------------------------------------------


def test_a_good_service_passes_every_layer() -> None:
    with ComfyServer() as server, Watching(server.url) as watching:
        begun = time.monotonic()
        diagnosis = watching.until_tested("comfyui")
        assert diagnosis.passed
        assert diagnosis.finished_at is not None
        assert begun <= diagnosis.finished_at <= time.monotonic()
        assert [result.layer for result in diagnosis.layers] == list(Layer)
        assert verdicts(diagnosis) == {
            **dict.fromkeys(Layer, Verdict.PASSED),
            Layer.CREDENTIALS: Verdict.NOT_NEEDED,
        }
        assert diagnosis.info is not None
        assert diagnosis.info.version == "0.33.0"


def test_a_url_is_tested_without_being_configured() -> None:
    with ComfyServer() as server, Watching("http://127.0.0.1:1") as watching:
        diagnosis = watching.until_tested(f"http://somebody:secret@127.0.0.1:{server.port}")
        assert (diagnosis.service, diagnosis.passed) == ("comfyui", True)
        assert "secret" not in repr(watching.manager.board.snapshot())


def test_a_free_port_fails_at_the_port() -> None:
    with Watching("http://127.0.0.1:1") as watching:
        diagnosis = watching.until_tested("comfyui")
        assert diagnosis.problem is not None
        assert diagnosis.problem.code is ProblemCode.REFUSED
        assert verdicts(diagnosis) == {
            Layer.NAME: Verdict.PASSED,
            Layer.PORT: Verdict.FAILED,
            **dict.fromkeys((Layer.HTTP, Layer.PROGRAM, Layer.CREDENTIALS, Layer.READY), Verdict.NOT_REACHED),
        }


def test_an_unknown_name_fails_at_the_name() -> None:
    with Watching("http://nowhere.invalid:8188") as watching:
        diagnosis = watching.until_tested("comfyui")
        assert verdicts(diagnosis)[Layer.NAME] is Verdict.FAILED
        assert diagnosis.problem is not None
        assert diagnosis.problem.code is ProblemCode.NAME_UNKNOWN


def test_a_silent_program_fails_at_http() -> None:
    with RawServer(hold) as server, Watching(server.url) as watching:
        diagnosis = watching.until_tested("comfyui")
        assert verdicts(diagnosis)[Layer.HTTP] is Verdict.FAILED
        assert diagnosis.problem is not None
        assert diagnosis.problem.code is ProblemCode.NO_ANSWER


def test_another_program_fails_at_the_program() -> None:
    body = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nServer: Jupyter/1\r\nConnection: close\r\n\r\n{}"
    with RawServer(lambda sock: sock.sendall(body)) as server, Watching(server.url) as watching:
        diagnosis = watching.until_tested("comfyui")
        assert verdicts(diagnosis)[Layer.PROGRAM] is Verdict.FAILED
        assert diagnosis.problem is not None
        assert diagnosis.problem.code is ProblemCode.WRONG_PROGRAM
        assert diagnosis.problem.parameter("found") == "Jupyter"


def test_wanted_credentials_fail_at_the_credentials() -> None:
    with ComfyServer() as server, Watching(server.url) as watching:
        server.faults.basic_auth = "user:password"
        diagnosis = watching.until_tested("comfyui")
        assert verdicts(diagnosis)[Layer.CREDENTIALS] is Verdict.FAILED
        assert diagnosis.problem is not None
        assert diagnosis.problem.code is ProblemCode.KEY_MISSING
        diagnosis = watching.until_tested(f"http://user:password@127.0.0.1:{server.port}")
        assert verdicts(diagnosis)[Layer.CREDENTIALS] is Verdict.PASSED


def test_a_key_is_shown_from_the_first_layer_on_and_judged_once() -> None:
    with (
        LiteLLMServer(setup=Setup(master_key="sk-right")) as server,
        Watching(server.url, service="litellm") as watching,
    ):
        for key, verdict in (("sk-right", Verdict.PASSED), ("sk-wrong", Verdict.FAILED)):
            watching.enter_key(key)
            diagnosis = watching.until_tested("litellm")
            assert verdicts(diagnosis)[Layer.CREDENTIALS] is verdict
            assert [result.layer for result in diagnosis.layers].count(Layer.CREDENTIALS) == 1
        assert diagnosis.problem is not None
        assert diagnosis.problem.code is ProblemCode.KEY_REJECTED


def test_a_refused_stream_is_a_warning_and_the_service_usable() -> None:
    with ComfyServer() as server, Watching(server.url) as watching:
        server.faults.websocket_status = 403
        diagnosis = watching.until_tested("comfyui")
        assert verdicts(diagnosis)[Layer.READY] is Verdict.WARNING
        assert diagnosis.passed
        assert diagnosis.problem is not None
        assert diagnosis.problem.code is ProblemCode.STREAM_REFUSED


def test_an_automatic_service_that_runs_nowhere_fails_at_the_port(free_port: FreePort) -> None:
    with Watching(backends=[replace(BACKEND, default_ports=(free_port(),))]) as watching:
        diagnosis = watching.until_tested("comfyui")
        assert verdicts(diagnosis)[Layer.PORT] is Verdict.FAILED
        assert diagnosis.problem is not None
        assert diagnosis.problem.code is ProblemCode.NOT_FOUND


@pytest.mark.parametrize("text", ["http://127.0.0.1:70000", "comfy ui", ""])
def test_text_that_is_no_target_is_refused_at_once(text: str) -> None:
    manager = Manager(Settings())
    with pytest.raises(ConfigError):
        manager.test(text)
    manager.stop()


def test_credentials_in_the_address_of_a_service_are_sent_and_never_shown() -> None:
    with ComfyServer() as server:
        server.faults.basic_auth = "user:secret"
        with Watching(f"http://user:secret@127.0.0.1:{server.port}") as watching:
            watching.until_connected()
            assert "secret" not in repr(watching.manager.board.snapshot())
