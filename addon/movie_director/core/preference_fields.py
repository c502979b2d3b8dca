# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preferences show beside each setting: who decides it, what is wrong with it, what can be done."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .drafts import Drafts
from .errors import Problem
from .messages import message, text
from .model import Source
from .schema import Key, Kind, Layer, Schema, Setting, Value
from .settings_view import SettingsView
from .snapshot import ServiceStatus

ABOVE_USER = (Layer.ENVIRONMENT, Layer.FILE, Layer.PROJECT)
"""Whoever wins over what the user sets in the preferences."""
TYPED = (Kind.URL, Kind.TEXT, Kind.OBJECT, Kind.PATH)
"""Kinds that are fields of text in the preferences."""
MAIN = ("enabled", "url", "required")
"""Settings of a service that are always shown; the others fold out."""
_NOT_FIELDS = ("profile",)
"""Has a place of its own."""


@dataclass(frozen=True)
class Field:
    """One setting as the preferences show it."""

    key: Key
    label: str
    tooltip: str
    is_open: bool = True
    """Whether it can be changed here; otherwise it shows what holds."""
    is_set: bool = False
    """Whether the user set it here, so that it can be taken back."""
    note: str = ""
    """Who decides it, or what is wrong with it; empty where there is nothing to say."""
    note_tooltip: str = ""
    is_wrong: bool = False


def fields(
    schema: Schema, view: SettingsView, drafts: Drafts, service: str, status: ServiceStatus | None = None
) -> tuple[Field, ...]:
    """The fields of one service, or with an empty name those of the whole program, in the schema's order."""
    return tuple(
        _field(view, drafts, key, setting, status)
        for key, setting in schema
        if key.service == service and is_field(setting)
    )


def is_field(setting: Setting) -> bool:
    """Whether the preferences have a field for it."""
    return Layer.USER in setting.layers and setting.name not in _NOT_FIELDS


def shown_text(setting: Setting, value: Value) -> str:
    """A value as a field of text shows it."""
    if setting.kind is Kind.OBJECT and value == "{}":
        return ""
    return str(value)


def decided_by(layer: Layer, detail: str) -> str:
    """Who says what a setting is, and where exactly."""
    said = text(message(f"setting-layer.{layer.value}"))
    known = {"name": detail} if detail else {}
    sentence = text(message("preferences.decided", value=said, **known))
    return sentence[:1].upper() + sentence[1:]


def fault_text(fault: Problem) -> str:
    """Why a text cannot be used, for a line beside its field."""
    reason = fault.parameter("reason")
    return text(message("preferences.fault", reason=reason) if reason else message("preferences.fault"))


def _field(
    view: SettingsView, drafts: Drafts, key: Key, setting: Setting, status: ServiceStatus | None
) -> Field:
    holds = view.effective.get(*key)
    draft = drafts.get(key)
    shown = Field(
        key=key,
        label=setting.label,
        tooltip=setting.description,
        is_open=view.loaded and holds.layer not in ABOVE_USER,
        is_set=view.user.get(*key) is not None or draft is not None,
    )
    if holds.layer in ABOVE_USER:
        return _with_note(shown, decided_by(holds.layer, holds.detail), "decided")
    if draft is not None and draft.fault is not None:
        return _with_note(shown, fault_text(draft.fault), "fault", is_wrong=True)
    if draft is not None:
        return _with_note(shown, _word("settling"), "settling")
    if setting.kind is Kind.URL and holds.value == "":
        return _with_note(shown, _place(status), "place")
    return shown


def _place(status: ServiceStatus | None) -> str:
    """Where a service is that nobody gave an address."""
    if status is not None and status.endpoint is not None and status.source is not Source.CONFIGURED:
        return text(message("preferences.url-found", url=status.endpoint.url))
    return _word("url-empty")


def _with_note(shown: Field, note: str, tip: str, *, is_wrong: bool = False) -> Field:
    return replace(shown, note=note, note_tooltip=text(message(f"preferences-tip.{tip}")), is_wrong=is_wrong)


def _word(name: str) -> str:
    return text(message(f"preferences.{name}"))
