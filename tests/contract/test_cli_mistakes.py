"""What is wrong with a call, with the surroundings or with us is told in one sentence."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli_kit import ROOT, SCRIPT, run, run_python, url_of
from tests.conftest import LONG_TIMEOUT
from tests.ports import FreePort
from tests.servers.comfyui import ComfyServer

pytestmark = pytest.mark.usefixtures("only_comfyui")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("stats", "'stats' is not a command. Did you mean 'status'? More: movie-director --help"),
        ("test comfy", "'comfy' is neither a service nor an address. Did you mean 'comfyui'?"),
        (
            "test http://",
            "The address 'http://' cannot be used: the name of the computer is missing."
            " Write it like http://127.0.0.1:8188.",
        ),
        (
            "status --url http://127.0.0.1:8188",
            "--url 'http://127.0.0.1:8188' does not say which service it is for."
            " Write it like comfyui=http://127.0.0.1:8188.",
        ),
        (
            "status --url comfi=x",
            "--url 'comfi=x': there is no service called 'comfi'. Did you mean 'comfyui'?",
        ),
        (
            "status --url comfyui=http://h:70000",
            "--url comfyui: The address 'http://h:70000' of ComfyUI cannot be used:"
            " '70000' after the colon is not a number from 1 to 65535. Write it like http://127.0.0.1:8188.",
        ),
    ],
)
def test_mistakes_in_the_call_are_one_sentence(line: str, sentence: str) -> None:
    assert run(*line.split()) == (2, "", f"movie-director: {sentence}\n")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("MOVIE_DIRECTOR_COMFYUI_URL", "ftp://x", "the scheme 'ftp' is not one of http, https, ws, wss"),
        ("MOVIE_DIRECTOR_COMFYUI_TIMEOUT", "0", "expected a number of seconds from 1 to 300"),
        ("MOVIE_DIRECTOR_COMFYUI_ENABLED", "maybe", "expected 1, true, yes, on, 0, false, no or off"),
        ("MOVIE_DIRECTOR_LOG", "loud", "expected debug, info, warning, error"),
    ],
)
def test_mistakes_in_the_environment_are_one_sentence(name: str, value: str, reason: str) -> None:
    assert run("status", **{name: value}) == (
        2,
        "",
        f"movie-director: The setting {name}='{value}' cannot be used: {reason}."
        f" Correct {name}, or remove it to use the default.\n",
    )


def test_a_folder_for_the_log_that_cannot_be_written_is_told_once(comfy: ComfyServer, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, output, errors = run("status", "--url", url_of(comfy), MOVIE_DIRECTOR_HOME=str(tmp_path / "file"))
    assert code == 0
    assert "Everything is ready" in output
    assert errors == f"No log is written: {tmp_path / 'file' / 'logs'}: Not a directory.\n"


@pytest.mark.parametrize("command", ["status", "discover", "test", "watch"])
def test_missing_packages_are_named_with_the_command_that_brings_them(command: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "addon", tmp_path / "addon", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "scripts").mkdir()
    script = shutil.copy(SCRIPT, tmp_path / "scripts")
    not_measured = {name: "" for name in os.environ if name.startswith("COVERAGE_")}
    assert run(command, script=Path(script), **not_measured) == (
        2,
        "",
        "movie-director: The packages that Movie Director needs are not there yet."
        " Run: python3 scripts/run.py\n",
    )


def test_a_mistake_of_our_own_is_one_sentence_and_a_traceback_in_the_log(tmp_path: Path, home: Path) -> None:
    (tmp_path / "faulty.py").write_text("BACKEND = None  # no backend at all\n")
    program = (
        "import sys; import movie_director.backends as backends; backends.__path__.append(sys.argv.pop(1));"
        "from movie_director.cli.main import main; sys.exit(main())"
    )
    code, output, errors = run_python("-c", program, str(tmp_path), "status")
    assert (code, output) == (2, "")
    assert errors == (
        "movie-director: Movie Director made a mistake of its own (AttributeError). Its log says more.\n"
    )
    log = (home / "logs" / "movie-director.log").read_text("utf-8")
    assert "ERROR MainThread cli.session: command status failed\n    | Traceback (most" in log


def test_an_old_python_can_read_the_script_and_is_told_so() -> None:
    source = SCRIPT.read_text("utf-8")
    ast.parse(source, feature_version=(3, 6))
    pretend = f"import sys; sys.version_info = (3, 9, 0); exec(compile({source!r}, 'movie-director', 'exec'))"
    code, _, errors = run_python("-c", pretend)
    assert code == 2
    assert "This is Python 3.9, and 3.10 or newer is needed." in errors


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full: /dev/full")
def test_a_full_disk_is_one_sentence(free_port: FreePort) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, str(SCRIPT), "status", "--url", f"comfyui=http://127.0.0.1:{free_port()}"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=LONG_TIMEOUT,
            check=False,
        )
    assert (done.returncode, done.stderr) == (
        2,
        "movie-director: The output cannot be written: No space left on device.\n",
    )
