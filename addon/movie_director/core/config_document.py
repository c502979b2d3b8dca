# SPDX-License-Identifier: GPL-3.0-or-later
"""The config file: TOML that the user writes, general settings first, then a table for each service.

auto_connect = false

[comfyui]
url = "http://192.168.1.20:8188"
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from .checking import bad_setting, check, expected
from .errors import ConfigError, Problem
from .layers import LayerValues, Values
from .schema import Key, Layer, Schema, Setting, Value
from .settings_document import unknown_setting

_WIDTH = 100
_TABLE = re.compile(r"""\s*\[\s*["']?(?P<table>[A-Za-z0-9_.-]+)["']?\s*\]""")
_NAME = re.compile(r"""\s*["']?(?P<name>[A-Za-z0-9_-]+)["']?\s*=""")


def read(
    schema: Schema, document: Mapping[str, object], text: str, where: str
) -> tuple[LayerValues, tuple[Problem, ...]]:
    """What a parsed config file says, and what is wrong with it; a wrong value counts as not said.

    `text` is the same file unparsed, for the numbers of lines; `where` its path.
    """
    values: dict[Key, Value] = {}
    problems: list[Problem] = []
    for key, value in _entries(schema, document):
        setting = schema.find(key)
        try:
            if setting is None:
                raise ConfigError(unknown_setting(schema, key.dotted, Layer.FILE, where))
            if Layer.FILE not in setting.layers:
                raise bad_setting(key.dotted, "(hidden)", _belongs_elsewhere(schema, key, setting), where)
            values[key] = check(setting, value, key.dotted, where)
        except ConfigError as error:
            problems.append(error.problem)
    lines = _lines(text)
    details = {key: f"{where}, line {lines[key]}" if key in lines else where for key in values}
    return LayerValues(Layer.FILE, Values(MappingProxyType(values)), details), tuple(problems)


def _belongs_elsewhere(schema: Schema, key: Key, setting: Setting) -> str:
    if setting.is_secret:
        variable = schema.variable(key)
        return f"a key does not belong into this file; enter it in the preferences, or set {variable}"
    return "it cannot be set in this file"


def _entries(schema: Schema, document: Mapping[str, object]) -> Iterator[tuple[Key, object]]:
    for name, part in document.items():
        if not isinstance(part, dict) or schema.service(name) is None:
            yield Key("", name), part
        else:
            yield from ((Key(name, inner), value) for inner, value in part.items())


def _lines(text: str) -> dict[Key, int]:
    """On which line each key stands; a text of several lines may lead this astray, which does no harm."""
    found: dict[Key, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if opened := _TABLE.match(line):
            table = opened["table"]
            found.setdefault(Key(*_service_and_name(table)), number)
        elif named := _NAME.match(line):
            found.setdefault(Key(table, named["name"]), number)
    return found


def _service_and_name(table: str) -> tuple[str, str]:
    service, _, name = table.partition(".")
    return service, name


# --- the template -----------------------------------------------------------------------------------


def template(schema: Schema) -> str:
    """A config file in which everything is a comment: every setting, what it does, and its default."""
    lines = [
        "# Settings of Movie Director. A line counts once the # before it is taken away.",
        "# This file wins over the preferences and the .blend; the environment wins over this file.",
        "# It may be changed while the program runs.",
    ]
    lines += _template_of(schema, "")
    for service in schema.services:
        lines += ["", "", f"[{service.name}]", f"# {service.label}"]
        lines += _template_of(schema, service.name)
    return "\n".join(lines) + "\n"


def _template_of(schema: Schema, service: str) -> Iterator[str]:
    for key, setting in schema:
        if key.service == service and Layer.FILE in setting.layers:
            said = f"{setting.description} Expected: {expected(setting)}."
            yield ""
            yield from textwrap.wrap(said, _WIDTH, initial_indent="# ", subsequent_indent="# ")
            yield f"# {key.name} = {toml_value(setting, schema.default(key))}"


def toml_value(setting: Setting, value: Value) -> str:
    """A value as it is written in TOML."""
    if setting.name == "custom_data":
        pairs = json.loads(str(value)).items()
        return (
            "{ " + ", ".join(f"{name} = {json.dumps(part)}" for name, part in pairs) + " }" if pairs else "{}"
        )
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value)
