# SPDX-License-Identifier: GPL-3.0-or-later
"""`movie-director diagnostics` as people and scripts run it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from movie_director.core.diagnostics import DIAGNOSTICS
from movie_director.runtime.log_files import MOST_BYTES, MOST_FILES, newest_logs
from movie_director.runtime.paths import folders
from movie_director.runtime.surroundings import surroundings

from tests.cli_kit import run as run_command
from tests.cli_kit import run_python
from tests.servers.comfyui import ComfyServer

OTHERS_OFF = {f"{name}_ENABLED": "0" for name in ("WAN2GP", "LITELLM", "RVC", "AUDIOLDM")}


@pytest.fixture
def user(tmp_path: Path) -> Path:
    """The home folder of a user with a name of her own."""
    folder = tmp_path / "ada_lovelace"
    folder.mkdir()
    return folder


def run(user: Path, *arguments: str, **said: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    variables = {f"MOVIE_DIRECTOR_{name}": value for name, value in {**OTHERS_OFF, **said}.items()}
    surroundings = {"HOME": str(user), "USERPROFILE": str(user), "USER": user.name, "USERNAME": user.name}
    surroundings |= {"MOVIE_DIRECTOR_HOME": str(user / "settings"), "HOSTNAME": "adas-pc"}
    return run_command(*arguments, folder=user, **surroundings, **variables)


def test_the_report_tells_of_services_settings_and_log_and_not_of_the_user(user: Path) -> None:
    with ComfyServer() as comfy:
        code, output, errors = run(user, "diagnostics", COMFYUI_URL=comfy.url)
    assert (code, errors) == (0, "")
    assert f"at {comfy.url} (configured), live updates open" in output
    assert (
        f"comfyui url                       {comfy.url}  (set by the environment: MOVIE_DIRECTOR_COMFYUI_URL)"
        in output
    )
    assert "ComfyUI: connected: version 0.33.0" in output
    assert "comfyui: connecting -> connected" in output
    assert "config file: ~/settings/config.toml" in output
    assert "urllib3 " in output
    assert "ada_lovelace" not in output
    assert str(user.parent) not in output


def test_it_comes_as_json_too_and_goes_to_a_file(user: Path) -> None:
    path = user / "report.json"
    with ComfyServer() as comfy:
        code, output, errors = run(
            user, "diagnostics", "--json", "--output", str(path), COMFYUI_URL=comfy.url
        )
    assert (code, errors) == (0, "")
    assert output == f"Written to {path}. Read it before you publish it.\n"
    text = path.read_text("utf-8")
    document = json.loads(text)
    assert (document["schema"], document["ok"], document["ready"]) == (DIAGNOSTICS, True, True)
    assert [each["what"] for each in document["files"]] == [
        "config file",
        "preferences",
        "keys",
        "allowed addresses",
        "remembered",
        "logs",
    ]
    assert document["services"][0]["state"] == "connected"
    assert [each["change"] for each in document["changes"]] == ["connected"]
    assert document["logs"][0]["name"] == "movie-director.log"
    assert "ada_lovelace" not in text
    code, output, _ = run(user, "diagnostics", "--output", "~/report.md", COMFYUI_ENABLED="0")
    assert code == 0
    assert (user / "report.md").read_text("utf-8").startswith("## Movie Director: diagnostics\n")


def test_settings_full_of_mistakes_do_not_keep_it_from_telling_of_them(user: Path) -> None:
    code, output, errors = run(user, "diagnostics", COMFYUI_ENABLED="0", COMFYUI_TIMEOUT="ten")
    assert (code, errors) == (0, "")
    assert "bad-setting: The setting MOVIE_DIRECTOR_COMFYUI_TIMEOUT='ten' cannot be used" in output


def test_in_blender_the_folder_of_the_film_is_left_out(user: Path) -> None:
    folder = "/films/secret-client"
    script = (
        "import sys; from movie_director.cli.main import main;"
        " from movie_director.core.project_document import Project;"
        f" film = Project({{'rvc': {{'timeout': 0}}}}, 'shot.blend', folder='{folder}');"
        " sys.exit(main(['diagnostics'], project=film))"
    )
    off = {f"MOVIE_DIRECTOR_{name}": value for name, value in OTHERS_OFF.items()}
    off |= {"MOVIE_DIRECTOR_COMFYUI_ENABLED": "0", "MOVIE_DIRECTOR_COMFYUI_CA_FILE": f"{folder}/ca.pem"}
    code, output, errors = run_python("-c", script, MOVIE_DIRECTOR_HOME=str(user / "settings"), **off)
    assert (code, errors) == (0, "")
    assert "<project>/ca.pem" in output
    assert "The setting rvc.timeout='0' in shot.blend cannot be used" in output
    assert "secret-client" not in output


def test_that_no_log_is_written_is_told(user: Path) -> None:
    (user / "settings").mkdir()
    (user / "settings" / "logs").touch()
    code, output, _ = run(user, "diagnostics", COMFYUI_ENABLED="0")
    assert code == 0
    assert "\nNo log is written: ~/settings/logs: " in output


def test_a_file_that_cannot_be_written_is_told(user: Path) -> None:
    code, _, errors = run(user, "diagnostics", "--output", str(user), COMFYUI_ENABLED="0")
    assert code == 2
    assert errors.startswith(f"movie-director: {user} cannot be written: ")


def test_the_logs_of_other_processes_are_read_from_their_end(tmp_path: Path) -> None:
    assert newest_logs(tmp_path / "nowhere") == ()
    for number in range(MOST_FILES + 2):
        path = tmp_path / f"movie-director-{number}.log"
        path.write_bytes(b"first\n" + b"x" * MOST_BYTES * number + b"\nlast \xff\n")
        os.utime(path, (number, number))
    (tmp_path / "movie-director-9.log").mkdir()
    parts = newest_logs(tmp_path)
    assert [part.name for part in parts][-2:] == ["movie-director-4.log", "movie-director-3.log"]
    assert parts[-1].records == ("last \ufffd",)


def test_what_is_found_out_of_the_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/grace")
    monkeypatch.setenv("USERPROFILE", "/home/grace")
    found = surroundings(
        "0.1.0",
        {"USER": "hopper", "HOSTNAME": "compiler"},
        folders("linux", {}, "/home/grace"),
        blender="4.5.15",
    )
    assert found.versions[:2] == ("Movie Director 0.1.0", "Blender 4.5.15")
    assert found.system
    assert "requests" in dict(found.packages)
    assert {"hopper", "grace"} <= set(found.who.names)
    assert "compiler" in found.who.computers
    assert found.who.home == "/home/grace"
