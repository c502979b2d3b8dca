# SPDX-License-Identifier: GPL-3.0-or-later
"""``Scene.movie_director_props``: what travels with a .blend, from the moment the add-on is on.

Only two texts are stored there (docs/adr/0068). The properties that people and scripts use,
``movie_director_props.comfyui_connection.url`` and so on, join a moment later: which services there are is
known only once the engine has started.
"""

from __future__ import annotations

from types import ModuleType

import bpy
from bpy.app.handlers import persistent

from . import bridge, engine, project_group

_parts: ModuleType | None = None
"""`project_parts`, once the engine is there."""


def follow(now: float) -> bool:
    """Called at every tick with the monotonic time; whether there is something new to draw."""
    global _parts
    application = engine.application()
    if application is None:
        return False
    if _parts is None:
        from . import project_parts

        # Noted before: one that fails half-way is to be taken back.
        _parts = project_parts
        project_group.tell_of_changes(project_parts.sync.stored_changed)
        project_parts.register(application.schema)
    return bool(_parts.sync.follow(application, now))


@persistent
def file_loaded(*_: object) -> None:
    """Also for a new file."""
    if _parts is not None:
        _parts.sync.loaded()


@persistent
def after_undo(*_: object) -> None:
    """Also for redo. Nobody tells which properties changed, so they are compared."""
    if _parts is not None:
        _parts.sync.compared()


@persistent
def before_save(*_: object) -> None:
    if _parts is not None:
        _parts.sync.saving()


@persistent
def after_save(*_: object) -> None:
    """The file may have another name now."""
    if _parts is not None:
        _parts.sync.compared()


_HANDLERS = {
    "load_post": file_loaded,
    "undo_post": after_undo,
    "redo_post": after_undo,
    "save_pre": before_save,
    "save_post": after_save,
}


def register() -> None:
    project_group.register()
    for name, handler in _HANDLERS.items():
        getattr(bpy.app.handlers, name).append(handler)
    bridge.at_every_tick(follow)


def unregister() -> None:
    """What the files say stays in them."""
    global _parts
    for name, handler in _HANDLERS.items():
        handlers = getattr(bpy.app.handlers, name)
        if handler in handlers:
            handlers.remove(handler)
    project_group.tell_of_changes(None)
    parts, _parts = _parts, None
    if parts is not None:
        parts.unregister()
    project_group.unregister()
