"""The Blenders of the tests: made by a process beside the other tests, and told where one cannot be had."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import _processes
from _environment import ROOT, environment_variables, say

ENVIRONMENTS = "tests.blender.environments"
POLITE = 10
"""By how much others go before it; what is tested meanwhile should not notice."""

NotRun = tuple[str, str]
"""What is not run, and the command that brings what it needs."""


class Preparation:
    """Blenders on their way."""

    def __init__(self, process: subprocess.Popen[bytes], output: Path) -> None:
        self._process = process
        self._output = output

    def finish(self) -> list[NotRun]:
        """Wait until they are there, print what happened, and return which are missing."""
        if self._process.poll() is None:
            say("Waiting until the Blenders are there ...")
        self._process.wait()
        say(self._output.read_text("utf-8", "replace").rstrip() or "All that can be had are there.")
        return missing()


@contextlib.contextmanager
def preparing(python: Path) -> Iterator[Preparation]:
    """Make the Blenders that are missing, in a process that ends with this block at the latest."""
    command: list[str | Path] = [python, "-m", ENVIRONMENTS]
    if hasattr(os, "nice"):
        command = ["nice", "-n", str(POLITE), *command]
    with tempfile.TemporaryDirectory(prefix="movie-director-") as folder:
        path = Path(folder) / "output.txt"
        with (
            open(path, "wb") as output,
            _processes.child(
                command, cwd=ROOT, env=environment_variables(), stdout=output, stderr=subprocess.STDOUT
            ) as process,
        ):
            yield Preparation(process, path)


def missing() -> list[NotRun]:
    """The Blenders that cannot be run here, with the reason and the command, which stand in one text."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from tests.blender.blenders import GUIS, WHEELS

    rows = []
    for blender in WHEELS + GUIS:
        reason, _, command = blender.missing().partition(" This brings it: ")
        if reason:
            rows.append((f"tests in {blender.name} ({reason.rstrip('.')})", command or "see there"))
    return rows
