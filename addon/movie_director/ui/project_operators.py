# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons of project settings. They change data of the .blend, so each is an undo step."""

from __future__ import annotations

import bpy

from ..core.messages import message, text
from ..core.project_document import TooLong
from ..core.schema import Key, Layer, Setting
from . import bridge, classes, engine, settings_menu
from .project_panel import cards
from .project_sync import sync

_SERVICE = "Its short name, such as comfyui; empty for what concerns the whole program"


class _OnProject:
    """What they share: settings that have been read, and a scene of the file itself."""

    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012  Blender wants a set

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        application = engine.application()
        if application is None or not application.settings.newest.loaded:
            cls.poll_message_set(text(message("preferences-unavailable.reading")))  # type: ignore[attr-defined]
            return False
        if context.scene is None or context.scene.library is not None:
            cls.poll_message_set(text(message("project-unavailable.linked")))  # type: ignore[attr-defined]
            return False
        return True

    def unavailable(self, name: str) -> set[str]:
        self.report({"INFO"}, text(message(f"project-unavailable.{name}")))  # type: ignore[attr-defined]
        return {"CANCELLED"}


class MOVIE_DIRECTOR_OT_set_for_project(_OnProject, bpy.types.Operator):
    bl_idname = "movie_director.set_for_project"
    bl_label = "Set for Project"
    bl_description = text(message("project-tip.set")).rstrip(".")

    service: bpy.props.StringProperty(name="Service", description=_SERVICE, options={"SKIP_SAVE"})
    setting: bpy.props.StringProperty(name="Setting", description="Its short name", options={"SKIP_SAVE"})
    tooltip: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        return properties.tooltip.rstrip(".")  # type: ignore[no-any-return]

    def execute(self, context: bpy.types.Context) -> set[str]:
        key, found = Key(self.service, self.setting), _setting(self.service, self.setting)
        application = engine.application()
        if found is None or application is None:
            return self.unavailable("no-setting")
        try:
            if not sync.keep(application.settings, key, found):
                return self.unavailable("locked")
        except TooLong:
            return self.unavailable("too-long")
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_reset_project_settings(_OnProject, bpy.types.Operator):
    bl_idname = "movie_director.reset_project_settings"
    bl_label = "Reset Project Settings"
    bl_description = text(message("project-tip.reset-all")).rstrip(".")

    service: bpy.props.StringProperty(
        name="Service", description="Its short name; empty for all", options={"SKIP_SAVE"}
    )
    setting: bpy.props.StringProperty(
        name="Setting", description="Its short name; empty for all", options={"SKIP_SAVE"}
    )
    tooltip: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        application = engine.application()
        traits = None if application is None else application.schema.service(properties.service)
        if properties.tooltip:
            return properties.tooltip.rstrip(".")  # type: ignore[no-any-return]
        if not _may_reset(properties.service):
            return text(message("project-unavailable.nothing-to-reset"))
        if traits is None:
            return text(message("project-tip.reset-all")).rstrip(".")
        return text(message("project-tip.reset-service", program=traits.label)).rstrip(".")

    def execute(self, context: bpy.types.Context) -> set[str]:
        try:
            if not sync.take_back(self.service, self.setting):
                return self.unavailable("nothing-to-reset")
        except TooLong:
            return self.unavailable("too-long")
        if not self.service and not self.setting:
            self.report({"INFO"}, text(message("project.reset-done")))
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_show_project_service(bpy.types.Operator):
    bl_idname = "movie_director.show_project_service"
    bl_label = "Show or Hide Project Settings"
    bl_description = text(message("project-tip.show")).rstrip(".")
    bl_options = {"INTERNAL"}  # noqa: RUF012  Blender wants a set

    service: bpy.props.StringProperty(name="Service", description=_SERVICE, options={"SKIP_SAVE"})
    show: bpy.props.BoolProperty(options={"HIDDEN", "SKIP_SAVE"})
    tooltip: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        return properties.tooltip.rstrip(".")  # type: ignore[no-any-return]

    def execute(self, context: bpy.types.Context) -> set[str]:
        sync.unfolded[self.service] = self.show
        bridge.want_redraw()
        return {"FINISHED"}


def _setting(service: str, name: str) -> Setting | None:
    """The setting, if a project may have it."""
    application = engine.application()
    found = None if application is None else application.schema.find(Key(service, name))
    return found if found is not None and Layer.PROJECT in found.layers else None


def _may_reset(service: str) -> bool:
    """Whether the project says anything of this service, or with an empty name anything at all."""
    shown = cards()
    if not service:
        return shown.may_reset
    return any(box.may_reset for box in shown.services if box.service == service)


def _in_menu(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.separator()
    self.layout.operator("movie_director.reset_project_settings")


_CLASSES = (
    MOVIE_DIRECTOR_OT_set_for_project,
    MOVIE_DIRECTOR_OT_reset_project_settings,
    MOVIE_DIRECTOR_OT_show_project_service,
)


def register() -> None:
    classes.register(_CLASSES)
    settings_menu.MOVIE_DIRECTOR_MT_settings.append(_in_menu)


def unregister() -> None:
    settings_menu.MOVIE_DIRECTOR_MT_settings.remove(_in_menu)
    classes.unregister(_CLASSES)
