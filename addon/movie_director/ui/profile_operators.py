# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons of profiles, and of settings that go to another computer. None changes data of the .blend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import bpy

from ..core import profiles
from ..core.errors import ConfigError
from ..core.layers import Values
from ..core.messages import explain, message, text
from ..core.settings_changes import changes
from ..core.settings_document import LIMIT, UserSettings
from ..core.settings_exchange import exported, read_import, with_import
from . import bridge, classes
from .preference_operators import OnSettings

_before: list[Values] = []
"""What the user had set before the last profile was loaded; empty if none was."""


class _OnProfiles(OnSettings):
    """What they share: a change that is one, or is refused with a sentence."""

    def change(self, edit: Callable[[UserSettings], UserSettings]) -> bool:
        """Do it; whether it could be done."""
        try:
            self.store.change(edit)
        except ConfigError as error:
            self.refuse(error)
            return False
        bridge.want_redraw()
        return True

    def refuse(self, error: ConfigError) -> None:
        told = explain(error.problem)
        self.report({"ERROR"}, f"{told.title} {told.advice}")  # type: ignore[attr-defined]

    def tell(self, what: str, **known: str) -> None:
        self.report({"INFO"}, text(message(f"profiles.{what}", **known)))  # type: ignore[attr-defined]


class _OnOneProfile(_OnProfiles):
    name: bpy.props.StringProperty(name="Name", description="That of the profile", options={"SKIP_SAVE"})
    button = ""

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        return _tip(cls.button, properties.name)


class MOVIE_DIRECTOR_OT_load_profile(_OnOneProfile, bpy.types.Operator):
    bl_idname = "movie_director.load_profile"
    bl_label = "Use Profile"
    bl_description = text(message("profiles-tip.load")).rstrip(".")
    button = "load"

    def execute(self, context: bpy.types.Context) -> set[str]:
        store, before = self.store, self.store.user.values
        if not self.change(lambda user: profiles.load(store.schema, user, self.name)):
            return {"CANCELLED"}
        _before[:] = [before]
        self.tell("loaded", name=self.name)
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_undo_profile(_OnProfiles, bpy.types.Operator):
    bl_idname = "movie_director.undo_profile"
    bl_label = "Undo Use of Profile"
    bl_description = text(message("profiles-tip.undo")).rstrip(".")

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if not _before:
            cls.poll_message_set(text(message("profiles-unavailable.no-undo")))
            return False
        return super().poll(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        values = _before.pop()
        return {"FINISHED"} if self.change(lambda user: replace(user, values=values)) else {"CANCELLED"}


class MOVIE_DIRECTOR_OT_save_profile(_OnProfiles, bpy.types.Operator):
    bl_idname = "movie_director.save_profile"
    bl_label = "Save Settings as Profile"
    bl_description = text(message("profiles-tip.save")).rstrip(".")

    name: bpy.props.StringProperty(
        name=text(message("profiles.name")),
        description=text(message("profiles-tip.name")).rstrip("."),
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_props_dialog(self)  # type: ignore[return-value]

    def execute(self, context: bpy.types.Context) -> set[str]:
        if not self.change(lambda user: profiles.save(user, self.name)):
            return {"CANCELLED"}
        self.tell("saved", name=self.name.strip())
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_rename_profile(_OnOneProfile, bpy.types.Operator):
    bl_idname = "movie_director.rename_profile"
    bl_label = "Rename Profile"
    bl_description = text(message("profiles-tip.rename")).rstrip(".")
    button = "rename"

    new_name: bpy.props.StringProperty(
        name=text(message("profiles.name")),
        description=text(message("profiles-tip.name")).rstrip("."),
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        self.new_name = self.name
        return context.window_manager.invoke_props_dialog(self)  # type: ignore[return-value]

    def draw(self, context: bpy.types.Context) -> None:
        self.layout.prop(self, "new_name")

    def execute(self, context: bpy.types.Context) -> set[str]:
        if not self.change(lambda user: profiles.rename(user, self.name, self.new_name)):
            return {"CANCELLED"}
        self.tell("renamed", name=self.new_name.strip())
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_delete_profile(_OnOneProfile, bpy.types.Operator):
    bl_idname = "movie_director.delete_profile"
    bl_label = "Delete Profile"
    bl_description = text(message("profiles-tip.delete")).rstrip(".")
    button = "delete"

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_confirm(self, event)  # type: ignore[return-value]

    def execute(self, context: bpy.types.Context) -> set[str]:
        if not self.change(lambda user: profiles.delete(user, self.name)):
            return {"CANCELLED"}
        self.tell("deleted", name=self.name)
        return {"FINISHED"}


class _OnFile(_OnProfiles):
    filepath: bpy.props.StringProperty(
        name="File", description="Where it lies", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    filter_glob: bpy.props.StringProperty(default="*.json", options={"HIDDEN"})

    @property
    def path(self) -> str:
        return str(bpy.path.abspath(self.filepath))

    def failed(self, name: str, error: OSError) -> set[str]:
        reason = error.strerror or str(error)
        told = text(message(f"profiles.{name}", where=self.path, reason=reason))
        self.report({"ERROR"}, told)  # type: ignore[attr-defined]
        return {"CANCELLED"}


class MOVIE_DIRECTOR_OT_export_settings(_OnFile, bpy.types.Operator):
    bl_idname = "movie_director.export_settings"
    bl_label = "Export Settings"
    bl_description = text(message("profiles-tip.export")).rstrip(".")

    check_existing: bpy.props.BoolProperty(default=True, options={"HIDDEN"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if not self.filepath:
            self.filepath = "movie-director-settings.json"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        path = self.path if self.path.lower().endswith(".json") else f"{self.path}.json"
        try:
            with open(path, "w", encoding="ascii", newline="\n") as file:
                file.write(exported(self.store.user))
        except OSError as error:
            return self.failed("cannot-write", error)
        self.tell("exported", where=path)
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_import_settings(_OnFile, bpy.types.Operator):
    bl_idname = "movie_director.import_settings"
    bl_label = "Import Settings"
    bl_description = text(message("profiles-tip.import")).rstrip(".")

    only_preview: bpy.props.BoolProperty(
        name=text(message("profiles.only-preview")),
        description=text(message("profiles-tip.only-preview")).rstrip("."),
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def draw(self, context: bpy.types.Context) -> None:
        self.layout.prop(self, "only_preview")

    def execute(self, context: bpy.types.Context) -> set[str]:
        try:
            with open(self.path, "rb") as file:
                data = file.read(LIMIT + 1)
            brought, problems = read_import(self.store.schema, data, self.path)
        except OSError as error:
            return self.failed("cannot-read", error)
        except ConfigError as error:
            self.refuse(error)
            return {"CANCELLED"}
        before = self.store.user
        found = changes(self.store.schema, before, with_import(before, brought))
        for each in problems:
            told = explain(each)
            self.report({"WARNING"}, f"{told.title} {told.advice}")
        if not self.only_preview and not self.change(lambda user: with_import(user, brought)):
            return {"CANCELLED"}
        what = "would-change" if self.only_preview else "imported"
        lines = [text(message(f"profiles.{what}", where=self.path)), *(found or [_word("no-change")])]
        self.report({"INFO"}, "\n".join(lines))
        return {"FINISHED"}


def _tip(name: str, profile: str) -> str:
    """What a button does; Blender adds the full stop itself."""
    known = {"name": profile} if profile else {}
    return text(message(f"profiles-tip.{name}", **known)).rstrip(".")


def _word(name: str) -> str:
    return text(message(f"profiles.{name}"))


_CLASSES = (
    MOVIE_DIRECTOR_OT_load_profile,
    MOVIE_DIRECTOR_OT_undo_profile,
    MOVIE_DIRECTOR_OT_save_profile,
    MOVIE_DIRECTOR_OT_rename_profile,
    MOVIE_DIRECTOR_OT_delete_profile,
    MOVIE_DIRECTOR_OT_export_settings,
    MOVIE_DIRECTOR_OT_import_settings,
)


def register() -> None:
    classes.register(_CLASSES)


def unregister() -> None:
    classes.unregister(_CLASSES)
