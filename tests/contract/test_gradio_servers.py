# SPDX-License-Identifier: GPL-3.0-or-later
"""RVC and AudioLDM on the real Gradio of their time: as recorded; found, watched, killed, logged in to."""

from __future__ import annotations

import base64
import io
import json
import time
import urllib.error
import urllib.request
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from movie_director.backends import audioldm, backends, rvc
from movie_director.backends.base import Backend
from movie_director.core.endpoint import Endpoint
from movie_director.core.errors import ProblemCode, Rejected, ServiceError, WrongProgram
from movie_director.core.facts import Access, ServiceInfo
from movie_director.core.model import Source, State
from movie_director.core.settings import Policy

from tests.conftest import LONG_TIMEOUT
from tests.ports import FreePort
from tests.servers.gradio_apps import ENVIRONMENTS, recording
from tests.servers.gradio_apps.processes import app_process
from tests.servers.gradio_backend import NOTHING_WAITS, client_of, identified
from tests.servers.process import ServerProcess
from tests.watching import BRISK, Watching

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(300)]

APPS = sorted(ENVIRONMENTS)
GENERATIONS = ("rvc-2.3", "rvc-2024", "audioldm-2")
"""One app of each generation of Gradio."""
PATIENT = replace(BRISK, check_timeout=1.5)
"""Two cores that also run the server."""


@pytest.fixture(scope="module")
def running() -> Iterator[Callable[[str], ServerProcess]]:
    """The running app of a name, started on first use and shared by the tests that leave it alone."""
    started: dict[str, ServerProcess] = {}

    def app(name: str) -> ServerProcess:
        if name not in started:
            process = app_process(name)
            process.start()
            started[name] = process
        return started[name]

    yield app
    for process in started.values():
        process.kill()


@pytest.fixture(params=APPS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(running: Callable[[str], ServerProcess], name: str) -> ServerProcess:
    return running(name)


def backend_of(name: str) -> Backend:
    return {"rvc": rvc.BACKEND, "audioldm": audioldm.BACKEND}[name.partition("-")[0]]


def read_json(url: str) -> Any:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
        url, timeout=LONG_TIMEOUT
    ) as answer:
        return json.loads(answer.read())


def caught(call: Callable[[], object]) -> ServiceError:
    with pytest.raises(ServiceError) as found:
        call()
    return found.value


# --- the servers are as recorded -----------------------------------------------------------------


def test_the_server_shows_what_was_recorded(server: ServerProcess, name: str) -> None:
    shown, recorded = read_json(server.url + "/config"), recording.config(name)
    for key in ("version", "mode", "title", "enable_queue", "show_error", "show_api"):
        assert shown[key] == recorded[key], key
    assert without_ids_alone(shown["layout"]) == recorded["layout"]
    kept = [{key: each[key] for key in ("id", "type", "props")} for each in shown["components"]]
    assert [(each["id"], each["type"]) for each in kept] == [
        (each["id"], each["type"]) for each in recorded["components"]
    ]
    for component, wanted in zip(kept, recorded["components"], strict=True):
        assert {key: component["props"].get(key) for key in wanted["props"]} == wanted["props"]
    for place, wanted in enumerate(recorded["dependencies"]):
        dependency = shown["dependencies"][place]
        assert {key: dependency[key] for key in wanted} == wanted
    assert len(shown["dependencies"]) == len(recorded["dependencies"])


def without_ids_alone(layout: dict[str, Any]) -> dict[str, Any]:
    """The layout without empty lists of children."""
    children = [without_ids_alone(child) for child in layout.get("children", ())]
    return {"id": layout["id"], **({"children": children} if children else {})}


def order(url: str, operation: str, *values: object, fn_index: int | None = None) -> Any:
    """The values that an operation brings, asked past the queue; the answer of a failure."""
    body = {"data": values, "session_hash": "test", **({} if fn_index is None else {"fn_index": fn_index})}
    request = urllib.request.Request(
        f"{url}/run/{operation}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            request, timeout=LONG_TIMEOUT
        ) as answer:
            return json.loads(answer.read())["data"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def sound_file() -> dict[str, object]:
    """A WAV file as it is handed in to Gradio 3.14."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(3_200))
    content = base64.b64encode(buffer.getvalue()).decode()
    return {"name": "a.wav", "data": f"data:audio/wav;base64,{content}", "is_file": False}


@pytest.mark.parametrize("name", ["rvc-2.3", "rvc-2024"])
def test_rvc_converts_with_the_voice_that_the_server_has_loaded(name: str) -> None:
    audio: object = sound_file() if name == "rvc-2.3" else "/voices/a.wav"
    conversion = [0, audio, 0, *([None] if name == "rvc-2024" else []), "rmvpe", ""]
    conversion += ["", 0.75, 3] if name == "rvc-2024" else [0.75]
    conversion += [0, 0.25, 0.33]
    with app_process(name, "--voice", "alto.pth") as server:
        assert order(server.url, "infer_convert", *conversion) == (500, {"error": None})
        voices = order(server.url, "infer_refresh")[0]
        assert voices["choices"] == ["alto.pth"]
        order(server.url, "infer_change_voice", "alto.pth", 0.33, 0.33)
        said, sound = order(server.url, "infer_convert", *conversion)
        assert said == "Success: alto.pth"
        assert sound["is_file"] or sound["data"].startswith("data:audio/wav;base64,")
        nothing = [None if value == audio else value for value in conversion]
        assert order(server.url, "infer_convert", *nothing) == ["Upload an audio file", None]


def test_audioldm_brings_its_sound_as_a_video(running: Callable[[str], ServerProcess]) -> None:
    text = ["rain", 5, 2.5, 42, 3]
    for video in (
        order(running("audioldm-2").url, "text2audio", *text)[0],
        order(running("audioldm-1").url, "predict", *text, "audioldm-m-full", fn_index=0)[0],
    ):
        assert video[0]["name"].endswith(".mp4")
        assert video[0]["is_file"]


# --- found and opened ----------------------------------------------------------------------------

FACTS = {
    "rvc-2.3": ("RVC WebUI", "2.3 (2026)", "infer_convert", 9, NOTHING_WAITS),
    "rvc-2024": ("RVC WebUI", "2024", "infer_convert", 12, NOTHING_WAITS),
    "audioldm-1": ("AudioLDM", "1", "", 6, NOTHING_WAITS),
    "audioldm-2": ("AudioLDM", "2", "text2audio", 5, None),
}


def test_only_its_own_backend_recognises_it(server: ServerProcess, name: str) -> None:
    for backend in backends():
        info, requests = identified(backend, server.url)
        assert (info is not None) == (backend is backend_of(name)), backend.name
        assert requests == 1 + (info is not None)


def test_open_reads_its_facts(server: ServerProcess, name: str) -> None:
    with client_of(backend_of(name), server.url) as client:
        info = client.open()
        assert client.read_facts() is None
    (capability,) = info.capabilities
    facts = (info.program, info.version, capability.operation, len(capability.parameters), info.queue)
    assert facts == FACTS[name]
    assert (info.access, info.complete) == (Access.OPEN, True)


def test_checks_keep_one_connection(server: ServerProcess, name: str) -> None:
    with client_of(backend_of(name), server.url) as client:
        info = client.open()
        for _ in range(60):
            assert client.check() == info
        http = client.visitor.http
        assert http.requests_sent >= 60
        assert http.connects / http.requests_sent < 0.05


def test_another_app_at_a_named_address_is_named(running: Callable[[str], ServerProcess]) -> None:
    with client_of(audioldm.BACKEND, running("rvc-2.3").url) as client:
        error = caught(client.open)
    assert isinstance(error, WrongProgram)
    assert error.problem.parameter("found") == "RVC WebUI"


def test_it_is_found_without_any_setting(server: ServerProcess, name: str, free_port: FreePort) -> None:
    backend = replace(backend_of(name), default_ports=(free_port(), server.port))
    with Watching(policy=PATIENT, service=backend.name, backends=[backend]) as watching:
        row = watching.until_connected()
        assert row.source is Source.DISCOVERED
        assert row.endpoint == Endpoint("http", "127.0.0.1", server.port)


# --- killed, frozen, restarted -------------------------------------------------------------------


@pytest.mark.parametrize("name", GENERATIONS)
def test_it_is_watched_through_a_freeze_a_kill_and_a_restart(name: str) -> None:
    backend = backend_of(name)
    with (
        app_process(name) as server,
        Watching(server.url, PATIENT, service=backend.name, backends=[backend]) as watching,
    ):
        first = watching.until_connected()
        server.freeze()
        watching.until(lambda row: row.state is not State.CONNECTED)
        server.thaw()
        watching.until_connected()
        server.kill()
        watching.until(lambda row: row.state is not State.CONNECTED)
        with app_process(name, port=first.endpoint.port if first.endpoint else 0):
            again = watching.until_connected(timeout=60.0)
        assert facts_of(again.info) == facts_of(first.info)


def facts_of(info: ServiceInfo | None) -> Any:
    assert info is not None
    return info.program, info.version, info.models, info.capabilities


@pytest.mark.parametrize(("name", "voices"), [("rvc-2.3", ["a.pth"]), ("rvc-2024", ["a.pth", "b.pth"])])
def test_a_restart_between_two_checks_is_noticed_and_read_anew(name: str, voices: list[str]) -> None:
    with app_process(name) as server, client_of(rvc.BACKEND, server.url, Policy(check_timeout=5.0)) as client:
        assert client.open().models == (("voices", ()),)
        port = server.port
        server.kill()
        options = [option for voice in voices for option in ("--voice", voice)]
        with app_process(name, *options, port=port):
            assert client.check().models == (("voices", tuple(voices)),)
            assert client.check().queue == NOTHING_WAITS


# --- log-in --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GENERATIONS)
def test_log_in(name: str) -> None:
    backend, auth = backend_of(name), ["--auth", "artist:geheim"]
    with app_process(name, *auth) as server:
        with client_of(backend, server.url) as client:
            missing = caught(client.open)
        assert isinstance(missing, Rejected)
        assert missing.problem.code is ProblemCode.KEY_MISSING
        assert caught(lambda: identified(backend, server.url)).problem.code is ProblemCode.KEY_MISSING

        with client_of(backend, with_password(server.url, "falsch")) as client:
            wrong = caught(client.open)
        assert isinstance(wrong, Rejected)
        assert wrong.problem.code is ProblemCode.KEY_REJECTED
        assert "falsch" not in repr(wrong.problem)

        url, patience = with_password(server.url, "geheim"), Policy(check_timeout=5.0)
        assert identified(backend, url)[0] is not None
        with client_of(backend, url, patience) as client:
            info = client.open()
            assert (info.access, info.version) == (Access.ACCEPTED, FACTS[name][1])
            assert client.check() == info
            client.drop()
            assert client.check() == info
            port = server.port
            server.kill()
            with app_process(name, *auth, port=port):
                # The new run has never seen our cookie.
                assert client.check() == info


def test_a_log_in_as_the_user_meets_it(running: Callable[[str], ServerProcess]) -> None:
    with (
        app_process("rvc-2024", "--auth", "artist:geheim") as server,
        Watching(server.url, PATIENT, service="rvc", backends=[rvc.BACKEND]) as watching,
    ):
        row = watching.until_state(State.FAILED)
        assert row.problem is not None
        assert row.problem.code is ProblemCode.KEY_MISSING
        assert watching.until_tested("rvc").problem == row.problem
        watching.change(url=with_password(server.url, "geheim"))
        row = watching.until_connected()
        assert row.info is not None
        assert row.info.access is Access.ACCEPTED
        assert watching.until_tested("rvc").passed
        assert "geheim" not in repr(row)


def with_password(url: str, password: str) -> str:
    return url.replace("//", f"//artist:{password}@")


# --- how fast ------------------------------------------------------------------------------------


def test_a_session_is_opened_within_a_second(server: ServerProcess, name: str) -> None:
    """In one of three tries: the server is another program, which the computer may let wait."""
    assert any(seconds_to_open(backend_of(name), server.url) < 1.0 for _ in range(3))


def seconds_to_open(backend: Backend, url: str) -> float:
    started = time.monotonic()
    with client_of(backend, url) as client:
        client.open()
        return time.monotonic() - started
