"""`movie-director status`: what is told, as a table and as JSON, and with which exit code."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest

from tests.cli_kit import run, url_of, without_switched_off
from tests.ports import FreePort
from tests.servers.comfyui import VERSIONS, ComfyServer
from tests.servers.plain import RawServer, read_head

pytestmark = pytest.mark.usefixtures("only_comfyui")


@pytest.mark.parametrize("generation", VERSIONS)
def test_status_of_a_running_service(generation: str) -> None:
    with ComfyServer(generation) as server:
        code, output, errors = run("status", "--url", url_of(server))
    assert (code, errors) == (0, "")
    heading, row, _, light = without_switched_off(output)
    assert heading.split() == ["Service", "State", "Version", "Address", "Answer", "Device", "Queue"]
    version = re.escape(generation)
    assert re.fullmatch(
        rf"● ComfyUI +Connected +{version} +{server.url}  [\d.]+ m?s +CPU, .* GiB free +0", row, re.IGNORECASE
    )
    assert light == "● Everything is ready (1 of 1 ready)"


def test_status_as_json(comfy: ComfyServer) -> None:
    code, output, errors = run("status", "--json", "--url", url_of(comfy))
    assert (code, errors) == (0, "")
    document = json.loads(output)
    assert document["schema"] == "movie-director/status/1"
    assert (document["ok"], document["light"]) == (True, "green")
    [service] = [each for each in document["services"] if each["service"] == "comfyui"]
    assert service["state"] == "connected"
    assert service["endpoint"]["port"] == comfy.port
    assert service["source"] == "configured"
    assert service["info"]["version"] == "0.33.0"
    assert 0 < service["latency_seconds"] < 5


def test_status_of_a_missing_service_says_what_to_do_and_ends_with_1(free_port: FreePort) -> None:
    port = free_port()
    code, output, errors = run("status", "--url", f"comfyui=http://127.0.0.1:{port}")
    assert (code, errors) == (1, "")
    lines = without_switched_off(output)
    assert lines[3:] == [
        "✖ Something required is missing (0 of 1 ready)",
        "",
        f"✖ ComfyUI is not running at 127.0.0.1:{port}.",
        "  Start ComfyUI Desktop, or run 'python main.py' in the folder of ComfyUI.",
    ]


def seconds_of_status(url: str) -> float:
    started = time.monotonic()
    assert run("status", "--json", "--url", url)[0] == 1
    return time.monotonic() - started


def test_the_first_failure_is_enough_to_know(free_port: FreePort) -> None:
    """In one of three tries, for the command is a process of its own, which the computer may let wait."""
    url = f"comfyui=http://127.0.0.1:{free_port()}"
    assert any(seconds_of_status(url) < 5.0 for _ in range(3))


@pytest.mark.slow
def test_status_ends_in_time_when_the_service_is_mute() -> None:
    def mute(sock: Any) -> None:
        read_head(sock)
        sock.recv(1)  # until the client gives up

    with RawServer(mute) as server:
        code, output, _ = run("status", "--json", "--url", url_of(server))
        assert any(seconds_of_status(url_of(server)) < 8.0 for _ in range(3))
    assert code == 1
    service = json.loads(output)["services"][0]
    assert service["problem"] is None or service["problem"]["code"] == "no-answer"


def test_a_service_that_is_switched_off_is_not_required() -> None:
    code, output, _ = run("status", MOVIE_DIRECTOR_COMFYUI_ENABLED="no")
    assert code == 0
    assert "◌ Nothing is switched on (0 of 0 ready)" in output


def test_the_url_of_the_command_line_wins_over_the_environment(
    comfy: ComfyServer, free_port: FreePort
) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    assert run("status", "--url", url_of(comfy), MOVIE_DIRECTOR_COMFYUI_URL=dead)[0] == 0
    assert run("status", MOVIE_DIRECTOR_COMFYUI_URL=comfy.url)[0] == 0


def test_status_is_good_when_only_an_optional_service_is_slow() -> None:
    with ComfyServer() as server, RawServer(lambda sock: sock.recv(1) and None) as mute:
        code, output, _ = run(
            "status",
            "--json",
            "--url",
            url_of(server),
            MOVIE_DIRECTOR_LITELLM_ENABLED="yes",
            MOVIE_DIRECTOR_LITELLM_URL=mute.url,
            MOVIE_DIRECTOR_LITELLM_TIMEOUT="30",
        )
    assert (code, json.loads(output)["ok"]) == (0, True)
