# SPDX-License-Identifier: GPL-3.0-or-later
"""The harness itself: it clicks, types, looks, and tells failures and hangs as such."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from tests.blender.blenders import GUIS, WHEELS
from tests.blender.conftest import cases
from tests.blender.running import InBlender

EXAMPLES = ["wheel-4.2-legacy", "gui-4.3-legacy"]
"""One of each kind: how the harness fails does not depend on the version."""

HANGING = 30.0
"""Seconds for one that hangs: so many are lost, and a slow computer must have started Blender by then."""

SAMPLE = Path(__file__).resolve().parent / "sample"


def examples(*names: str) -> pytest.MarkDecorator:
    """Run a test in the Blenders of these names only."""
    chosen = [case for case in cases(WHEELS + GUIS) if case.id in (names or EXAMPLES)]
    return pytest.mark.parametrize("any_blender", chosen, indirect=True)


def with_sample(blender: InBlender, folder: Path) -> InBlender:
    """The same Blender, with the sample add-on instead of ours."""
    zip = shutil.make_archive(str(folder / "sample"), "zip", SAMPLE, "movie_director_sample")
    return dataclasses.replace(blender, addon="movie_director_sample", zip=Path(zip))


def test_it_finds_and_presses_and_types(gui: InBlender, tmp_path: Path) -> None:
    report = with_sample(gui, tmp_path).run("harness_hands")
    assert any("movie_director_sample.count" in what for what in report.facts["buttons"])
    assert report.facts["text"] == "http://[::1]:8188/é"
    assert report.pictures["sample"].stat().st_size > 1000


@examples()
def test_a_scenario_waits_and_notes_and_has_files_of_its_own(any_blender: InBlender, tmp_path: Path) -> None:
    report = any_blender.run("harness_pairs", options={"number": 7})
    assert report.facts["option"] == 7
    assert report.facts["background"] == (any_blender.blender.kind == "wheel")
    for name in ("home", "user"):
        assert Path(report.facts[name]).is_relative_to(tmp_path)
    (first, at), (second, later) = report.marks
    assert (first, second) == ("waited", "waited on")
    assert later > at


@examples()
@pytest.mark.parametrize(
    ("how", "told"), [("assert", "this is not so"), ("wait", "what never comes"), ("vanish", "exit status 7")]
)
def test_a_scenario_that_fails_fails_the_test(any_blender: InBlender, how: str, told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        any_blender.run("harness_failing", options={"how": how})


@examples()
def test_a_scenario_that_hangs_is_ended_and_tells_where(any_blender: InBlender) -> None:
    with pytest.raises(AssertionError, match="no report, exit status None") as raised:
        any_blender.run("harness_failing", options={"how": "hang"}, limit=HANGING)
    assert "harness_failing.py" in str(raised.value)


@examples("gui-3.4-legacy", "gui-4.3-legacy")
def test_a_gui_runs_without_a_window_too(any_blender: InBlender) -> None:
    assert any_blender.run("harness_pairs", options={"number": 1}, background=True).facts["background"]
