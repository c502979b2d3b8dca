# SPDX-License-Identifier: GPL-3.0-or-later
"""What a .blend says, checked: anybody may have made that file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .checking import bad_setting, check
from .errors import ConfigError, Problem
from .layers import LayerValues, Values
from .schema import Key, Layer, Schema, Setting, Value
from .settings_document import unknown_setting


def read_project(
    schema: Schema, said: Mapping[str, Mapping[str, object]], where: str = ""
) -> tuple[LayerValues, tuple[Problem, ...]]:
    """The project layer from what was found in the file, by service ("" for general settings) and name.

    What is wrong, unknown, or not for a project to say is left out and told. `where` is the file's name.
    """
    values: dict[Key, Value] = {}
    problems: list[Problem] = []
    for service, fields in said.items():
        for name, value in fields.items():
            key = Key(service, name)
            try:
                values[key] = check(_setting(schema, key, where), value, key.dotted, where)
            except ConfigError as error:
                problems.append(error.problem)
    details = dict.fromkeys(values, where) if where else {}
    return LayerValues(Layer.PROJECT, Values(MappingProxyType(values)), details), tuple(problems)


def _setting(schema: Schema, key: Key, where: str) -> Setting:
    setting = schema.find(key)
    if setting is None:
        raise ConfigError(unknown_setting(schema, key.dotted, Layer.PROJECT, where))
    if Layer.PROJECT not in setting.layers:
        raise bad_setting(key.dotted, "(hidden)", "a project cannot set this", where)
    return setting
