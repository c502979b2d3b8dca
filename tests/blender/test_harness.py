# SPDX-License-Identifier: GPL-3.0-or-later
"""The harness itself: it clicks, types, looks, and tells failures and hangs as such."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

from tests.blender.running import InBlender

SAMPLE = Path(__file__).resolve().parent / "sample"


def with_sample(blender: InBlender, folder: Path) -> InBlender:
    """The same Blender, with the sample add-on instead of ours."""
    zip = shutil.make_archive(str(folder / "sample"), "zip", SAMPLE, "movie_director_sample")
    return dataclasses.replace(blender, addon="movie_director_sample", zip=Path(zip))


def test_it_finds_and_presses_and_types(gui: InBlender, tmp_path: Path) -> None:
    report = with_sample(gui, tmp_path).run("harness_hands")
    assert any("movie_director_sample.count" in what for what in report.facts["buttons"])
    assert report.facts["text"] == "http://[::1]:8188/é"
    assert report.pictures["sample"].stat().st_size > 1000
