# SPDX-License-Identifier: GPL-3.0-or-later
"""A smallest add-on, by which the tests of the harness see whether it clicks, types and looks rightly."""

from __future__ import annotations

import bpy

bl_info = {
    "name": "Sample",
    "author": "Movie Director contributors",
    "version": (0, 1, 0),
    "blender": (3, 4, 0),
    "category": "System",
}


class MOVIE_DIRECTOR_SAMPLE_OT_count(bpy.types.Operator):
    """Count how often it was pressed."""

    bl_idname = "movie_director_sample.count"
    bl_label = "Count"

    def execute(self, context: bpy.types.Context) -> set[str]:
        context.window_manager.movie_director_sample_count += 1
        return {"FINISHED"}


class MOVIE_DIRECTOR_SAMPLE_PT_panel(bpy.types.Panel):
    """A button and a field."""

    bl_label = "Sample"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Sample"

    def draw(self, context: bpy.types.Context) -> None:
        self.layout.operator("movie_director_sample.count")
        self.layout.prop(context.window_manager, "movie_director_sample_text")
        self.layout.label(text=f"Pressed {context.window_manager.movie_director_sample_count} times")


CLASSES = (MOVIE_DIRECTOR_SAMPLE_OT_count, MOVIE_DIRECTOR_SAMPLE_PT_panel)


def register() -> None:
    bpy.types.WindowManager.movie_director_sample_count = bpy.props.IntProperty()
    bpy.types.WindowManager.movie_director_sample_text = bpy.props.StringProperty(name="Text")
    for kind in CLASSES:
        bpy.utils.register_class(kind)


def unregister() -> None:
    for kind in reversed(CLASSES):
        bpy.utils.unregister_class(kind)
    del bpy.types.WindowManager.movie_director_sample_text
    del bpy.types.WindowManager.movie_director_sample_count
