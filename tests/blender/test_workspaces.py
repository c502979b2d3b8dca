# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel in the workspaces: drawn anew where it is shown, and nothing else is drawn for it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.blender.running import InBlender
from tests.blender.test_bridge import ALL_OFF


def test_a_change_is_drawn_where_it_is_shown_and_nowhere_else(gui: InBlender) -> None:
    assert drawn_as_shown(gui, [""], all=False) == {": Layout": [["VIEW_3D", "UI"]]}


@pytest.mark.long
def test_it_is_drawn_in_every_workspace(gui: InBlender) -> None:
    drawn = drawn_as_shown(gui, ["", "Video_Editing"], all=True)
    assert len(drawn) >= 10
    assert ["SEQUENCE_EDITOR", "UI"] in drawn["Video_Editing: Video Editing"]


def drawn_as_shown(gui: InBlender, templates: list[str], *, all: bool) -> dict[str, Any]:
    """What was drawn, by workspace: all that was shown, and nothing else."""
    report = gui.run("workspaces", options={"templates": templates, "all": all}, environment=ALL_OFF)
    workspaces = report.facts["workspaces"]
    for seen in workspaces.values():
        assert seen["drawn"] == sorted(seen["shown"])
    assert report.facts["elsewhere"] == []
    assert report.facts["drawn_unfolded"] == report.facts["unfolded"] != []
    return {name: seen["drawn"] for name, seen in workspaces.items()}
