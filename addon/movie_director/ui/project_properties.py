# SPDX-License-Identifier: GPL-3.0-or-later
"""The properties of project settings, made from the schema, such as
``scene.movie_director_props.comfyui_connection.url``.

Each is a window by get= and set= onto the text that the scene stores. One that the project does not set shows
what holds without it, and to write to one is to set it for the project.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy

from ..core import project_document
from ..core.messages import message, text
from ..core.project_cards import what_it_does
from ..core.schema import Key, Layer, Schema, ServiceTraits, Setting, Value
from .project_group import NAME, MOVIE_DIRECTOR_PG_project
from .project_sync import sync
from .setting_property import setting_property

if TYPE_CHECKING:
    from ..runtime.settings_store import SettingsStore

_classes: list[Any] = []
_names: list[str] = []


def group_name(service: str) -> str:
    """That of the group of a service in ``movie_director_props``."""
    return f"{service}_connection"


def owner(scene: bpy.types.Scene, service: str) -> Any:
    """What has the properties of a service, or with an empty name those of the whole project."""
    group: Any = getattr(scene, NAME)
    return getattr(group, group_name(service)) if service else group


def register(schema: Schema) -> None:
    general: dict[str, Any] = {"config_version": _version_property(), **_properties(schema, "")}
    for service in schema.services:
        general[group_name(service.name)] = _group(schema, service)
    for name, made in general.items():
        # Blender takes further properties for a class of this kind after it is registered.
        setattr(MOVIE_DIRECTOR_PG_project, name, made)
        _names.append(name)


def unregister() -> None:
    while _names:
        delattr(MOVIE_DIRECTOR_PG_project, _names.pop())
    while _classes:
        bpy.utils.unregister_class(_classes.pop())


def _group(schema: Schema, service: ServiceTraits) -> Any:
    properties = {**_properties(schema, service.name), "last_connection": _last_connection(service)}
    made = type(
        f"MOVIE_DIRECTOR_PG_{group_name(service.name)}",
        (bpy.types.PropertyGroup,),
        {"__annotations__": properties, "__module__": __name__},
    )
    bpy.utils.register_class(made)
    # Blender has read them; Blender 4.2 as a Python module crashes at its end where they are still kept.
    made.__annotations__ = {}
    _classes.append(made)
    return bpy.props.PointerProperty(type=made, name=service.label, options=set())


def _properties(schema: Schema, service: str) -> dict[str, Any]:
    return {
        key.name: _property(key, setting, schema.default(key))
        for key, setting in schema
        if key.service == service and Layer.PROJECT in setting.layers
    }


def _property(key: Key, setting: Setting, default: Value) -> Any:
    def read(store: SettingsStore) -> Value:
        return sync.read(store, key, setting)

    def write(group: Any, store: SettingsStore, value: Value) -> None:
        if group.id_data.library is None:
            sync.enter(store, key, setting, value)

    return setting_property(setting, default, read, write, description=what_it_does(setting))


def _version_property() -> Any:
    def get(self: Any) -> int:
        return project_document.version(sync.state.text)

    return bpy.props.IntProperty(
        name=text(message("project.version")),
        description=text(message("project-tip.version")).rstrip("."),
        options=set(),
        get=get,
    )


def _last_connection(service: ServiceTraits) -> Any:
    def get(self: Any) -> str:
        hint = sync.hints().get(service.name)
        return "" if hint is None else f"{hint.url} {hint.at}"

    return bpy.props.StringProperty(
        name=text(message("project.last")),
        description=text(message("project-tip.last")).rstrip("."),
        options=set(),
        get=get,
    )
