# SPDX-License-Identifier: GPL-3.0-or-later
"""Other computers are contacted only while Blender's online access is on."""

from __future__ import annotations

from tests.blender.running import InBlender


def test_a_service_elsewhere_waits_for_online_access(wheel: InBlender) -> None:
    wheel.run("going_online", environment={"MOVIE_DIRECTOR_COMFYUI_URL": "http://comfyui.invalid:8188"})
