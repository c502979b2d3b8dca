"""`movie-director config` as people and scripts run it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from movie_director.core.schema import Layer
from movie_director.runtime.lock import try_lock

from tests.cli_kit import run as run_command
from tests.cli_kit import run_python
from tests.settings_kit import SCHEMA

OFF = {f"{each.name.upper()}_ENABLED": "no" for each in SCHEMA.services}
"""No service is looked for."""
FILES = ["config file", "preferences", "keys", "allowed addresses", "remembered", "logs"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def run(home: Path, *arguments: str, **said: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    variables = {f"MOVIE_DIRECTOR_{name}": value for name, value in said.items()}
    return run_command(*arguments, folder=home.parent, MOVIE_DIRECTOR_HOME=str(home), **variables)


def shown(output: str, service: str, name: str) -> str:
    """The line of one setting."""
    part = output.partition(f"{service}\n")[2].partition("\n\n")[0]
    [line] = [line.strip() for line in part.splitlines() if line.split()[:1] == [name]]
    return line


def row(document: dict[str, Any], service: str | None, name: str) -> dict[str, Any]:
    [found] = [each for each in document["settings"] if (each["service"], each["name"]) == (service, name)]
    assert isinstance(found, dict)
    return found


def test_show_says_what_holds_and_where_it_comes_from(home: Path) -> None:
    (home / "config.toml").write_text("auto_connect = false\n\n[comfyui]\ntimeout = 30\n")
    (home / "settings.json").write_text(
        '{"version": 3, "settings": {"services": {"comfyui": {"timeout": 9, "retry_count": 2}}}}'
    )
    said = {"RVC_URL": "http://me:canary@render:7865", "LITELLM_API_KEY": "canary"}
    code, output, errors = run(home, "config", **said)
    assert (code, errors) == (0, "")
    config = home / "config.toml"
    assert shown(output, "Movie Director", "auto_connect").endswith(
        f"set in the config file: {config}, line 1"
    )
    assert shown(output, "ComfyUI", "timeout").split()[1:3] == ["30", "s"]
    assert shown(output, "ComfyUI", "timeout").endswith(f"set in the config file: {config}, line 4")
    assert shown(output, "ComfyUI", "retry_count").endswith("set in the preferences")
    assert shown(output, "ComfyUI", "url").endswith("(found by itself)  default")
    url = shown(output, "RVC WebUI", "url")
    assert url.split()[1] == "http://render:7865"
    assert url.endswith("set by the environment: MOVIE_DIRECTOR_RVC_URL")
    assert "(set)" in shown(output, "LiteLLM", "api_key")
    assert "canary" not in output
    assert "What a .blend says is known in Blender alone" in output


def test_show_as_json(home: Path) -> None:
    code, output, errors = run(
        home, "config", "show", "--json", COMFYUI_TIMEOUT="7", COMFYUI_TIMOUT="7", LITELLM_API_KEY="canary"
    )
    assert (code, errors) == (0, "")
    document = json.loads(output)
    assert (document["schema"], document["ok"]) == ("movie-director/config/1", False)
    assert document["project_known"] is False
    assert row(document, "comfyui", "timeout") == {
        "service": "comfyui",
        "name": "timeout",
        "value": 7.0,
        "layer": "environment",
        "detail": "MOVIE_DIRECTOR_COMFYUI_TIMEOUT",
    }
    assert row(document, None, "auto_connect")["layer"] == "default"
    assert row(document, "comfyui", "custom_data")["value"] == {}
    assert row(document, "litellm", "api_key")["value"] == "(set)"
    assert row(document, "rvc", "api_key")["value"] is None
    assert len(document["settings"]) == len(list(SCHEMA))
    [problem] = document["problems"]
    assert problem["code"] == "unknown-setting"
    assert "MOVIE_DIRECTOR_COMFYUI_TIMEOUT" in problem["advice"]
    assert document["files"]["config file"] == str(home / "config.toml")
    assert "canary" not in output


def test_the_command_line_wins_and_says_so(home: Path) -> None:
    code, output, _ = run(home, "config", "--url", "comfyui=http://a:1", COMFYUI_URL="http://b:1")
    assert code == 0
    line = shown(output, "ComfyUI", "url")
    assert line.split()[1] == "http://a:1"
    assert line.endswith("set by the environment: --url")
    _, output, _ = run(home, "config", "--json", "--url", "comfyui=", COMFYUI_URL="http://b:1")
    assert row(json.loads(output), "comfyui", "url")["value"] == ""


def test_check_tells_what_is_wrong(home: Path) -> None:
    assert run(home, "config", "check") == (0, "● The settings are in order.\n", "")
    (home / "config.toml").write_text('[comfyui]\ntimeout = "ten"\n')
    code, output, _ = run(home, "config", "check")
    assert code == 1
    where = home / "config.toml"
    assert output.startswith(
        f"▲ The setting comfyui.timeout='ten' in {where} cannot be used: expected a number"
    )
    code, output, _ = run(home, "config", "check", "--json")
    assert (code, json.loads(output)["ok"]) == (1, False)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('[comfyui]\ntimeout = "ten"\n', "comfyui.timeout='ten'"),
        (
            "[comfyui\n",
            "cannot be read: Expected ']' at the end of a table declaration (at line 1, column 9)",
        ),
    ],
)
def test_no_other_command_begins_with_a_mistake_in_the_config_file(
    home: Path, content: str, words: str
) -> None:
    (home / "config.toml").write_text(content)
    code, output, errors = run(home, "status")
    assert (code, output) == (2, "")
    assert words in errors
    assert run(home, "config", "show")[0] == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"version": 3, "settings": {"services": {"rvc": {"timeout": "ten"}}}}', "rvc.timeout='ten' in"),
        ("{", "settings.json cannot be read: "),
    ],
)
def test_a_mistake_in_what_was_set_in_blender_is_told_and_ends_nothing(
    home: Path, content: str, words: str
) -> None:
    (home / "settings.json").write_text(content)
    code, output, errors = run(home, "status", **OFF)
    assert (code, errors.count("movie-director: ")) == (0, 1)
    assert words in errors
    assert "Off" in output


def test_a_mistake_in_the_film_of_somebody_else_is_told_and_ends_nothing(home: Path) -> None:
    script = (
        "import sys; from movie_director.cli.main import main;"
        " from movie_director.core.project_document import Project;"
        " sys.exit(main(['status'], project=Project({'comfyui': {'timeout': 0}}, 'film.blend')))"
    )
    off = {f"MOVIE_DIRECTOR_{name}": value for name, value in OFF.items()}
    code, output, errors = run_python("-c", script, MOVIE_DIRECTOR_HOME=str(home), **off)
    assert code == 0
    assert errors.startswith("movie-director: The setting comfyui.timeout='0' in film.blend cannot be used")
    assert "Off" in output


def test_a_misspelt_variable_is_told_by_every_command(home: Path) -> None:
    code, _, errors = run(home, "status", **OFF, COMFUI_URL="http://a:1")
    assert code == 0
    assert "There is no setting called 'MOVIE_DIRECTOR_COMFUI_URL'." in errors
    assert "Did you mean 'MOVIE_DIRECTOR_COMFYUI_URL'?" in errors


def test_path_says_where_the_files_lie(home: Path, tmp_path: Path) -> None:
    named = tmp_path / "mine.toml"
    code, output, _ = run(home, "config", "path", CONFIG=str(named))
    assert code == 0
    assert [line.partition("  ")[0] for line in output.splitlines()] == FILES
    assert f"{named}" in output
    assert "(not there)" in output
    code, output, _ = run(home, "config", "path", "--json")
    files = json.loads(output)["files"]
    assert list(files) == FILES
    assert files["preferences"] == str(home / "settings.json")
    assert (files["keys"], files["allowed addresses"]) == (
        str(home / "secrets.json"),
        str(home / "consent.json"),
    )


def test_the_template_can_be_taken_as_it_is(home: Path) -> None:
    code, output, errors = run(home, "config", "template")
    assert (code, errors) == (0, "")
    (home / "config.toml").write_text(output, "utf-8")
    assert run(home, "config", "check")[0] == 0
    _, shown_now, _ = run(home, "config", "--json")
    assert {each["layer"] for each in json.loads(shown_now)["settings"]} == {Layer.DEFAULT.value}


def test_settings_move_to_another_computer_in_one_file(home: Path, tmp_path: Path) -> None:
    settings = {
        "general": {"auto_connect": False},
        "services": {"comfyui": {"url": "http://render:8188", "ca_file": "/home/me/ca.pem"}},
    }
    profiles = {"Night": {"services": {"rvc": {"timeout": 60}}}}
    (home / "settings.json").write_text(
        json.dumps({"version": 3, "settings": settings, "profiles": profiles})
    )
    export = tmp_path / "export.json"
    code, output, errors = run(home, "config", "export", str(export), LITELLM_API_KEY="canary")
    assert (code, errors) == (0, "")
    assert output == f"Written to {export}: settings and 1 profile.\n"
    assert "/home/me" not in export.read_text()
    assert "canary" not in export.read_text()
    there = tmp_path / "there"
    code, output, errors = run(there, "config", "import", str(export))
    assert (code, output, errors) == (0, "Taken over: settings and 1 profile.\n", "")
    kept = json.loads((there / "settings.json").read_text())
    assert kept["settings"]["services"] == {"comfyui": {"url": "http://render:8188"}}
    assert kept["settings"]["general"] == {"auto_connect": False}
    assert kept["profiles"] == {"Night": {"services": {"rvc": {"timeout": 60.0}}}}
    assert run(home, "config", "export", "-")[1] == export.read_text()


def test_an_import_that_cannot_be_is_told(home: Path, tmp_path: Path) -> None:
    code, _, errors = run(home, "config", "import", str(tmp_path / "nowhere.json"))
    assert code == 2
    assert "nowhere.json cannot be read: No such file or directory." in errors
    bad = tmp_path / "bad.json"
    bad.write_text('{"version": 4}')
    code, _, errors = run(home, "config", "import", str(bad))
    assert code == 2
    assert f"Nothing was taken over from {bad}, which a newer Movie Director wrote." in errors
    assert not (home / "settings.json").exists()
    bad.write_text('{"version": 3, "settings": {"services": {"rvc": {"timeout": 0, "enabled": false}}}}')
    code, output, _ = run(home, "config", "import", str(bad))
    assert code == 1
    assert "rvc.timeout='0'" in output
    assert '"enabled": false' in (home / "settings.json").read_text()


def test_an_import_that_cannot_be_saved_is_told(tmp_path: Path) -> None:
    export, home = tmp_path / "export.json", tmp_path / "no-folder"
    export.write_text('{"version": 3, "settings": {"services": {"rvc": {"enabled": false}}}}')
    home.write_text("a file where the folder should be")
    code, output, errors = run(home, "config", "import", str(export))
    assert (code, output) == (2, "")
    assert "cannot be written" in errors


def test_an_import_that_another_process_keeps_from_being_saved_is_told(home: Path, tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    export.write_text('{"version": 3, "settings": {"services": {"rvc": {"enabled": false}}}}')
    with open(home / "settings.json.lock", "a+b") as taken:
        assert try_lock(taken)
        code, output, errors = run(home, "config", "import", str(export))
    assert (code, output) == (2, "")
    assert "settings.json cannot be written: another Blender, or Movie Director in a terminal" in errors
    assert not (home / "settings.json").exists()


def test_an_import_that_a_disk_does_not_take_in_time_is_told(home: Path, tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    export.write_text('{"version": 3, "settings": {"services": {"rvc": {"enabled": false}}}}')
    script = (
        "import os, sys, threading; from movie_director.cli import config, main;"
        " os.fsync = lambda _: threading.Event().wait(); config._LONGEST_SAVE = 0.01;"
        f" sys.exit(main.main(['config', 'import', {str(export)!r}]))"
    )
    code, output, errors = run_python("-c", script, MOVIE_DIRECTOR_HOME=str(home))
    assert (code, output) == (2, "")
    assert "settings.json cannot be written: the disk does not answer" in errors


def test_an_export_takes_the_place_of_another_file_only_if_that_is_said(home: Path, tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    export.write_text("something else")
    code, output, errors = run(home, "config", "export", str(export))
    assert (code, output, export.read_text()) == (2, "", "something else")
    told = f"movie-director: {export} is already there. Choose another name, or replace it with --force.\n"
    assert errors == told
    assert run(home, "config", "export", str(export), "--force")[0] == 0
    assert json.loads(export.read_text())["version"] == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"version": 3 "settings": {}}', "settings.json cannot be read: "),
        ('{"version": 4}', "A newer Movie Director wrote "),
    ],
)
def test_settings_that_cannot_be_read_are_not_exported(
    home: Path, tmp_path: Path, content: str, words: str
) -> None:
    (home / "settings.json").write_text(content)
    export = tmp_path / "export.json"
    export.write_text("a good one")
    for target in (str(export), "-"):
        code, output, errors = run(home, "config", "export", target, "--force")
        assert (code, output, export.read_text()) == (2, "", "a good one")
        assert words in errors


def test_an_import_over_settings_that_cannot_be_read_says_where_they_are_now(
    home: Path, tmp_path: Path
) -> None:
    export = tmp_path / "export.json"
    export.write_text('{"version": 3, "settings": {"services": {"rvc": {"enabled": false}}}}')
    (home / "settings.json").write_text("{")
    code, output, errors = run(home, "config", "import", str(export))
    assert (code, errors) == (0, "")
    assert "so they are kept as settings-unreadable-1.json" in " ".join(output.split())


def test_an_export_into_nowhere_is_told(home: Path, tmp_path: Path) -> None:
    code, _, errors = run(home, "config", "export", str(tmp_path / "nowhere" / "x.json"))
    assert code == 2
    assert "cannot be written: No such file or directory." in errors


def in_blender(home: Path, action: str, project: str) -> tuple[int, str, str]:
    """``config`` as Blender runs it with a project, which is given as Python."""
    script = (
        "import sys; from movie_director.cli.main import main;"
        " from movie_director.core.project_document import Project, fault, wrong_parts;"
        " from movie_director.core.documents import NewerVersion;"
        f" sys.exit(main(['config', '{action}'], project=Project({project})))"
    )
    return run_python("-c", script, MOVIE_DIRECTOR_HOME=str(home))


def test_in_blender_the_project_is_heard(home: Path) -> None:
    said = "{'comfyui': {'timeout': 33}, '': {'colour': 1}}, 'film.blend'"
    code, output, errors = in_blender(home, "show", said)
    assert (code, errors) == (0, "")
    assert shown(output, "ComfyUI", "timeout").split()[1:3] == ["33", "s"]
    assert shown(output, "ComfyUI", "timeout").endswith("set in this project: film.blend")
    assert "There is no setting called 'colour' in film.blend." in output
    assert "Blender alone" not in output
    code, output, _ = in_blender(home, "--json", said)
    assert json.loads(output)["project_known"] is True


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("(fault(NewerVersion('4'), 'film.blend'),)", "A newer Movie Director wrote film.blend"),
        (
            """wrong_parts('{"version": 3, "settings": {"services": 5}}', 'film.blend')""",
            "The setting settings.services='5' in film.blend cannot be used",
        ),
    ],
)
def test_in_blender_a_project_that_cannot_be_used_is_not_in_order(home: Path, fault: str, told: str) -> None:
    code, output, errors = in_blender(home, "check", f"{{}}, 'film.blend', {fault}")
    assert (code, errors) == (1, "")
    assert told in output
