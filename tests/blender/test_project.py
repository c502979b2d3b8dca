# SPDX-License-Identifier: GPL-3.0-or-later
"""Project settings travel with the .blend, and nothing else of it does."""

from __future__ import annotations

from tests.blender.running import InBlender


def test_settings_of_a_project_follow_its_file(any_blender: InBlender) -> None:
    any_blender.run("project_round")
