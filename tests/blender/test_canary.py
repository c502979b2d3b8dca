# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets entered in Blender come out nowhere: in no file, on no clipboard, in no report."""

from __future__ import annotations

from pathlib import Path

from tests.blender.running import InBlender
from tests.canary import Canaries, Harvest
from tests.servers.comfyui import ComfyServer

PLACES = (
    "preferences-key",
    "preferences-url",
    "preferences-bad-url",
    "preferences-custom",
    "project-url",
    "project-bad-url",
    "project-custom",
    "import-url",
    "import-key",
    "import-custom",
)
KEPT = ("preferences-key", "preferences-url", "project-url")
INPUTS = ("secrets.json", "order.json", "report.json")
"""Where a secret is kept, and the way in which the test hands them over and looks where they are kept."""


def test_no_secret_comes_out_of_blender(wheel: InBlender, tmp_path: Path) -> None:
    canaries = Canaries()
    secrets = {place: canaries.new(place) for place in PLACES}
    user, exported = tmp_path / "user", tmp_path / "exported.json"
    with ComfyServer() as server:
        report = wheel.run(
            "canary",
            options={"secrets": secrets, "url": server.url, "export": str(exported)},
            environment={"MOVIE_DIRECTOR_LOG": "debug"},
            user=user,
        )
    for place in KEPT:
        assert any(secrets[place] in each for each in report.facts["kept"]), f"{place} is kept"
    harvest = Harvest(canaries)
    harvest.add("output", report.output)
    for number, said in enumerate(report.facts["said"]):
        harvest.add(f"said {number}", said)
    harvest.add_files(tmp_path, leave_out=INPUTS)
    assert harvest.leaks() == []
    for name in ("film.blend", "later.blend", "userpref.blend", "exported.json", "settings.json"):
        assert name in harvest.names, "it must have been written to be searched"
    assert "127.0.0.1" in harvest.text("film.blend"), "the address itself is there"
