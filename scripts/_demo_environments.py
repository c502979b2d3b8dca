"""The Python environments that some demos need: used where they are, made on the first run, all at once."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import _processes
from _environment import REPORT_EVERY, ROOT, environment_variables, say

from tests.servers import environments


@dataclass
class _Making:
    """An environment that is being made by a process."""

    name: str
    process: subprocess.Popen[bytes]
    output: IO[bytes]

    def reason(self) -> str:
        """Why it was not made, in one line."""
        self.output.seek(0)
        lines = self.output.read().decode("utf-8", "replace").strip().splitlines()
        return lines[0] if lines else f"the environment {self.name} was not made"


def interpreters(needs: Mapping[str, str], *, make: bool) -> tuple[dict[str, Path], dict[str, str]]:
    """Return the interpreter of each environment, and of those that are not there why.

    `needs` has by name of an environment for whom it is wanted. Those that are missing are made if `make`.
    """
    found, missing = _look_for(needs)
    if make and missing:
        reasons = _make({name: needs[name] for name in missing})
        found, missing = _look_for(needs)
        missing.update((name, reason) for name, reason in reasons.items() if name in missing)
    return found, missing


def _look_for(names: Mapping[str, str]) -> tuple[dict[str, Path], dict[str, str]]:
    found: dict[str, Path] = {}
    missing: dict[str, str] = {}
    for name in names:
        try:
            found[name] = environments.python_of(name, make=False)
        except environments.EnvironmentMissing as problem:
            missing[name] = str(problem)
    return found, missing


def _make(needs: Mapping[str, str]) -> dict[str, str]:
    """Make environments in parallel, saying how far that is; return by name why one was not made."""
    say(f"Making the environments of {_listed(needs.values())} (once; some 30 to 60 s each) ...")
    start = time.monotonic()
    reasons: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        running = [_begin(name, stack) for name in needs]
        reported = start
        while running:
            time.sleep(0.1)
            now = time.monotonic()
            for making in [each for each in running if each.process.poll() is not None]:
                running.remove(making)
                if making.process.returncode:
                    reasons[making.name] = making.reason()
                else:
                    say(f"  {needs[making.name]}: {making.name} is ready after {now - start:.0f} s")
            if running and now - reported >= REPORT_EVERY:
                reported = now
                say(f"  ... {_listed(needs[each.name] for each in running)}: {now - start:.0f} s")
    return reasons


def _begin(name: str, stack: contextlib.ExitStack) -> _Making:
    """Start a process of its own for it, which ends with this command."""
    output = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  the stack closes it
    process = stack.enter_context(
        _processes.child(
            [sys.executable, "-m", environments.MODULE, name],
            cwd=ROOT,
            env=environment_variables(),
            stdout=subprocess.DEVNULL,
            stderr=output,
        )
    )
    return _Making(name, process, output)


def _listed(labels: Iterable[str]) -> str:
    *others, last = labels
    return f"{', '.join(others)} and {last}" if others else last
