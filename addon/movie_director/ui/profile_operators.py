# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons of profiles. None changes data of the .blend."""

from __future__ import annotations

from collections.abc import Callable

import bpy

from ..core import profiles
from ..core.errors import ConfigError
from ..core.messages import explain, message, text
from ..core.presets import PRESETS
from ..core.settings_document import UserSettings
from . import bridge, classes
from .choosing import choose, confirm
from .preference_operators import OnSettings
from .preference_properties import values

_PRESETS = tuple(each.label for each in PRESETS)

_undo: list[Callable[[UserSettings], UserSettings]] = []
"""Takes back the profile that was loaded, or the import that was done, last; empty if there was neither."""


class OnProfiles(OnSettings):
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

    def replace_all(self, edit: Callable[[UserSettings], UserSettings]) -> bool:
        """Do what replaces everything that is set, and note how to take it back; whether it could be done."""
        values.settle_all(self.store)
        before = self.store.user
        if not self.change(edit):
            return False
        values.drop_drafts()
        after = self.store.user
        _undo[:] = [lambda user: profiles.taken_back(user, before, after)]
        return True

    def refuse(self, error: ConfigError) -> None:
        told = explain(error.problem)
        self.report({"ERROR"}, f"{told.title} {told.advice}")  # type: ignore[attr-defined]

    def tell(self, what: str, **known: str) -> None:
        self.report({"INFO"}, text(message(f"profiles.{what}", **known)))  # type: ignore[attr-defined]


class _OnOneProfile(OnProfiles):
    name: bpy.props.StringProperty(name="Name", description="That of the profile", options={"SKIP_SAVE"})
    button = ""
    for_presets = False
    """Whether it can be done with what comes with the program, too."""

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        if not cls.for_presets and properties.name in _PRESETS:
            return text(message("profiles-unavailable.preset"))
        return _tip(cls.button, properties.name)

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if self.name or bpy.app.background:
            return self.begin(context, event)
        return self.ask(context)

    def ask(self, context: bpy.types.Context) -> set[str]:
        """A menu of the profiles that this can be done with."""
        names = (*(_PRESETS if self.for_presets else ()), *sorted(self.store.user.profiles))
        entries = [(name, {"name": name}) for name in names]
        title, nothing = text(message("profiles.choose")), text(message("profiles.none"))
        return choose(context, self.bl_idname, title, entries, nothing)  # type: ignore[attr-defined]

    def begin(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """It was said which one."""
        return self.execute(context)  # type: ignore[attr-defined, no-any-return]


class MOVIE_DIRECTOR_OT_load_profile(_OnOneProfile, bpy.types.Operator):
    bl_idname = "movie_director.load_profile"
    bl_label = "Use Profile"
    bl_description = text(message("profiles-tip.load")).rstrip(".")
    button = "load"
    for_presets = True

    def execute(self, context: bpy.types.Context) -> set[str]:
        schema = self.store.schema
        if not self.replace_all(lambda user: profiles.load(schema, user, self.name)):
            return {"CANCELLED"}
        self.tell("loaded", name=self.name)
        return {"FINISHED"}


class MOVIE_DIRECTOR_OT_undo_profile(OnProfiles, bpy.types.Operator):
    bl_idname = "movie_director.undo_profile"
    bl_label = "Undo Profile or Import"
    bl_description = text(message("profiles-tip.undo")).rstrip(".")

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if not _undo:
            cls.poll_message_set(text(message("profiles-unavailable.no-undo")))
            return False
        return super().poll(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        values.drop_drafts()
        return {"FINISHED"} if self.change(_undo.pop()) else {"CANCELLED"}


class MOVIE_DIRECTOR_OT_save_profile(OnProfiles, bpy.types.Operator):
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
        values.settle_all(self.store)
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

    def begin(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
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

    def begin(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return confirm(context, self, event, text(message("profiles-tip.delete", name=self.name)))

    def execute(self, context: bpy.types.Context) -> set[str]:
        if not self.change(lambda user: profiles.delete(user, self.name)):
            return {"CANCELLED"}
        self.tell("deleted", name=self.name)
        return {"FINISHED"}


def _tip(name: str, profile: str) -> str:
    """What a button does; Blender adds the full stop itself."""
    known = {"name": profile} if profile else {}
    return text(message(f"profiles-tip.{name}", **known)).rstrip(".")


_CLASSES = (
    MOVIE_DIRECTOR_OT_load_profile,
    MOVIE_DIRECTOR_OT_undo_profile,
    MOVIE_DIRECTOR_OT_save_profile,
    MOVIE_DIRECTOR_OT_rename_profile,
    MOVIE_DIRECTOR_OT_delete_profile,
)


def register() -> None:
    classes.register(_CLASSES)


def unregister() -> None:
    classes.unregister(_CLASSES)
