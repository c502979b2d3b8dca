# SPDX-License-Identifier: GPL-3.0-or-later
"""All that the panel of project settings shows, as frozen values: the user interface only draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from .consent_cards import Question, question
from .errors import Problem
from .last_connections import LastConnection
from .layers import EffectiveValue
from .messages import explain, message, text
from .preference_fields import decided_by
from .project_document import Said, is_part
from .schema import Key, Layer, Schema, ServiceTraits, Setting
from .settings_report import shown_value, source_text
from .settings_view import SettingsView

_ABOVE_PROJECT = (Layer.ENVIRONMENT, Layer.FILE)


@dataclass(frozen=True)
class ProjectField:
    """One setting of the project."""

    key: Key
    label: str
    tooltip: str
    """What a click on its box does."""
    is_set: bool
    """Whether the project says it; then it is a field, otherwise a text."""
    value: str = ""
    """What holds although the project does not say it, and who says so."""
    value_tooltip: str = ""
    note: str = ""
    note_tooltip: str = ""
    is_wrong: bool = False


@dataclass(frozen=True)
class ProjectBox:
    """One service."""

    service: str
    label: str
    summary: str
    """What there is to see when it is folded in."""
    tooltip: str
    is_unfolded: bool
    fields: tuple[ProjectField, ...] = ()
    """Empty while it is folded in."""
    question: Question | None = None
    last: str = ""
    may_reset: bool = False


@dataclass(frozen=True)
class ProjectCards:
    """All of it, in this order."""

    reading: str = ""
    """Says that nothing can be shown yet; empty where it can."""
    intro: str = ""
    problems: tuple[str, ...] = ()
    is_locked: bool = False
    """Whether the text in the file is left as it is, so that nothing can be changed but by a reset."""
    general: tuple[ProjectField, ...] = ()
    services: tuple[ProjectBox, ...] = ()
    may_reset: bool = False


@dataclass(frozen=True)
class KnownOfProject:
    """What the cards are made from."""

    schema: Schema
    view: SettingsView
    said: Said
    faults: Mapping[Key, Problem] = field(default_factory=lambda: MappingProxyType({}))
    """Why what was entered cannot be used."""
    fault: Problem | None = None
    """Why nothing of the file is used."""
    where: str = ""
    """The name of the file, as problems have it."""
    hints: Mapping[str, LastConnection] = field(default_factory=lambda: MappingProxyType({}))
    unfolded: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    """By service, what the user folded out or in; the others show what is set, or asked."""


def project_cards(known: KnownOfProject | None) -> ProjectCards:
    """Everything at this moment; None before there are settings."""
    if known is None or not known.view.loaded:
        return ProjectCards(reading=text(message("preferences.reading")))
    if known.fault is not None:
        return ProjectCards(problems=(_told(known.fault),), is_locked=True, may_reset=True)
    problems = tuple(_told(each) for each in known.view.problems if _stands_alone(each, known))
    general = _fields(known, "")
    services = tuple(_box(service, known) for service in known.schema.services)
    return ProjectCards(
        intro=text(message("project.intro")),
        problems=problems,
        general=general,
        services=services,
        may_reset=bool(known.said or known.faults or problems),
    )


def what_it_does(setting: Setting) -> str:
    """A sentence about a setting of a project. None loads a profile: a .blend brings its own values."""
    return _tip("profile") if setting.name == "profile" else setting.description


def _box(service: ServiceTraits, known: KnownOfProject) -> ProjectBox:
    name = service.name
    fields = _fields(known, name)
    asked = question(known.view, name)
    count = sum(each.is_set for each in fields)
    is_unfolded = known.unfolded.get(name, bool(count) or asked is not None)
    hint = known.hints.get(name)
    return ProjectBox(
        service=name,
        label=service.label,
        summary=_summary(count, asked),
        tooltip=text(message("project-tip.show", program=service.label)),
        is_unfolded=is_unfolded,
        fields=fields if is_unfolded else (),
        question=asked,
        last="" if hint is None else text(message("project.last-was", url=hint.url, value=hint.moment)),
        may_reset=bool(count),
    )


def _summary(count: int, asked: Question | None) -> str:
    if asked is not None:
        return text(message("project.asks"))
    return text(message("project.set-here", count=count)) if count else ""


def _fields(known: KnownOfProject, service: str) -> tuple[ProjectField, ...]:
    return tuple(
        _field(known, key, setting)
        for key, setting in known.schema
        if key.service == service and Layer.PROJECT in setting.layers
    )


def _field(known: KnownOfProject, key: Key, setting: Setting) -> ProjectField:
    holds = known.view.effective.get(*key)
    fault = known.faults.get(key) or _fault_of(known, key)
    is_set = key.name in known.said.get(key.service, {}) or fault is not None
    shown = ProjectField(
        key, setting.label, f"{what_it_does(setting)} {_tip('unset' if is_set else 'set')}", is_set
    )
    if fault is not None:
        return replace(shown, note=_unused(fault), note_tooltip=_tip("fault"), is_wrong=True)
    if not is_set:
        return replace(shown, value=_value(setting, holds), value_tooltip=_tip("unset-value"))
    if holds.layer in _ABOVE_PROJECT:
        return replace(shown, note=decided_by(holds.layer, holds.detail), note_tooltip=_tip("decided"))
    return shown


def _value(setting: Setting, holds: EffectiveValue) -> str:
    value = shown_value(setting, holds)
    if setting.name == "custom_data" and holds.value == "{}":
        value = "none"
    value = value.strip("()")
    return text(message("project.source", name=value, value=source_text(holds)))


def _fault_of(known: KnownOfProject, key: Key) -> Problem | None:
    """What is wrong with a value that stands in the file."""
    if known.view.project.get(*key) is not None or key.name not in known.said.get(key.service, {}):
        return None
    return next((each for each in known.view.problems if _is_about(each, key, known.where)), None)


def _is_about(problem: Problem, key: Key, where: str) -> bool:
    return problem.parameter("name") == key.dotted and _is_of(problem, where)


def _is_of(problem: Problem, where: str) -> bool:
    """Whether it is of the project: a file of another layer may have a mistake of the same name."""
    return (problem.parameter("where") or "") == where


def _stands_alone(problem: Problem, known: KnownOfProject) -> bool:
    """Whether it is of the project, and has no field beside which it could stand."""
    if is_part(str(problem.parameter("name"))) and _is_of(problem, known.where):
        return True
    return any(
        _is_about(problem, key, known.where) and not _has_field(known.schema, key)
        for key in (Key(service, name) for service, fields in known.said.items() for name in fields)
    )


def _has_field(schema: Schema, key: Key) -> bool:
    setting = schema.find(key)
    return setting is not None and Layer.PROJECT in setting.layers


def _unused(fault: Problem) -> str:
    reason = fault.parameter("reason")
    return text(message("project.unused", reason=reason) if reason else message("project.unused"))


def _told(problem: Problem) -> str:
    told = explain(problem)
    return f"{told.title} {told.advice}"


def _tip(name: str) -> str:
    return text(message(f"project-tip.{name}"))
