# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons by which settings go to another computer. None changes data of the .blend."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

import bpy

from ..core.errors import ConfigError
from ..core.messages import explain, message, text
from ..core.settings_changes import changes
from ..core.settings_document import LIMIT, UserSettings
from ..core.settings_exchange import read_import, with_import
from . import classes
from .preference_properties import values
from .profile_operators import OnProfiles

_ENDING = ".json"


class _OnFile(OnProfiles):
    filepath: bpy.props.StringProperty(
        name="File", description="Where it lies", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    filter_glob: bpy.props.StringProperty(default=f"*{_ENDING}", options={"HIDDEN"})

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
            self.filepath = f"movie-director-settings{_ENDING}"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def check(self, context: bpy.types.Context) -> bool:
        """Complete the name before Blender looks whether there is such a file, and asks."""
        given, self.filepath = self.filepath, _with_ending(self.filepath)
        return bool(given != self.filepath)

    def execute(self, context: bpy.types.Context) -> set[str]:
        from ..runtime.settings_export import export

        values.settle_all(self.store)
        path = _with_ending(self.path)
        try:
            _write(path, export(self.store))
        except OSError as error:
            return self.failed("cannot-write", error)
        except ConfigError as error:
            self.refuse(error)
            return {"CANCELLED"}
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
            brought, problems = read_import(self.store.schema, _read(self.path), self.path)
            found = self._changes(brought)
        except OSError as error:
            return self.failed("cannot-read", error)
        except ConfigError as error:
            self.refuse(error)
            return {"CANCELLED"}
        for each in problems:
            told = explain(each)
            self.report({"WARNING"}, f"{told.title} {told.advice}")
        if not self.only_preview and not self.replace_all(lambda user: with_import(user, brought)):
            return {"CANCELLED"}
        what = "would-change" if self.only_preview else "imported"
        lines = (text(message(f"profiles.{what}", where=self.path)), *found)
        self.report({"INFO"}, "\n".join(lines))
        return {"FINISHED"}

    def _changes(self, brought: UserSettings) -> tuple[str, ...]:
        """What the import changes, in words. Raises `ConfigError` if it cannot be done."""
        values.settle_all(self.store)
        before = self.store.user
        found = changes(self.store.schema, before, with_import(before, brought))
        return found or (text(message("profiles.no-change")),)


def _with_ending(path: str) -> str:
    is_named = bool(os.path.basename(path)) and not path.lower().endswith(_ENDING)
    return f"{path}{_ENDING}" if is_named else path


def _read(path: str) -> bytes:
    """At most one byte more than a document may have. Raises `OSError`.

    Of a file only: a pipe would keep Blender waiting until somebody writes into it.
    """
    _refuse_what_is_no_file(path)
    with open(path, "rb") as file:
        return file.read(LIMIT + 1)


def _write(path: str, content: str) -> None:
    """As `write_named`, to a file only, and without waiting for the disk: Blender would stand still."""
    from ..runtime.named_file import write_named

    with contextlib.suppress(FileNotFoundError):
        _refuse_what_is_no_file(path)
    write_named(Path(path), content, durable=False)


def _refuse_what_is_no_file(path: str) -> None:
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError(errno.EINVAL, "it is no file", path)


_CLASSES = (MOVIE_DIRECTOR_OT_export_settings, MOVIE_DIRECTOR_OT_import_settings)


def register() -> None:
    classes.register(_CLASSES)


def unregister() -> None:
    classes.unregister(_CLASSES)
