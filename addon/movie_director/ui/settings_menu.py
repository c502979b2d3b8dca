# SPDX-License-Identifier: GPL-3.0-or-later
"""The menu "Settings" in Window, Movie Director: the menu search of Blender finds what stands in a menu."""

from __future__ import annotations

import bpy

from ..core.messages import message, text
from . import classes, panel

_GROUPS = (
    ("reset_settings", "undo_reset", "forget_key", "revoke_address"),
    ("load_profile", "save_profile", "rename_profile", "delete_profile", "undo_profile"),
    ("import_settings", "export_settings"),
)


class MOVIE_DIRECTOR_MT_settings(bpy.types.Menu):
    bl_idname = "MOVIE_DIRECTOR_MT_settings"
    bl_label = text(message("preferences.title"))

    def draw(self, context: bpy.types.Context) -> None:
        # Operators that need to know for what ask for it when they are invoked without.
        self.layout.operator_context = "INVOKE_DEFAULT"
        for number, group in enumerate(_GROUPS):
            if number:
                self.layout.separator()
            for name in group:
                self.layout.operator(f"movie_director.{name}")


def _in_menu(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.separator()
    self.layout.operator("movie_director.discover")
    self.layout.menu(MOVIE_DIRECTOR_MT_settings.bl_idname)


_CLASSES = (MOVIE_DIRECTOR_MT_settings,)


def register() -> None:
    classes.register(_CLASSES)
    panel.MOVIE_DIRECTOR_MT_services.append(_in_menu)


def unregister() -> None:
    panel.MOVIE_DIRECTOR_MT_services.remove(_in_menu)
    classes.unregister(_CLASSES)
