# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the project's settings in step: the scenes of the open file, what is in memory, and the engine.

Nothing here marks a file as changed. What is written into scenes follows an edit of the user, the arrival of
another scene, or a save.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import bpy

from ..core import last_connections, project_document
from ..core.checking import bad_setting, from_text
from ..core.endpoint import without_credentials
from ..core.errors import ConfigError, Problem
from ..core.keyring import Key as Secret
from ..core.keyring import Origin, split_credentials
from ..core.preference_fields import TYPED, shown_text
from ..core.schema import Key, Kind, Layer, Setting, Value
from . import bridge, engine
from .project_group import NAME
from .project_state import ProjectState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..core.last_connections import LastConnection
    from ..runtime.application import Application
    from ..runtime.settings_store import SettingsStore

LOOK = 1.0
"""Seconds between two looks for scenes that have appeared."""
_DIGITS = 3
"""After the point: Blender keeps 2.1 as 2.0999999."""


class _Scene:
    """A local scene, as far as it carries our texts. To read makes nothing in it, unlike Blender's own."""

    def __init__(self, scene: bpy.types.Scene) -> None:
        self._scene = scene

    @property
    def key(self) -> object:
        return getattr(self._scene, "session_uid", self._scene.name)

    @property
    def text(self) -> str:
        return self._read("stored")

    def write(self, text: str) -> None:
        self._write("stored", text)

    @property
    def hints(self) -> str:
        return self._read("last_connections")

    def write_hints(self, text: str) -> None:
        self._write("last_connections", text)

    def _read(self, name: str) -> str:
        if not self._scene.is_property_set(NAME):
            return ""
        try:
            return str(getattr(getattr(self._scene, NAME), name))
        except UnicodeError:
            return "\ufffd"  # what cannot be read, but is there

    def _write(self, name: str, text: str) -> None:
        if text:
            setattr(getattr(self._scene, NAME), name, text)
        elif self._scene.is_property_set(NAME):
            getattr(self._scene, NAME).property_unset(name)


class ProjectSync:
    """One life of it; main thread only."""

    def __init__(self) -> None:
        self.state = ProjectState()
        self.drafts: dict[Key, tuple[str, Problem]] = {}
        """Texts that were entered and cannot be used, and why. They are never written into the file."""
        self.unfolded: dict[str, bool] = {}
        """By service, whether the panel shows its settings; what nobody folded is not in it."""
        self._is_loaded = False
        self._is_writing = False
        self._next_look = 0.0
        self._handed: tuple[object, ...] | None = None

    # --- what Blender tells -------------------------------------------------------------------------

    def follow(self, application: Application, now: float) -> bool:
        """Called at every tick; whether there is something new to draw."""
        if now < self._next_look and self._handed is not None:
            return False
        self._next_look = now + LOOK
        return self.compared()

    def loaded(self) -> None:
        """Another file is open."""
        self._is_loaded = False
        self.drafts.clear()
        self.unfolded.clear()
        self.compared()

    def compared(self) -> bool:
        """Look whether scenes or the name of the file have changed; whether any of it did."""
        if not self._is_loaded:
            self._load()
        self._guarded(lambda: self.state.follow(_scenes()))
        return self._hand_over()

    def stored_changed(self, scene: bpy.types.Scene) -> None:
        """The text of a scene was written by somebody else."""
        if self._is_writing or scene.library is not None or not self._is_loaded:
            return
        self._write(_Scene(scene).text)

    def saving(self) -> None:
        """The file is about to be written: note where the services are now."""
        self.compared()
        home = self._home()
        application = engine.application()
        if home is None or application is None or not self.state.text or self.state.error is not None:
            return
        found = last_connections.read(home.hints, application.schema)
        snapshot, effective = application.board.snapshot(), application.settings.newest.effective
        services = [each.name for each in application.schema.services]
        named = [each for each in services if effective.get(each, "url").layer is Layer.PROJECT]
        hints = last_connections.updated(found, snapshot, time.time(), named)
        text = last_connections.written(hints)
        if text != home.hints:
            home.write_hints(text)

    # --- what the panel and scripts do --------------------------------------------------------------

    def read(self, store: SettingsStore, key: Key, setting: Setting) -> Value:
        """What a field shows: what was entered, else what the project says, else what holds without it."""
        draft = self.drafts.get(key)
        if draft is not None and setting.kind in TYPED:
            return draft[0]
        said = store.newest.project.get(*key)
        value = store.newest.effective.get(*key).value if said is None else said
        return shown_text(setting, value) if setting.kind in TYPED else value

    def enter(self, store: SettingsStore, key: Key, setting: Setting, value: Value) -> None:
        """Say this for the project. What cannot be used stays beside its field, with the reason."""
        if self.is_locked:
            return
        self.drafts.pop(key, None)
        try:
            text = self._with_value(key, setting, _checked(store, key, setting, value))
        except ConfigError as error:
            shown = without_credentials(str(value)) if setting.kind is Kind.URL else str(value)
            self.drafts[key] = (shown, error.problem)
            bridge.want_redraw()
            return
        self._write(text)

    def keep(self, store: SettingsStore, key: Key, setting: Setting) -> bool:
        """Say for the project what holds now; whether it may be changed. Raises `TooLong`."""
        if self.is_locked:
            return False
        value = store.newest.effective.get(*key).value
        self._write(project_document.with_value(self.state.text, key, setting, value))
        return True

    def take_back(self, service: str = "", name: str = "") -> bool:
        """Say nothing any more of one setting, of a service, or with neither of anything; whether it did.

        Raises `TooLong`, but where nothing is to remain.
        """
        if self.is_locked and (service or name):
            return False
        text = project_document.without(self.state.text, service, name)
        gone = [key for key in self.drafts if not (service or name) or _is_meant(key, service, name)]
        for key in gone:
            del self.drafts[key]
        changed = text != self.state.text
        if not text:
            self._guarded(lambda: [each.write_hints("") for each in _scenes()])
        self._write(text)
        return changed or bool(gone)

    @property
    def is_locked(self) -> bool:
        """Whether the text is of a newer version, or cannot be read, and so is left as it is."""
        if not self._is_loaded:
            self._load()
        return self.state.error is not None

    @property
    def fault(self) -> Problem | None:
        error = self.state.error
        return None if error is None else project_document.fault(error, _file_name())

    def hints(self) -> Mapping[str, LastConnection]:
        """Where the services were when the file was saved last."""
        application, home = engine.application(), self._home()
        if application is None or home is None or self.state.error is not None:
            return last_connections.NONE
        return last_connections.read(home.hints, application.schema)

    # --- within -------------------------------------------------------------------------------------

    def _with_value(self, key: Key, setting: Setting, checked: Value) -> str:
        """The text that says this too. Raises `ConfigError`."""
        try:
            return project_document.with_value(self.state.text, key, setting, checked)
        except project_document.TooLong as error:
            raise bad_setting(key.dotted, str(checked), str(error)) from error

    def _load(self) -> None:
        self._is_loaded = True
        scene = bpy.context.scene
        preferred = None if scene is None else _Scene(scene).key
        self.state.load(_scenes(), preferred)

    def _write(self, text: str) -> None:
        self._guarded(lambda: self.state.write(_scenes(), text))
        self._hand_over()
        bridge.want_redraw()

    def _guarded(self, work: Any) -> None:
        """Do what writes into scenes, which Blender tells `stored_changed` of."""
        self._is_writing = True
        try:
            work()
        finally:
            self._is_writing = False

    def _hand_over(self) -> bool:
        """Tell the engine, unless it knows; whether it was news."""
        application = engine.application()
        news = (application, self.state.text, _file_name())
        if application is None or news == self._handed:
            return False
        self._handed = news
        application.set_project(self.state.said, _file_name(), self.state.faults(_file_name()))
        return True

    def _home(self) -> _Scene | None:
        return next((each for each in _scenes() if each.key == self.state.home), None)


sync = ProjectSync()


def said_by_file() -> project_document.Project:
    """What the open file says, and what is wrong with that, for a command, which has no engine."""
    state = ProjectState()
    scene = bpy.context.scene
    state.load(_scenes(), None if scene is None else _Scene(scene).key)
    name, folder = _file_name(), os.path.dirname(bpy.data.filepath)
    return project_document.Project(state.said, name, state.faults(name), folder)


def _scenes() -> list[_Scene]:
    return [_Scene(scene) for scene in bpy.data.scenes if scene.library is None]


def _file_name() -> str:
    return bpy.path.basename(bpy.data.filepath)


def _checked(store: SettingsStore, key: Key, setting: Setting, value: Value) -> Value:
    """The value as it is kept. Name and password of a URL go to the keys, never into the file."""
    if isinstance(value, float):
        value = round(value, _DIGITS)
    text = str(value)
    checked = from_text(setting, text, key.dotted) if isinstance(value, str) else value
    traits = store.schema.service(key.service)
    if setting.kind is Kind.URL and "@" in text and traits is not None:
        address, credentials = split_credentials(text)
        origin = Origin.parse(address, default_port=traits.default_port)
        store.set_key(key.service, origin, Secret(credentials=credentials))
    return checked


def _is_meant(key: Key, service: str, name: str) -> bool:
    return key.service == service and (not name or key.name == name)
