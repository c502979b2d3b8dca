# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that tells what passed in which Blender: what it says was noted, and nothing is left out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.blender.matrix import Cell, Recorder, cases, files_with_blenders, recorded

ROOT = Path(__file__).resolve().parents[2]
WRITE = "write it with: python3 -m tests.blender.matrix, then python3 scripts/draw_blender_matrix.py"


def test_the_page_is_what_was_noted() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "draw_blender_matrix.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60.0)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_file_of_tests_in_blender_was_noted() -> None:
    assert sorted(recorded()) == sorted(files_with_blenders()), WRITE


def test_nothing_was_noted_of_a_blender_that_is_not_tested() -> None:
    assert {case for row in recorded().values() for case in row} <= set(cases()), WRITE


def report(name: str, when: str, outcome: str, seconds: float = 1.0) -> pytest.TestReport:
    return pytest.TestReport(
        f"tests/blender/test_panel.py::{name}",
        ("tests/blender/test_panel.py", 1, name),
        {},
        outcome,  # type: ignore[arg-type]
        None,
        when,  # type: ignore[arg-type]
        duration=seconds,
    )


def test_tests_are_counted_by_file_and_blender() -> None:
    recorder = Recorder()
    for name in ("test_one[wheel-4.2-legacy]", "test_two[wide-wheel-4.2-legacy]", "test_three"):
        for when in ("setup", "call", "teardown"):
            recorder.pytest_runtest_logreport(report(name, when, "passed"))
    assert recorder.subjects == {"panel": {"wheel-4.2-legacy": Cell(2, 2.0)}}
    assert not recorder.lost


@pytest.mark.parametrize(
    ("when", "outcome"), [("call", "failed"), ("teardown", "failed"), ("setup", "skipped")]
)
def test_what_failed_or_had_no_blender_is_lost(when: str, outcome: str) -> None:
    recorder = Recorder()
    recorder.pytest_runtest_logreport(report("test_one[gui-3.4-legacy]", when, outcome))
    assert recorder.lost == [f"tests/blender/test_panel.py::test_one[gui-3.4-legacy] ({outcome})"]


def test_a_test_that_has_nothing_to_ask_of_a_blender_is_not_lost() -> None:
    recorder = Recorder()
    recorder.pytest_runtest_logreport(report("test_one[gui-3.4-legacy]", "call", "skipped"))
    assert not recorder.lost
    assert not recorder.subjects
