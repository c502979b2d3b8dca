# SPDX-License-Identifier: GPL-3.0-or-later
"""Every setting with its value and where that comes from, for people and for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .endpoint import without_credentials
from .layers import EffectiveValue
from .messages import message, text
from .schema import Kind, Layer, Schema, Setting
from .serialisation import Clocks, Json, problem_json
from .settings_view import SettingsView

SCHEMA = "movie-director/config/1"
HIDDEN = "(set)"
"""Stands for a key."""


@dataclass(frozen=True)
class SettingRow:
    """One setting as it is shown."""

    service: str
    """Empty for a general setting."""
    name: str
    label: str
    value: str
    layer: Layer
    source: str
    """Who says so, in words, and where exactly."""
    detail: str
    """Where exactly: a variable, or a file and its line; empty if there is nothing to point at."""


def setting_rows(schema: Schema, view: SettingsView) -> Iterator[SettingRow]:
    """One row for each setting, general ones first."""
    for key, setting in schema:
        found = view.effective.get(key.service, key.name)
        shown = shown_value(setting, found)
        yield SettingRow(
            key.service, key.name, setting.label, shown, found.layer, source_text(found), found.detail
        )


def shown_value(setting: Setting, found: EffectiveValue) -> str:
    """The value in a word, without any secret."""
    if setting.is_secret:
        return HIDDEN if found.value else "(not set)"
    if setting.kind is Kind.URL:
        return without_credentials(str(found.value)) or "(found by itself)"
    if setting.kind is Kind.BOOLEAN:
        return "yes" if found.value else "no"
    if setting.kind is Kind.SECONDS:
        return f"{found.value:g} s"
    return str(found.value) or "(none)"


def source_text(found: EffectiveValue) -> str:
    """``set by the environment: MOVIE_DIRECTOR_COMFYUI_URL``."""
    layer = text(message(f"setting-layer.{found.layer.value}"))
    return f"{layer}: {found.detail}" if found.detail else layer


def report_json(
    schema: Schema, view: SettingsView, files: Mapping[str, str], clocks: Clocks, *, project_known: bool
) -> Json:
    """The same for scripts, described in docs/json.md. Outside of Blender no project is known."""
    return {
        "schema": SCHEMA,
        "at": clocks.moment(),
        "ok": not view.problems,
        "files": dict(files),
        "project_known": project_known,
        "settings": [
            {
                "service": key.service or None,
                "name": key.name,
                "value": _json_value(setting, view.effective.get(key.service, key.name)),
                "layer": view.effective.get(key.service, key.name).layer.value,
                "detail": view.effective.get(key.service, key.name).detail,
            }
            for key, setting in schema
        ],
        "problems": [problem_json(each, {}) for each in view.problems],
    }


def _json_value(setting: Setting, found: EffectiveValue) -> object:
    if setting.is_secret:
        return HIDDEN if found.value else None
    if setting.kind is Kind.URL:
        return without_credentials(str(found.value))
    if setting.kind is Kind.OBJECT:
        return json.loads(str(found.value))
    return found.value
