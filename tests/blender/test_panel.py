# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel in real Blender: drawn everywhere, cheap, and its buttons do what they say."""

from __future__ import annotations

from pathlib import Path

from movie_director import VERSION
from movie_director.core.card_parts import Mark

from tests.blender.patience import PATIENT
from tests.blender.running import InBlender
from tests.servers.process import comfyui_process

LAYOUT = Path(__file__).resolve().parents[1] / "recording_layout.py"
OTHERS_OFF = {f"MOVIE_DIRECTOR_{name}_ENABLED": "0" for name in ("WAN2GP", "LITELLM", "AUDIOLDM")}
NOWHERE = {"MOVIE_DIRECTOR_RVC_ENABLED": "0"}
DRAW_LIMIT = 5.0
"""Milliseconds, on a usual computer, to draw the panel with everything folded out: it is about one."""


def test_the_panel_shows_a_service_and_its_buttons_work(wheel: InBlender) -> None:
    with comfyui_process() as server:
        report = wheel.run(
            "panel_drawn",
            options={"recording_layout": str(LAYOUT)},
            environment={**OTHERS_OFF, **NOWHERE, **PATIENT, "MOVIE_DIRECTOR_COMFYUI_URL": server.url},
        )
    facts = report.facts
    for texts in facts["folded"].values():
        assert "Everything is ready (1 of 1 ready)" in texts
        assert "Connected" in texts
        assert server.url not in texts
    for texts in facts["unfolded"].values():
        assert server.url in texts
        assert "set by the environment (MOVIE_DIRECTOR_COMFYUI_URL)" in texts
    assert facts["tips"] == ["Ask ComfyUI at once how it is", f"Open {server.url} in the web browser"]
    assert facts["ages"] == [True, False, True], "times that pass are drawn again, once a second"
    assert "Last test" in facts["tested"]
    assert "nonsense" in facts["unknown"]
    assert (facts["url_before"], facts["url_after"]) == ("", "http://127.0.0.1:9")
    assert facts["decided_elsewhere"] == [["CANCELLED"], None], "a refused address was kept for later"
    assert facts["about"].startswith(f"Movie Director {'.'.join(map(str, VERSION))}, Blender ")
    assert facts["draw_milliseconds"] <= DRAW_LIMIT * facts["slowness"]
    assert "/movie_director/ui/" not in report.output, report.output


def test_an_add_on_that_cannot_start_says_so(wheel: InBlender) -> None:
    report = wheel.run("damaged", options={"recording_layout": str(LAYOUT)})
    assert "a damaged installation" in report.output
    assert report.facts["told"].endswith("ImportError: a damaged installation")
    assert report.facts["told"].startswith("Movie Director ")


def test_the_panel_can_be_used_with_a_mouse(gui: InBlender) -> None:
    cache = gui.folder / "cache"
    with comfyui_process() as server:
        address = {"MOVIE_DIRECTOR_COMFYUI_URL": server.url}
        surroundings = {**OTHERS_OFF, **NOWHERE, **PATIENT, **address, "XDG_CACHE_HOME": str(cache)}
        report = gui.run("panel_seen", environment=surroundings)
    assert f"Address: {server.url}" in report.facts["report"]
    assert set(report.pictures) >= {"folded", "unfolded", "twice"}
    # Blender keeps a small copy of each picture that it has read; one that it reads to draw it may stay empty
    assert len(list((cache / "thumbnails" / "large").glob("*.png"))) == len(Mark), "a mark was not read"
    assert "/movie_director/ui/" not in report.output, report.output
