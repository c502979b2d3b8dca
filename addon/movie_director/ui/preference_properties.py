# SPDX-License-Identifier: GPL-3.0-or-later
"""The properties of the preferences, made from the schema: one per setting, and none that stores anything.

Each reads and writes our own settings by get= and set=, so nothing of them is ever in Blender's
userpref.blend (docs/adr/0059).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import bpy

from ..core.messages import message, text
from ..core.preference_fields import is_field
from ..core.schema import Key, Kind, Schema, ServiceTraits, Setting, Value
from ..core.secrets_document import LONGEST_SECRET
from . import engine
from .operator_bases import status_of
from .preference_names import attribute, of_key
from .preference_values import DOTS, PreferenceValues
from .setting_property import setting_property

if TYPE_CHECKING:
    from ..runtime.settings_store import SettingsStore

values = PreferenceValues()


def properties(schema: Schema) -> dict[str, Any]:
    """By name, a property for every setting that the preferences have a field for."""
    made = {
        attribute(key): _property(key, setting, schema.default(key))
        for key, setting in schema
        if is_field(setting)
    }
    for service in schema.services:
        made[of_key(service.name)] = _key_property(service)
    return made


def _property(key: Key, setting: Setting, default: Value) -> Any:
    def read(store: SettingsStore) -> Value:
        return values.read(store, key, setting)

    def write(_: Any, store: SettingsStore, value: Value) -> None:
        if setting.kind is Kind.PATH:
            value = bpy.path.abspath(str(value))
        values.write(store, key, setting, value, time.monotonic())
        if bpy.app.background:
            # Nobody types there: it is used at once.
            values.settle_all(store)

    return setting_property(setting, default, read, write, as_typed=True)


def _key_property(service: ServiceTraits) -> Any:
    def get(self: Any) -> str:
        application = engine.application()
        if application is None:
            return ""
        store = application.settings
        said = store.newest.effective.get(service.name, "api_key")
        origin = values.key_origin(store, service.name, status_of(service.name))
        return DOTS if said.value or (service.name, origin) in store.trust.keys.entries else ""

    def set(self: Any, value: str) -> None:
        application = engine.application()
        if application is not None:
            status = status_of(service.name)
            values.enter_key(application.settings, service.name, status, value)

    description = text(message("preferences-tip.key", program=service.label)).rstrip(".")
    name = text(message("setting.api_key"))
    return bpy.props.StringProperty(
        name=name, description=description, subtype="PASSWORD", get=get, set=set, maxlen=LONGEST_SECRET
    )
