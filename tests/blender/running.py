# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a scenario in a Blender: a process with files of its own and a time limit, and its report."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.blender.blenders import Blender, search_path
from tests.blender.display import Display, to_png
from tests.blender.processes import group

SCENARIOS = Path(__file__).resolve().parent / "scenarios"
LIMIT = 400.0
"""Seconds that a Blender has for a scenario, from its start to its end, on a busy computer."""

TAIL = 4000
"""Characters of a Blender's output that are shown when it failed."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Report:
    """What came of a scenario that passed."""

    facts: dict[str, Any]
    """What it noted."""
    marks: list[tuple[str, float]]
    blender: str
    """The version that Blender tells, such as "4.2.23"."""
    python: str
    seconds: float
    """From the scenario's first step to its last."""
    exit_code: int
    exit_seconds: float
    """From the scenario's end to the end of the process."""
    output: str
    """All that the process printed."""
    pictures: dict[str, Path]
    """The screenshots, by the names the scenario gave them."""


@dataclass
class InBlender:
    """A Blender, in one mode, in which a test runs scenarios."""

    blender: Blender
    mode: str
    addon: str
    zip: Path
    folder: Path
    """Where its runs keep their files."""
    display: Display | None = None
    reports: list[Report] = field(default_factory=list)

    def run(
        self,
        scenario: str | Path,
        *,
        options: Mapping[str, Any] = _NOTHING,
        environment: Mapping[str, str] = _NOTHING,
        arguments: Sequence[str] = (),
        background: bool = False,
        leave: str = "at once",
        user: Path | None = None,
        limit: float = LIMIT,
    ) -> Report:
        """Run a scenario and return its report; AssertionError with all that is known if it did not pass.

        `scenario` is a name in scenarios/ or a file. It sees `options` as session.options. `arguments` are
        more of Blender's own (a GUI's only). `background` runs a GUI without a window. `leave="quit"` lets a
        wheel's interpreter end as usual. Two runs with the same `user` share Blender's own settings; without
        it each run starts with none.
        """
        run = self.folder / f"run-{len(self.reports)}"
        run.mkdir(parents=True)
        file = scenario if isinstance(scenario, Path) else SCENARIOS / f"{scenario}.py"
        session = {"addon": self.addon, "zip": str(self.zip), "mode": self.mode, "folder": str(run)}
        order = {
            "scenario": str(file),
            "report": str(run / "report.json"),
            "end": time.time() + limit,
            "leave": leave,
            "session": {**session, "options": dict(options), "screen": self._screen(background)},
        }
        (run / "order.json").write_text(json.dumps(order), "utf-8")
        needed = [self.folder, self.zip.parent, *([self.display.picture.parent] if self.display else [])]
        command = self.blender.start_command(
            run / "order.json", background=background, needed=needed, arguments=arguments
        )
        code, ended, output = self._start(command, run, user or run / "user", environment, limit)
        report = _read(run, code, ended, output, file.stem, str(self.blender.name))
        self.reports.append(report)
        return report

    def command(
        self, arguments: Sequence[str], *, user: Path, environment: Mapping[str, str] = _NOTHING
    ) -> tuple[int | None, str]:
        """Run ``blender --command`` with these arguments, a GUI's only, and the settings of an earlier run.

        Returns its exit status, None if it took too long, and what it printed.
        """
        run = self.folder / f"run-{len(self.reports)}-command-{'-'.join(arguments)}"
        run.mkdir(parents=True)
        needed = [self.folder, user]
        command = self.blender.program_command(["--command", *arguments], needed=needed)
        code, _, output = self._start(command, run, user, environment, LIMIT)
        return code, output

    def _screen(self, background: bool) -> str:
        return "" if background or self.display is None else str(self.display.picture)

    def _start(
        self, command: list[str], run: Path, user: Path, environment: Mapping[str, str], limit: float
    ) -> tuple[int | None, float, str]:
        """Run the process; its exit status (None: too slow), when it ended, and its output."""
        user.mkdir(parents=True, exist_ok=True)
        own = {
            "BLENDER_USER_RESOURCES": str(user),
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "PATH": search_path(),
            "MOVIE_DIRECTOR_HOME": str(user / "movie-director"),
            "PYTHONUNBUFFERED": "1",
            "TMPDIR": str(run),
            **({"DISPLAY": self.display.name} if self.display else {}),
        }
        with open(run / "output.txt", "wb") as output:
            variables = {**os.environ, **own, **environment}
            with group(command, cwd=run, environment=variables, output=output) as process:
                try:
                    code: int | None = process.wait(limit)
                except subprocess.TimeoutExpired:
                    code = None
                ended = time.time()
        return code, ended, (run / "output.txt").read_text("utf-8", "replace")


def _read(run: Path, code: int | None, ended: float, output: str, scenario: str, name: str) -> Report:
    what = f"{scenario} in {name}"
    try:
        told = json.loads((run / "report.json").read_text("utf-8"))
    except OSError:
        raise AssertionError(f"{what}: no report, exit status {code}\n{output[-TAIL:]}") from None
    assert told["passed"], f"{what}: {told['error']}\n--- output\n{output[-TAIL:]}"
    assert code == 0, f"{what}: passed, but then exit status {code}\n{output[-TAIL:]}"
    pictures = {path.stem: to_png(path) for path in sorted(run.glob("*.xwd"))}
    marks = [(str(text), float(at)) for text, at in told["marks"]]
    return Report(
        told["facts"],
        marks,
        told["blender"],
        told["python"],
        told["seconds"],
        code,
        ended - told["ended_at"],
        output,
        pictures,
    )
