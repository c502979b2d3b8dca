"""scripts/movie-director as people and scripts run it: a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import LONG_TIMEOUT
from tests.servers.comfyui import ComfyServer
from tests.servers.plain import RawServer

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "scripts" / "movie-director"
NEEDS_PTY = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal, which is POSIX")
NEEDS_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and pipes")


def url_of(server: ComfyServer | RawServer) -> str:
    return f"comfyui={server.url}"


def begin(
    *arguments: str, script: Path = SCRIPT, folder: str | Path = "/", **environment: str
) -> subprocess.Popen[str]:
    """Start the command in a folder, with more variables in its environment."""
    return _begin([sys.executable, str(script), *arguments], folder, environment)


def run(
    *arguments: str,
    script: Path = SCRIPT,
    folder: str | Path = "/",
    timeout: float = LONG_TIMEOUT,
    **environment: str,
) -> tuple[int, str, str]:
    """Exit code, standard output, standard error of the command."""
    return _result(begin(*arguments, script=script, folder=folder, **environment), timeout)


def run_python(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error of a Python that can import the add-on."""
    environment = {"PYTHONPATH": str(ROOT / "addon"), **environment}
    return _result(_begin([sys.executable, *arguments], "/", environment), LONG_TIMEOUT)


def without_switched_off(output: str) -> list[str]:
    """The lines of a table without those of services that are switched off."""
    return [line for line in output.splitlines() if not re.search("  Off$", line)]


def _begin(command: list[str], folder: str | Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def _result(process: subprocess.Popen[str], timeout: float) -> tuple[int, str, str]:
    try:
        output, errors = process.communicate(timeout=timeout)
        return process.returncode, output, errors
    finally:
        process.kill()
        process.communicate()
