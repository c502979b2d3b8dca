# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel in the workspaces: drawn anew where it is shown, and nothing else is drawn for it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.blender.running import InBlender
from tests.blender.test_bridge import ALL_OFF


def test_a_change_is_drawn_where_it_is_shown_and_nowhere_else(gui: InBlender) -> None:
    assert drawn_as_shown(gui, [""], all=False) == {": Layout": [["PROPERTIES", "WINDOW"], ["VIEW_3D", "UI"]]}


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
    # Before 4.2 nobody can ask a sidebar which tab is open: it is drawn whatever it shows.
    drawn_in_vain = {region for _, region in report.facts["elsewhere"]}
    assert drawn_in_vain == (set() if report.facts["tells_the_open_tab"] else {"UI"})
    return {name: seen["drawn"] for name, seen in workspaces.items()}
