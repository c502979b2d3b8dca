# SPDX-License-Identifier: GPL-3.0-or-later
"""A setting as a property of Blender. It stores nothing: its get= and set= go to our own settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import bpy

from ..core.preference_fields import shown_text
from ..core.schema import Kind, Setting, Value
from . import engine

if TYPE_CHECKING:
    from ..runtime.settings_store import SettingsStore

Read: TypeAlias = "Callable[[SettingsStore], Value]"
Write: TypeAlias = "Callable[[Any, SettingsStore, Value], None]"
"""Its first argument is what has the property."""


def setting_property(
    setting: Setting,
    default: Value,
    read: Read,
    write: Write,
    *,
    description: str = "",
    as_typed: bool = False,
) -> Any:
    """The property; `default` is what it shows before the engine is there. Until then nothing is written.

    `description` takes the place of that of the setting. With `as_typed` a text is written with every letter
    that is typed.
    """
    props: dict[str, Any] = {
        "name": setting.label,
        # Blender adds the full stop itself.
        "description": (description or setting.description).rstrip("."),
        # Not animatable: a driver must not decide who is contacted.
        "options": set(),
        "get": _getter(setting, default, read),
        "set": _setter(write),
    }
    if setting.kind is Kind.BOOLEAN:
        return bpy.props.BoolProperty(**props)
    if setting.kind is Kind.WHOLE:
        return bpy.props.IntProperty(min=int(setting.low or 0), max=int(setting.high or 0), **props)
    if setting.kind is Kind.SECONDS:
        props |= {"min": setting.low, "max": setting.high}
        return bpy.props.FloatProperty(unit="TIME_ABSOLUTE", precision=1, step=100, **props)
    if setting.kind is Kind.PATH:
        return bpy.props.StringProperty(subtype="FILE_PATH", **props)
    if as_typed:
        props["options"] = {"TEXTEDIT_UPDATE"}
    return bpy.props.StringProperty(**props)


def _getter(setting: Setting, default: Value, read: Read) -> Callable[[Any], Value]:
    def get(self: Any) -> Value:
        application = engine.application()
        if application is None:
            return shown_text(setting, default) if isinstance(default, str) else default
        return read(application.settings)

    return get


def _setter(write: Write) -> Callable[[Any, Value], None]:
    def set(self: Any, value: Value) -> None:
        application = engine.application()
        if application is not None:
            write(self, application.settings, value)

    return set
