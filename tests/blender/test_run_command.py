# SPDX-License-Identifier: GPL-3.0-or-later
"""`scripts/run.py --blender` as a person runs it, on a screen of its own."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.blender import environments
from tests.blender.blenders import GUIS, ROOT, X_SOCKETS, Blender
from tests.blender.display import Display
from tests.conftest import eventually

LIMIT = 300.0
ENDS = 60.0
"""Seconds until a process that is told to end is gone, on a computer with much else to do."""
HOOK = Path(__file__).resolve().parent / "scenarios" / "opened.py"

pytestmark = [pytest.mark.blender, pytest.mark.slow, pytest.mark.timeout(3 * LIMIT)]


@pytest.fixture(params=GUIS, ids=lambda blender: blender.name)
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A Blender with windows, as a file that can be started."""
    blender: Blender = request.param
    if missing := blender.missing():
        pytest.skip(f"{blender.name}: {missing}")
    if not blender.environment:
        return Path(shutil.which("blender") or "blender")
    root = environments.system_root(blender.environment)
    command = environments.inside_system(root, ["blender"], [ROOT, X_SOCKETS, tmp_path])
    # Not "blender": its folder is searched first, and there the command would find itself.
    path = tmp_path / f"{blender.name}.sh"
    path.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    path.chmod(0o755)
    return path


@contextlib.contextmanager
def run(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "scripts" / "run.py"), *arguments],
        env={**os.environ, "LIBGL_ALWAYS_SOFTWARE": "1", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def opened(program: Path, screen: Display, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Run the command with light demos and the hook, which quits once all is shown unless `stay`."""
    with contextlib.ExitStack() as stack:

        def start(stay: bool = False) -> subprocess.Popen[str]:
            hook = ["--window-geometry", "0", "0", "1200", "800", "--python", str(HOOK)]
            environment = {
                "DISPLAY": screen.name,
                "MOVIE_DIRECTOR_TEST_REPORT": str(tmp_path / "report.json"),
                "MOVIE_DIRECTOR_TEST_STAYS": "yes" if stay else "",
            }
            return stack.enter_context(run("--light", "--blender", str(program), "--", *hook, **environment))

        yield start


def report(folder: Path) -> Any:
    """What the hook saw; None as long as it has not seen all."""
    path = folder / "report.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def assert_nothing_is_left(seen: Any) -> None:
    eventually(lambda: not is_alive(seen["pid"]), ENDS, what="Blender ends with the command")
    assert not Path(seen["resources"]).exists()
    assert not Path(seen["home"]).exists()


def is_alive(pid: int) -> bool:
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_blender_opens_with_the_demos_connected_and_its_panels_in_sight(
    opened: Callable[..., Any], tmp_path: Path
) -> None:
    process = opened()
    output, _ = process.communicate(timeout=LIMIT)
    seen = report(tmp_path)
    assert process.returncode == 0, output
    assert seen is not None, output
    assert seen["sidebar"]
    assert seen["properties"] == "SCENE"
    assert seen["tab"] == "Movie Director"
    assert sorted(seen["connected"]) == ["comfyui", "litellm"]
    for url in seen["connected"].values():
        assert url in output
    assert str(ROOT / ".cache") in seen["resources"]
    assert str(ROOT / ".cache") in seen["home"]
    assert "Blender and the demos have ended." in output
    assert_nothing_is_left(seen)


@pytest.mark.parametrize(("name", "expected"), [("SIGINT", 0), ("SIGTERM", 143)])
def test_however_the_command_is_ended_blender_ends_with_it(
    opened: Callable[..., Any], tmp_path: Path, name: str, expected: int
) -> None:
    process = opened(stay=True)
    eventually(lambda: report(tmp_path) is not None or process.poll() is not None, timeout=LIMIT)
    seen = report(tmp_path)
    assert seen is not None, process.communicate()[0]
    process.send_signal(getattr(signal, name))
    output, _ = process.communicate(timeout=LIMIT)
    assert process.returncode == expected, output
    assert_nothing_is_left(seen)


def test_without_a_screen_or_a_blender_it_says_so_before_anything_is_started(tmp_path: Path) -> None:
    missing = str(tmp_path / "blender")
    with run("--blender", missing) as process:
        output, _ = process.communicate(timeout=LIMIT)
    assert process.returncode == 2
    assert f"{missing}, which --blender names, cannot be started" in output
    path = tmp_path / "answers"
    path.write_text("#!/bin/sh\necho Blender 4.2.0\n")
    path.chmod(0o755)
    with run("--blender", str(path), DISPLAY="", WAYLAND_DISPLAY="") as process:
        output, _ = process.communicate(timeout=LIMIT)
    assert process.returncode == 2
    assert "There is no screen for Blender's window" in output
    assert "Looking for AI services" not in output
