"""What any command prints and what it never prints, wherever its output goes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli_kit import NEEDS_POSIX, NEEDS_PTY, SCRIPT, begin, run, run_python, url_of
from tests.conftest import LONG_TIMEOUT
from tests.ports import FreePort
from tests.screen import Screen
from tests.servers.comfyui import ComfyServer

pytestmark = pytest.mark.usefixtures("only_comfyui")


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_help_and_version_load_nothing_heavy(option: str) -> None:
    program = (
        "import sys; from movie_director.cli.main import main; code = main([sys.argv[1]]);"
        "heavy = {'runtime', 'backends', 'transport', 'vendor'};"
        "loaded = {name.split('.')[1] for name in sys.modules if name.startswith('movie_director.')} & heavy;"
        "sys.exit(f'loaded: {loaded}' if loaded else code)"
    )
    code, _, errors = run_python("-c", program, option)
    assert (code, errors) == (0, "")


def test_the_module_can_be_run_as_well() -> None:
    _, output, _ = run_python("-m", "movie_director.cli", "--version")
    assert re.fullmatch(r"movie-director \d+\.\d+\.\d+\n", output)


def test_without_unicode_marks_become_letters(comfy: ComfyServer) -> None:
    code, output, _ = run("status", "--url", url_of(comfy), PYTHONIOENCODING="ascii")
    assert code == 0
    assert output.isascii()
    assert "\no Everything is ready (1 of 1 ready)\n" in output


@pytest.mark.slow
def test_passwords_and_keys_appear_nowhere(comfy: ComfyServer, home: Path) -> None:
    url = f"comfyui=http://ada:open-sesame@127.0.0.1:{comfy.port}"
    shown = ""
    secret = {"MOVIE_DIRECTOR_COMFYUI_API_KEY": "canary-key", "MOVIE_DIRECTOR_LOG": "debug"}
    for command in (["status"], ["status", "--json"], ["discover", "--json"], ["test"], ["test", "--json"]):
        _, output, errors = run(*command, "--verbose", "--url", url, **secret)
        shown += output + errors
    log = (home / "logs" / "movie-director.log").read_text("utf-8")
    assert "attempt 1" in log
    for text in (shown, log):
        assert "open-sesame" not in text
        assert "canary-key" not in text
    assert str(comfy.port) in shown


def test_verbose_shows_the_log_and_the_details(free_port: FreePort) -> None:
    _, output, errors = run("status", "--verbose", "--url", f"comfyui=http://127.0.0.1:{free_port()}")
    assert re.search(r"Z INFO md-comfyui \S+: comfyui: attempt 1", errors)
    assert "  Details: refused, connect to 127.0.0.1:" in output


@NEEDS_POSIX
@pytest.mark.parametrize("command", ["--help", "status", "watch"])
def test_a_reader_that_goes_away_is_no_error(command: str, comfy: ComfyServer) -> None:
    process = begin(command, *(() if command == "--help" else ("--json", "--url", url_of(comfy))))
    assert process.stdout is not None
    process.stdout.close()
    try:
        if command == "watch":
            comfy.kill()  # the next change finds nobody
        _, errors = communicated(process)
        assert errors == ""
        assert process.returncode == 141
    finally:
        process.kill()
        process.wait(LONG_TIMEOUT)


def communicated(process: subprocess.Popen[str]) -> tuple[str, str]:
    assert process.stderr is not None
    with process.stderr as stream:
        errors = stream.read()
    process.wait(LONG_TIMEOUT)
    return "", errors


@NEEDS_POSIX
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_missing_streams_change_no_exit_code(closed: str, free_port: FreePort) -> None:
    for line, expected in ((f"status --url comfyui=127.0.0.1:{free_port()}", 1), ("stats", 2)):
        command = f"'{sys.executable}' '{SCRIPT}' {line} {closed}"
        done = subprocess.run(command, shell=True, capture_output=True, timeout=LONG_TIMEOUT, check=False)
        assert done.returncode == expected
        assert b"Traceback" not in done.stderr


@NEEDS_PTY
@pytest.mark.parametrize("command", ["status", "discover", "test"])
def test_in_a_terminal_too_nothing_is_left_but_the_answer(command: str, comfy: ComfyServer) -> None:
    with Screen(80, 20, command, "--url", url_of(comfy)) as screen:
        shown = screen.rest()
        assert screen.process.returncode == 0
    visible = [re.sub(r".*\r\x1b\[K", "", line) for line in shown.split("\n")]
    assert not any("…" in line for line in visible), "notes about waiting are taken away again"
    assert str(comfy.port) in "".join(visible)
