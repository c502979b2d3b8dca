# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel "Project settings", below Movie Director in the properties of the scene."""

from __future__ import annotations

import bpy

from ..core.messages import message, text
from ..core.project_cards import KnownOfProject, ProjectCards, project_cards
from . import drawing, engine, icons, panel, project_drawing
from .project_properties import owner
from .project_sync import sync

_MARGIN = 16.0
"""Pixels, at a scale of 1, by which a panel within a panel is narrower."""


class MOVIE_DIRECTOR_PT_project_settings(bpy.types.Panel):
    bl_idname = "MOVIE_DIRECTOR_PT_project_settings"
    bl_label = text(message("project.title"))
    bl_space_type = "PROPERTIES"
    bl_region_type = "WINDOW"
    bl_context = "scene"
    bl_parent_id = panel.MOVIE_DIRECTOR_PT_connection_status_scene.bl_idname
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012  Blender wants a set

    def draw(self, context: bpy.types.Context) -> None:
        if context.scene.library is not None:
            self.layout.label(text=text(message("project-unavailable.linked")), icon="LINKED")
            return
        page = drawing.Page(panel.room_in(context, _MARGIN), icons.icon_of)
        scene = context.scene
        project_drawing.draw(self.layout.column(), lambda service: owner(scene, service), cards(), page)


def cards() -> ProjectCards:
    """What is to be drawn now; waits for nothing."""
    application = engine.application()
    if application is None:
        return project_cards(None)
    return project_cards(
        KnownOfProject(
            schema=application.schema,
            view=application.settings.newest,
            said=sync.state.said,
            faults={key: fault for key, (_, fault) in sync.drafts.items()},
            fault=sync.fault,
            where=bpy.path.basename(bpy.data.filepath),
            hints=sync.hints(),
            unfolded=sync.unfolded,
        )
    )


def register() -> None:
    bpy.utils.register_class(MOVIE_DIRECTOR_PT_project_settings)


def unregister() -> None:
    if MOVIE_DIRECTOR_PT_project_settings.is_registered:
        bpy.utils.unregister_class(MOVIE_DIRECTOR_PT_project_settings)
