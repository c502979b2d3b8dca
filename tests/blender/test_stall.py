# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender does not stutter because of the add-on, whatever the services do."""

from __future__ import annotations

import pytest

from tests.blender.running import InBlender
from tests.blender.stage import Stage, obeying

ROUNDS = 3
"""At most: the first that goes well is the last. Much else to do spoils some, a mistake of ours all."""
MORE_GAPS = 1
"""Gaps that a round may have more than the same time without the add-on."""
LIMIT = 900.0


@pytest.mark.slow
@pytest.mark.timeout(LIMIT + 100)
def test_no_gap_is_felt_while_five_services_come_die_freeze_and_return(gui: InBlender) -> None:
    gui.folder.mkdir(parents=True)
    pipe = gui.folder / "wishes"
    with Stage() as stage, obeying(stage, pipe):
        report = gui.run(
            "stalling",
            options={"pipe": str(pipe), "rounds": ROUNDS},
            environment=stage.environment,
            limit=LIMIT,
        )
    rounds = report.facts["rounds"]
    assert any(len(each["with"]) <= len(each["without"]) + MORE_GAPS for each in rounds), rounds
    assert all(each["drawn"] for each in rounds), "the panel was not in sight"
    beats = rounds[0]["beats"]
    wanted = min(rounds[0]["seconds"] / 0.05, beats["without"] / 2)
    assert beats["with"] > wanted, "the pulse was hardly felt"
