"""``movie-director services`` as people and scripts run it: a process of its own against a real server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli_kit import run as run_command
from tests.conftest import LONG_TIMEOUT
from tests.servers.comfyui import ComfyServer

pytestmark = pytest.mark.usefixtures("only_comfyui")


@pytest.fixture
def comfy() -> Iterator[ComfyServer]:
    with ComfyServer() as server:
        server.facts.models["checkpoints"] += [f"model {number}.safetensors" for number in range(12)]
        server.facts.models["loras"].append("film grain.safetensors")
        yield server


def run(server: ComfyServer, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    return run_command(*arguments, "--url", f"comfyui={server.url}", **environment)


def as_json(server: ComfyServer, *arguments: str) -> tuple[int, dict[str, Any]]:
    code, output, errors = run(server, *arguments, "--json")
    assert errors == ""
    document: dict[str, Any] = json.loads(output)
    return code, document


def test_a_ready_service_is_listed_with_what_it_makes(comfy: ComfyServer) -> None:
    code, output, errors = run(comfy, "services", "--make", "video")
    assert (code, errors) == (0, "")
    assert output.splitlines() == [
        f"● ComfyUI 0.33.0  Connected  {comfy.url}  nothing in the queue",
        "  Makes      video",
        "  Models     12 checkpoints, 1 lora",
    ]


def test_verbose_names_all_models(comfy: ComfyServer) -> None:
    _, output, _ = run(comfy, "services", "--verbose")
    assert "  Makes      images, video\n" in output
    assert "loras: film grain.safetensors\n" in output
    assert output.count(".safetensors") == 13


@pytest.mark.parametrize("make", ["text", "voice", "sound"])
def test_what_nobody_makes_ends_with_1(comfy: ComfyServer, make: str) -> None:
    code, output, _ = run(comfy, "services", "--make", make)
    assert code == 1
    assert re.fullmatch(r"No service makes \w+\.\n", output)


def test_a_service_that_is_gone_is_told_with_what_it_could_do(comfy: ComfyServer) -> None:
    assert run(comfy, "services")[0] == 0
    comfy.kill()
    code, output, _ = run(comfy, "services", "--make", "image")
    assert code == 1
    head, makes, last_seen = output.splitlines()
    assert head.startswith("✖ ComfyUI  Not reached")
    assert makes == "  Makes      images"
    assert re.fullmatch(rf"  Last seen  [\d.]+ m?s ago at {comfy.url}: 12 checkpoints, 1 lora", last_seen)
    assert run(comfy, "services", "--ready") == (1, "Nothing is ready.\n", "")


def test_what_was_seen_by_another_command_is_known_too(comfy: ComfyServer) -> None:
    _, before = as_json(comfy, "services")
    assert before["services"][0]["last_seen"] is None
    comfy.kill()
    code, after = as_json(comfy, "services", "--make", "image")
    assert (code, after["ok"], after["make"]) == (1, False, "image")
    [service] = after["services"]
    assert service["ready"] is False
    assert service["version"] == "0.33.0"
    assert service["models"] == before["services"][0]["models"]
    assert service["last_seen"]["url"] == comfy.url
    assert service["last_seen"]["at"] < after["at"]
    assert 0 <= service["last_seen"]["seconds_ago"] < LONG_TIMEOUT


def test_json_of_a_ready_service(comfy: ComfyServer) -> None:
    code, document = as_json(comfy, "services", "--make", "image", "--ready")
    assert (code, document["schema"], document["ok"]) == (0, "movie-director/services/1", True)
    [service] = document["services"]
    assert (service["ready"], service["support"], service["queue_remaining"]) == (True, "tested", 0)
    assert [each["makes"] for each in service["capabilities"]] == ["image"]
    models = {each["folder"]: each["names"] for each in service["models"]}
    assert len(models["checkpoints"]) == 12


@pytest.mark.parametrize(
    ("version", "support", "code", "sentence"),
    [
        (
            "0.3.10",
            "too-old",
            1,
            "▲ ComfyUI 0.3.10 is older than 0.3.45, the oldest that works with Movie Director: update it.",
        ),
        (
            "9.9.9",
            "newer-than-tested",
            0,
            "  ComfyUI 9.9.9 is newer than 0.33.0, the newest that was tested with Movie Director.",
        ),
    ],
)
def test_a_version_that_is_not_as_tested(
    comfy: ComfyServer, version: str, support: str, code: int, sentence: str
) -> None:
    comfy.facts.version = version
    assert run(comfy, "services", "--make", "image")[0] == code
    for command in ("services", "status"):
        assert sentence in run(comfy, command)[1].splitlines()
        assert as_json(comfy, command)[1]["services"][0]["support"] == support


def test_a_folder_that_cannot_be_written_costs_only_the_memory(comfy: ComfyServer, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, output, errors = run(comfy, "services", MOVIE_DIRECTOR_HOME=str(tmp_path / "file"))
    assert code == 0
    assert "● ComfyUI 0.33.0" in output
    assert errors == f"No log is written: {tmp_path / 'file' / 'logs'}: Not a directory.\n"


def test_no_secret_is_remembered(comfy: ComfyServer, home: Path) -> None:
    place = f"comfyui=http://ada:open-sesame@127.0.0.1:{comfy.port}"
    code, _, _ = run(comfy, "services", "--url", place, MOVIE_DIRECTOR_COMFYUI_API_KEY="canary-key")
    assert code == 0
    kept = (home / "remembered.json").read_text("utf-8")
    assert comfy.url in kept
    assert "open-sesame" not in kept
    assert "canary-key" not in kept
