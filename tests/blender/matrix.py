# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tests passed in which Blender; docs/blender-matrix.md shows it.

    python3 -m tests.blender.matrix                                  run all tests in Blender, and note them
    python3 -m tests.blender.matrix tests/blender/test_panel.py      run these, note them beside the others

Written to tests/data/blender-matrix.json, with the time each took on that run; nothing is written when a test
failed or a Blender was missing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.blender.blenders import GUIS, WHEELS

if TYPE_CHECKING:
    import pytest

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "data" / "blender-matrix.json"


def cases() -> list[str]:
    """Each Blender in each of its modes, as in the names of tests, such as "wheel-4.2-legacy"."""
    return [f"{blender.name}-{mode}" for blender in WHEELS + GUIS for mode in blender.modes]


@dataclass
class Cell:
    """What the tests of one file did in one Blender and mode."""

    passed: int = 0
    seconds: float = 0.0


@dataclass
class Recorder:
    """A plugin of pytest that notes what became of each test in a Blender."""

    subjects: dict[str, dict[str, Cell]] = field(default_factory=dict)
    """By the name of the test file, without "test_", and by case."""
    lost: list[str] = field(default_factory=list)
    """Tests that failed, and those whose Blender was not there."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        file, _, name = report.nodeid.partition("::")
        case = next((each for each in cases() if each in name), None)
        if case is None:
            return
        # A test that skips itself, in its own lines, has nothing to ask of this Blender.
        if report.failed or (report.skipped and report.when == "setup"):
            self.lost.append(f"{report.nodeid} ({report.outcome})")
        elif report.passed and report.when == "call":
            subject = Path(file).stem.removeprefix("test_")
            cell = self.subjects.setdefault(subject, {}).setdefault(case, Cell())
            cell.passed += 1
            cell.seconds = round(cell.seconds + report.duration, 1)


def files_with_blenders() -> Iterator[str]:
    """The subjects that there are: files of tests that ask for a Blender."""
    for path in sorted(HERE.glob("test_*.py")):
        text = path.read_text("utf-8")
        if any(f"{fixture}: InBlender" in text for fixture in ("wheel", "gui", "any_blender")):
            yield path.stem.removeprefix("test_")


def recorded() -> dict[str, dict[str, dict[str, float]]]:
    """What stands in the file: subject, case, and a Cell's values."""
    if not DATA.exists():
        return {}
    content: dict[str, dict[str, dict[str, float]]] = json.loads(DATA.read_text("utf-8"))
    return content


def main(arguments: list[str]) -> int:
    """Run the tests, all or those in `arguments`, and write what became of them."""
    import pytest

    recorder = Recorder()
    status = int(pytest.main(["-q", "-m", "blender", *(arguments or [str(HERE)])], plugins=[recorder]))
    for test in recorder.lost:
        print(f"not noted: {test}", file=sys.stderr)
    if status or recorder.lost:
        return status or 1
    noted: dict[str, dict[str, Any]] = dict(recorded()) if arguments else {}
    for name, row in recorder.subjects.items():
        noted[name] = {**noted.get(name, {}), **{case: asdict(cell) for case, cell in row.items()}}
    DATA.write_text(json.dumps(noted, indent=1, sort_keys=True) + "\n", "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
