# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one scenario inside Blender and write a report. The last argument is the path of an order, in JSON:

    scenario   path of the Python file that has `scenario(session)`, a function or a generator function
    report     path of the report to write
    end        when this process is killed, as time.time() tells
    leave      "at once": a wheel's process ends without the interpreter's clean-up; "quit": with it
    session    what the Session is made of, see there

In a window the steps of the scenario are driven by a timer of Blender. Elsewhere timers never fire: there
they are driven from here.
"""

from __future__ import annotations

import faulthandler
import importlib.util
import json
import math
import os
import sys
import time
import traceback
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

import bpy  # noqa: E402
from inside.session import Session, Until  # noqa: E402

BEFORE_THE_END = 2.0
"""Seconds before it is killed at which a process that hangs tells where."""

PERIOD = 0.02
"""Seconds between two looks at a condition, and between two ticks where no timer fires."""

SLICE = 0.05
"""Seconds, at most, of a pause in a window during which Blender's main loop need not go round."""


class Run:
    """One scenario on its way."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._start = time.monotonic()
        self.session = Session(**order["session"])
        self.done = False
        self.passed = False
        self._error = ""
        self._steps: Iterator[object] = iter(())
        self._waiting: Until | None = None

    def step(self) -> float:
        """Go on to the next `yield`; return the seconds to wait before the next call. Never raises."""
        try:
            pause = self._advance()
        except StopIteration:
            pause = self._finish("")
        except BaseException:
            pause = self._finish(traceback.format_exc())
        return pause

    def _advance(self) -> float:
        if self._waiting is None and not self._steps_begun():
            return 0.0
        if self._waiting is not None:
            if not self._waiting.over():
                return PERIOD
            self._waiting = None
        wanted = next(self._steps)
        if isinstance(wanted, Until):
            self._waiting = wanted
            return 0.0
        return float(wanted) if isinstance(wanted, (int, float)) else PERIOD

    def _steps_begun(self) -> bool:
        """Call the scenario on the first step; false when that was done just now."""
        if "scenario" not in self.__dict__:
            self.scenario = load(Path(self._order["scenario"]))
            returned = self.scenario.scenario(self.session)
            if isinstance(returned, Generator):
                self._steps = returned
            return False
        return True

    def _finish(self, error: str) -> float:
        self.done, self.passed, self._error = True, not error, error
        return 0.0

    def write(self) -> None:
        """Write the report, in one step."""
        report = {
            "passed": self.passed,
            "error": self._error,
            "facts": self.session.facts,
            "marks": self.session.marks,
            "seconds": time.monotonic() - self._start,
            "blender": ".".join(map(str, bpy.app.version)),
            "python": sys.version.split()[0],
            "background": bpy.app.background,
            "ended_at": time.time(),
        }
        path = Path(self._order["report"])
        half = path.with_suffix(".half")
        half.write_text(json.dumps(report, indent=1, default=repr), "utf-8")
        os.replace(half, path)


def load(path: Path) -> Any:
    """The module in the file `path`."""
    specification = importlib.util.spec_from_file_location(f"scenario_{path.stem}", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[module.__name__] = module
    specification.loader.exec_module(module)
    return module


def drive(run: Run) -> None:
    """Step from here until the scenario is done, and do the ticks of the add-on, which no timer does here."""
    while not run.done:
        pause = run.step()
        until = time.monotonic() + pause
        while not run.done:
            run.session.tick()
            left = until - time.monotonic()
            if left <= 0:
                break
            time.sleep(min(left, PERIOD))


def drive_by_timer(run: Run) -> None:
    """Step from a timer of Blender, which stays when a file is loaded, and quit when the scenario is done."""
    pauses: list[float] = []

    def step() -> float | None:
        if not pauses:
            pauses.extend(slices(run.step()))
        if not run.done:
            return pauses.pop()
        run.write()
        bpy.ops.wm.quit_blender()
        return None

    bpy.app.timers.register(step, first_interval=0.2, persistent=True)


def slices(pause: float) -> list[float]:
    """The parts of a pause: after each, Blender handles events and draws.

    So a pause lasts as many rounds on a slow computer, where each takes long, as on a quick one.
    """
    count = max(1, math.ceil(pause / SLICE))
    return [max(pause / count, 0.001)] * count


def main() -> None:
    order = json.loads(Path(sys.argv[-1]).read_text("utf-8"))
    # If it hangs, the last lines of the output tell where.
    faulthandler.dump_traceback_later(max(1.0, order["end"] - time.time() - BEFORE_THE_END), exit=False)
    run = Run(order)
    if not bpy.app.background:
        drive_by_timer(run)
        return
    drive(run)
    run.write()
    sys.stdout.flush()
    sys.stderr.flush()
    if order["leave"] == "at once":
        # A Python timer or handler that is still registered makes module builds crash or hang at the end.
        os._exit(0 if run.passed else 1)


if __name__ == "__main__":
    main()
