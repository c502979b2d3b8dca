# SPDX-License-Identifier: GPL-3.0-or-later
"""The button that copies a report on the whole program. All that it needs is in memory: it reads no file.

What it computes with is imported when it is used, see `ui.__init__`.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace

import bpy

from ..core.messages import message, text
from . import bridge, engine


class MOVIE_DIRECTOR_OT_copy_diagnostics(bpy.types.Operator):
    bl_idname = "movie_director.copy_diagnostics"
    bl_label = "Copy Diagnostics"
    bl_description = text(message("diagnostics-tip.copy")).rstrip(".")

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if engine.application() is None:
            cls.poll_message_set(text(message("panel-unavailable.not-running")))
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        context.window_manager.clipboard = report()
        self.report({"INFO"}, text(message("diagnostics-button.copied")))
        return {"FINISHED"}


def report() -> str:
    """What the button copies; only while `engine.application` gives something."""
    from ..core.diagnostics import diagnostics
    from ..core.diagnostics_text import diagnostics_text
    from ..core.evidence import Evidence, LogPart
    from ..core.serialisation import Clocks
    from ..core.snapshot import Snapshot

    application, surroundings = engine.application(), engine.surroundings()
    assert application is not None
    assert surroundings is not None
    who = replace(surroundings.who, project=os.path.dirname(bpy.data.filepath))
    evidence = Evidence(
        clocks=Clocks(time.monotonic(), time.time()),
        surroundings=replace(surroundings, who=who),
        schema=application.schema,
        view=application.settings.newest,
        snapshot=application.board.snapshot() or Snapshot(),
        start_hints={backend.name: backend.start_hint for backend in application.manager.backends},
        changes=bridge.news(),
        mistakes=bridge.mistakes(),
        logs=(LogPart(text(message("diagnostics.this-process")), engine.log_tail()),),
        log_problem=engine.log_problem(),
    )
    return diagnostics_text(diagnostics(evidence))


def register() -> None:
    bpy.utils.register_class(MOVIE_DIRECTOR_OT_copy_diagnostics)


def unregister() -> None:
    if MOVIE_DIRECTOR_OT_copy_diagnostics.is_registered:
        bpy.utils.unregister_class(MOVIE_DIRECTOR_OT_copy_diagnostics)
