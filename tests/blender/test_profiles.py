# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles in Blender, and all settings of one computer on another."""

from __future__ import annotations

import json
from pathlib import Path

from tests.blender.running import InBlender


def test_everything_moves_to_another_computer_in_one_file(wheel: InBlender, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    here = wheel.run("profiles", options={"export": str(file)})
    assert set(json.loads(file.read_text())) == {"format", "version", "settings", "profiles"}
    there = wheel.run("profiles", options={"import": str(file)})
    assert there.facts["user"] == {**here.facts["user"], "profile": "At home"}
    for line in ("ComfyUI, Address: found by itself → http://192.168.1.20:8188", "New profile: At home"):
        assert there.output.count(line) == 3, "told by the preview and by both imports"
    assert "comfyui.timeout" in there.output
    assert "soon" in there.output
    assert "expected a number of seconds from 1 to 300" in there.output
