# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons of the preferences that stand nowhere else. None waits, and none changes data of the .blend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..core.messages import message, text
from . import bridge, classes, engine
from .choosing import choose, confirm
from .operator_bases import running, status_of
from .preference_properties import values

if TYPE_CHECKING:
    from ..runtime.settings_store import SettingsStore


class OnSettings:
    """What they share: the settings have to be read first."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        missing = cls.missing()
        if missing:
            cls.poll_message_set(text(message(f"preferences-unavailable.{missing}")))  # type: ignore[attr-defined]
        return not missing

    @classmethod
    def missing(cls) -> str:
        """What it needs and is not there, as the name of a text; empty if nothing is."""
        return "" if _loaded() else "reading"

    @property
    def store(self) -> SettingsStore:
        return running().settings


class MOVIE_DIRECTOR_OT_reset_settings(OnSettings, bpy.types.Operator):
    bl_idname = "movie_director.reset_settings"
    bl_label = "Reset Settings"
    bl_description = text(message("preferences-tip.reset-all")).rstrip(".")

    service: bpy.props.StringProperty(
        name="Service", description="Its short name; empty for all", options={"SKIP_SAVE"}
    )
    setting: bpy.props.StringProperty(
        name="Setting", description="Its short name; empty for all", options={"SKIP_SAVE"}
    )

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        application = engine.application()
        if application is not None and not values.may_reset(
            application.settings, properties.service, properties.setting
        ):
            return text(message("preferences-unavailable.nothing-to-reset"))
        if properties.setting:
            is_typed = values.is_typed(properties.service, properties.setting)
            return _described("reset-typed" if is_typed else "reset", properties.service)
        return _described("reset-service" if properties.service else "reset-all", properties.service)

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """All at once only after a question, as Blender resets its own preferences."""
        is_all = not self.service and not self.setting
        if bpy.app.background or not is_all or not values.may_reset(self.store):
            return self.execute(context)
        return confirm(context, self, event, text(message("preferences-tip.reset-all")))

    def execute(self, context: bpy.types.Context) -> set[str]:
        if not values.reset(self.store, self.service, self.setting):
            self.report({"INFO"}, text(message("preferences-unavailable.nothing-to-reset")))
            return {"CANCELLED"}
        bridge.want_redraw()
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_undo_reset(OnSettings, bpy.types.Operator):
    bl_idname = "movie_director.undo_reset"
    bl_label = "Undo Reset of Settings"
    bl_description = text(message("preferences-tip.undo-reset")).rstrip(".")

    @classmethod
    def missing(cls) -> str:
        return super().missing() or ("" if values.can_undo_reset else "no-reset")

    def execute(self, context: bpy.types.Context) -> set[str]:
        values.undo_reset(self.store)
        bridge.want_redraw()
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_discover(OnSettings, bpy.types.Operator):
    bl_idname = "movie_director.discover"
    bl_label = "Look Around for Services"
    bl_description = text(message("preferences-tip.discover")).rstrip(".")

    def execute(self, context: bpy.types.Context) -> set[str]:
        running().discover()
        bridge.want_redraw()
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_forget_key(OnSettings, bpy.types.Operator):
    bl_idname = "movie_director.forget_key"
    bl_label = "Forget Key"
    bl_description = text(message("preferences-tip.forget-key")).rstrip(".")

    service: bpy.props.StringProperty(name="Service", description="Its short name", options={"SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        return _described("forget-key", properties.service)

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if self.service or bpy.app.background:
            return self.execute(context)
        return self.ask(context)

    def ask(self, context: bpy.types.Context) -> set[str]:
        """A menu of the services that have a key where they are."""
        store = self.store
        kept = store.trust.keys.entries
        entries = []
        for service in store.schema.services:
            origin = values.key_origin(store, service.name, status_of(service.name))
            if (service.name, origin) in kept:
                entries.append((f"{service.label}, {origin}", {"service": service.name}))
        nothing = text(message("preferences-unavailable.no-key"))
        return choose(context, self.bl_idname, text(message("panel-button.choose")), entries, nothing)

    def execute(self, context: bpy.types.Context) -> set[str]:
        if not values.forget_key(self.store, self.service, status_of(self.service)):
            self.report({"INFO"}, text(message("preferences-unavailable.no-key")))
            return {"CANCELLED"}
        bridge.want_redraw()
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_show_advanced(OnSettings, bpy.types.Operator):
    bl_idname = "movie_director.show_advanced"
    bl_label = "Show or Hide Advanced Settings"
    bl_description = text(message("preferences-tip.advanced")).rstrip(".")
    bl_options = {"INTERNAL"}  # noqa: RUF012  Blender wants a set

    service: bpy.props.StringProperty(name="Service", description="Its short name", options={"SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        return _described("advanced", properties.service)

    def execute(self, context: bpy.types.Context) -> set[str]:
        values.unfolded ^= {self.service}
        return {"FINISHED"}


def _loaded() -> bool:
    application = engine.application()
    return application is not None and application.settings.newest.loaded


def _described(name: str, service: str) -> str:
    """What a button does; Blender adds the full stop itself."""
    application = engine.application()
    traits = None if application is None else application.schema.service(service)
    known = {} if traits is None else {"program": traits.label}
    return text(message(f"preferences-tip.{name}", **known)).rstrip(".")


_CLASSES = (
    MOVIE_DIRECTOR_OT_reset_settings,
    MOVIE_DIRECTOR_OT_undo_reset,
    MOVIE_DIRECTOR_OT_discover,
    MOVIE_DIRECTOR_OT_forget_key,
    MOVIE_DIRECTOR_OT_show_advanced,
)


def register() -> None:
    classes.register(_CLASSES)


def unregister() -> None:
    classes.unregister(_CLASSES)
