# SPDX-License-Identifier: GPL-3.0-or-later
"""In real Blender: one click copies a report without secrets and names; the main thread writes no log."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.blender.running import InBlender
from tests.canary import Canaries, Harvest
from tests.servers.process import comfyui_process

OTHERS_OFF = {f"MOVIE_DIRECTOR_{name}_ENABLED": "0" for name in ("WAN2GP", "AUDIOLDM")}
WHO = {"USER": "ada_lovelace", "USERNAME": "ada_lovelace", "MOVIE_DIRECTOR_LOG": "debug"}
REPORT_LIMIT = 50.0
"""Milliseconds of Blender's main thread, on a usual computer, for a report: it is about five."""


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


def test_one_click_copies_a_report_and_the_log_is_written(
    wheel: InBlender, canaries: Canaries, tmp_path: Path
) -> None:
    keys = {place: canaries.new(place) for place in ("key", "password")}
    keys["password"] = canaries.by_place["password"] = keys["password"].replace("/", "-")
    with comfyui_process() as server:
        report = wheel.run(
            "diagnosing",
            options={"keys": keys},
            environment={**OTHERS_OFF, **WHO, "MOVIE_DIRECTOR_COMFYUI_URL": server.url},
            user=tmp_path,
        )
    facts, text = report.facts, report.facts["report"]
    assert facts["operator"] == ["FINISHED"]
    assert facts["opened"] == []
    assert facts["open_files"] == []
    assert facts["terminal"] == 0
    assert facts["milliseconds"] <= REPORT_LIMIT * facts["slowness"]
    for expected in (
        "## Movie Director: diagnostics",
        f"Blender {report.blender}",
        f"at {server.url} (configured), live updates open",
        "bad-setting: The setting comfyui.timeout='long' in …/shot.blend cannot be used",
        "### Log: this Blender",
        "comfyui: connecting -> connected",
        "ui.scenario: from the main thread: •••",
    ):
        assert expected in text, (expected, text)
    assert "ada_lovelace" not in text
    assert "secret-client" not in text

    harvest = Harvest(canaries)
    harvest.add("report", text)
    harvest.add("clipboard", facts["clipboard"])
    harvest.add("console", report.output)
    harvest.add_files(tmp_path, leave_out=["secrets.json", "order.json", "report.json"])
    assert harvest.leaks() == []
    assert "movie-director.log" in harvest.names
    assert "Movie Director 0.1.0, Blender " in harvest.text("movie-director.log")
    assert "from the main thread: •••" in report.output, "what is serious stands on the console too"


def test_where_no_log_can_be_written_the_report_says_so(wheel: InBlender, tmp_path: Path) -> None:
    (tmp_path / "movie-director").mkdir()
    (tmp_path / "movie-director" / "logs").touch()
    text = wheel.run("diagnosing_no_log", environment=OTHERS_OFF, user=tmp_path).facts["report"]
    assert "No log is written: " in text
    assert "/movie-director/logs: " in text, "which folder it is"


def test_in_a_window_the_report_is_on_the_clipboard(gui: InBlender) -> None:
    everything_off = {f"MOVIE_DIRECTOR_{name}_ENABLED": "0" for name in ("COMFYUI", "LITELLM", "RVC")}
    report = gui.run("diagnosing_window", environment={**OTHERS_OFF, **everything_off, **WHO})
    clipboard = report.facts["clipboard"]
    assert clipboard.startswith("## Movie Director: diagnostics\n")
    assert f"Blender {report.blender}" in clipboard
    assert "ada_lovelace" not in clipboard
