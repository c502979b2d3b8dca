# SPDX-License-Identifier: GPL-3.0-or-later
"""What scenarios about project settings share."""

from __future__ import annotations

from typing import Any

import bpy
from inside.session import Session, Until

NAME = "movie_director_props"


def ready(session: Session) -> Until:
    """To be yielded: wait until the settings are read and the scenes have their properties."""

    def is_ready() -> bool:
        application = session.addon("ui.engine").application()
        loaded = application is not None and application.settings.newest.loaded
        kind = bpy.types.PropertyGroup.bl_rna_get_subclass_py("MOVIE_DIRECTOR_PG_project")
        return loaded and kind is not None and "config_version" in kind.bl_rna.properties

    return session.until(is_ready, what="the properties of the services")


def props() -> Any:
    return getattr(bpy.context.scene, NAME)


def stored(scene: bpy.types.Scene | None = None) -> str:
    """The text of a scene, read without making anything."""
    scene = bpy.context.scene if scene is None else scene
    return str(getattr(scene, NAME).stored) if scene.is_property_set(NAME) else ""


def store(session: Session) -> Any:
    """The settings of the add-on."""
    return session.addon("ui.engine").application().settings


def said(session: Session) -> dict[str, Any]:
    """What the engine has of the project, by dotted names."""
    return {key.dotted: value for key, value in store(session).newest.project.entries.items()}


def withheld(session: Session, service: str) -> str:
    """Why a service is not contacted, as the code of a problem; empty if nothing forbids it."""
    problem = store(session).newest.settings.of(service).withheld
    return "" if problem is None else str(problem.code.value)


def cards_of(session: Session) -> Any:
    """What the panel shows."""
    return session.addon("ui.project_panel").cards()
