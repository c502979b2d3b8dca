# SPDX-License-Identifier: GPL-3.0-or-later
"""The group of properties that every scene has from us, as Blender stores it in the .blend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

NAME = "movie_director_props"
"""What scenes call the group."""

_listener: Callable[[bpy.types.Scene], None] | None = None


def tell_of_changes(listener: Callable[[bpy.types.Scene], None] | None) -> None:
    """Call `listener` with the scene whose stored text was written, or nobody any more."""
    global _listener
    _listener = listener


def _stored_changed(group: Any, context: bpy.types.Context) -> None:
    """A script has written the text itself."""
    if _listener is not None:
        _listener(group.id_data)


class MOVIE_DIRECTOR_PG_project(bpy.types.PropertyGroup):
    """What the file says of our settings; `core.project_document` describes the text."""

    stored: bpy.props.StringProperty(
        name="Stored Settings",
        description="What was set for this project, as JSON",
        options={"HIDDEN"},
        update=_stored_changed,
    )
    last_connections: bpy.props.StringProperty(
        name="Last Connections",
        description="Where the services were when the project was saved last, as JSON",
        options={"HIDDEN"},
    )


def register() -> None:
    bpy.utils.register_class(MOVIE_DIRECTOR_PG_project)
    group = bpy.props.PointerProperty(
        type=MOVIE_DIRECTOR_PG_project, name="Movie Director", options={"HIDDEN"}
    )
    setattr(bpy.types.Scene, NAME, group)


def unregister() -> None:
    """What the files say stays in them."""
    if hasattr(bpy.types.Scene, NAME):
        delattr(bpy.types.Scene, NAME)
    if getattr(MOVIE_DIRECTOR_PG_project, "is_registered", False):
        bpy.utils.unregister_class(MOVIE_DIRECTOR_PG_project)
