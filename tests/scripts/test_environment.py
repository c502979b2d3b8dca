"""The environments of the commands: complete or made again, never half, and never two at once."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import LONG_TIMEOUT

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"

MAKING_LIMIT = 300.0
"""Seconds for making an environment on a computer with much else to do; alone it takes five."""


@pytest.fixture(scope="module")
def environment() -> ModuleType:
    """scripts/_environment.py, imported as the commands do, from its own folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SCRIPTS))
        return importlib.import_module("_environment")


def make_by_hand(environment: ModuleType, venvs: Path, last: str) -> Path:
    """Lay out what a complete environment consists of, as far as `prepare` looks."""
    python = environment._python_of(venvs / "3.11")
    python.parent.mkdir(parents=True)
    python.touch()
    (venvs / "3.11" / environment.STAMP).write_text(environment._stamp_of(last), "utf-8")
    return python


@pytest.mark.parametrize("wanted", ["demo", "test", "check"])
def test_an_environment_that_holds_more_is_reused(
    environment: ModuleType, tmp_path: Path, wanted: str
) -> None:
    python = make_by_hand(environment, tmp_path, "check")
    assert environment.prepare(wanted, "3.11", base="/nowhere/python", venvs=tmp_path) == python


def test_one_that_holds_less_or_comes_from_older_lists_is_not_complete(
    environment: ModuleType, tmp_path: Path
) -> None:
    make_by_hand(environment, tmp_path, "demo")
    folder = tmp_path / "3.11"
    assert environment._holds(folder, "demo")
    assert not environment._holds(folder, "check")
    (folder / environment.STAMP).write_text("demo 0000\n", "utf-8")
    assert not environment._holds(folder, "demo")


def test_one_whose_python_was_removed_is_not_complete(environment: ModuleType, tmp_path: Path) -> None:
    make_by_hand(environment, tmp_path, "check").unlink()
    assert not environment._holds(tmp_path / "3.11", "check")


@pytest.mark.skipif(sys.platform == "win32", reason="stands in for a Python with a shell script")
def test_a_python_that_cannot_make_one_is_named_with_the_remedy(
    environment: ModuleType, tmp_path: Path
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'ensurepip is not available' >&2\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(environment.CannotPrepare, match="venv and ensurepip are missing"):
        environment.prepare("demo", "3.11", base=str(broken), venvs=tmp_path / "venvs")
    assert not environment._holds(tmp_path / "venvs" / "3.11", "demo")


def test_a_folder_that_cannot_be_written_is_named(environment: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(environment.CannotPrepare, match="cannot be written"):
        environment.prepare("demo", venvs=tmp_path / "file" / "venvs")


def test_a_second_process_waits_for_the_lock(environment: ModuleType, tmp_path: Path) -> None:
    waiting = threading.Event()
    entered = threading.Event()

    def enter() -> None:
        with open(tmp_path / "lock", "a+b") as file:
            assert not environment._try_lock(file)
        waiting.set()
        with environment._lock(tmp_path):
            entered.set()

    second = threading.Thread(target=enter, name="second", daemon=True)
    with environment._lock(tmp_path):
        second.start()
        assert waiting.wait(LONG_TIMEOUT)
        assert not entered.is_set()
    second.join(LONG_TIMEOUT)
    assert entered.is_set()


def stand_in(path: Path, failures: int) -> Path:
    """A Python that makes environments whose pip fails so often; each of its calls is a line of `calls`."""
    calls = path.with_name("calls")
    pip = f'#!/bin/sh\necho "$*" >> {calls}\ntest "$(wc -l < {calls})" -gt {failures}\n'
    path.write_text(
        f'#!/bin/sh\nmkdir -p "$3/bin"\ncat > "$3/bin/python" <<\'END\'\n{pip}END\nchmod +x "$3/bin/python"\n'
    )
    path.chmod(0o755)
    return calls


@pytest.mark.skipif(sys.platform == "win32", reason="stands in for a Python with a shell script")
@pytest.mark.parametrize("failures", [1, 2])
def test_a_download_that_failed_is_tried_again(
    environment: ModuleType, tmp_path: Path, failures: int
) -> None:
    calls = stand_in(tmp_path / "python", failures)
    base, venvs = str(tmp_path / "python"), tmp_path / "venvs"
    environment.prepare("demo", "3.11", base, venvs, pauses=(0.0, 0.0))
    assert environment._holds(venvs / "3.11", "demo")
    assert len(calls.read_text().splitlines()) == failures + 1


@pytest.mark.skipif(sys.platform == "win32", reason="stands in for a Python with a shell script")
def test_a_download_that_always_fails_is_not_tried_for_ever(environment: ModuleType, tmp_path: Path) -> None:
    calls = stand_in(tmp_path / "python", failures=9)
    base, venvs = str(tmp_path / "python"), tmp_path / "venvs"
    with pytest.raises(environment.CannotPrepare, match="run the same command again"):
        environment.prepare("demo", "3.11", base, venvs, pauses=(0.0, 0.0))
    assert not environment._holds(venvs / "3.11", "demo")
    assert len(calls.read_text().splitlines()) == 3


@pytest.mark.slow
@pytest.mark.timeout(MAKING_LIMIT)
def test_without_a_network_it_says_so_and_leaves_nothing_that_looks_complete(
    environment: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    with pytest.raises(environment.CannotPrepare, match="could not be reached"):
        environment.prepare("demo", venvs=tmp_path, pauses=())
    assert not environment._holds(tmp_path / environment.THIS_VERSION, "demo")


@pytest.mark.parametrize("name", ["run.py", "test.py", "check.py", "_python.py"])
def test_an_old_python_can_read_the_commands_and_stops_at_the_first_import(name: str) -> None:
    tree = ast.parse((SCRIPTS / name).read_text("utf-8"), feature_version=(3, 6))
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    first = imports[0].names[0].name
    assert first == ("sys" if name == "_python.py" else "_python")


def test_the_lists_hold_one_another_at_the_same_versions(environment: ModuleType) -> None:
    previous: set[str] = set()
    for name in environment.LISTS:
        lines = (environment.REQUIREMENTS / f"{name}.txt").read_text("utf-8").splitlines()
        pins = {
            line.split(" ;")[0].rstrip(" \\") for line in lines if "==" in line and not line.startswith(" ")
        }
        assert previous <= pins
        previous = pins


def test_the_command_ends_with_status_2_when_something_is_missing(tmp_path: Path) -> None:
    """A copy of the scripts in a folder where nothing can be made: `.venvs` is a file."""
    copy = tmp_path / "scripts"
    (copy / "requirements").mkdir(parents=True)
    for path in [*SCRIPTS.glob("*.py"), *SCRIPTS.glob("requirements/*.txt")]:
        (copy / path.relative_to(SCRIPTS)).write_bytes(path.read_bytes())
    (tmp_path / ".venvs").touch()
    result = subprocess.run(
        [sys.executable, copy / "test.py", "--quick"], capture_output=True, text=True, timeout=LONG_TIMEOUT
    )
    assert result.returncode == 2
    assert "cannot be written" in result.stderr
    assert "git clone" in result.stderr
