# SPDX-License-Identifier: GPL-3.0-or-later
"""The five services of a scenario: what is asked of them, and what is shown of them."""

from __future__ import annotations

from typing import Any

import bpy
from inside.session import Session


def ask(session: Session, *wishes: str) -> None:
    """Have `tests.blender.stage` do something to them: "kill rvc", "freeze rvc", "restore"."""
    with open(session.options["pipe"], "w", encoding="utf-8") as pipe:
        pipe.writelines(f"{wish}\n" for wish in wishes)


def service(name: str) -> Any:
    """What Blender's properties tell of one."""
    return bpy.context.window_manager.movie_director_status.services[name]


def states() -> set[str]:
    """Where the connections stand, each of those that occur once; empty before there are any."""
    return {each.status for each in bpy.context.window_manager.movie_director_status.services}
