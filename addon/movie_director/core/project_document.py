# SPDX-License-Identifier: GPL-3.0-or-later
"""The text in which a .blend carries its project settings: a document of settings, in as few bytes as can be.

    {"settings":{"general":{"auto_connect":false},"services":{"comfyui":{"url":"http://…"}}},"version":3}

Only what was set for the project stands there, so set means said. It is a document like that of the user
(`core.settings_document`) with the same versions, so the same migrations bring it up to date. What is not
understood stays where it stands. An empty text says nothing. Anybody may have written it: what it says is
checked by `core.project_layer`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from . import reading
from .checking import no_object
from .documents import NewerVersion, Unreadable
from .errors import Problem, ProblemCode, ProtocolError, problem
from .migrations import CURRENT, Document, Unknown, migrated, version_of
from .schema import Key, Kind, Setting, Value

LIMIT = 64 * 1024
"""Characters of a text; everything that can be set takes less than a quarter."""

Said: TypeAlias = Mapping[str, Mapping[str, object]]
"""What a project says, not checked, by service ("" for general settings) and name."""

NOTHING: Said = MappingProxyType({})


@dataclass(frozen=True)
class Project:
    """What an open .blend says, as `SettingsStore.set_project` takes it."""

    said: Said = field(default_factory=lambda: NOTHING)
    where: str = ""
    """The name of the file; empty for one that was never saved."""
    faults: tuple[Problem, ...] = ()
    """Why nothing of its text is used, or not all of it."""
    folder: str = ""
    """Where the file lies, which no report tells; empty like `where`."""


class TooLong(Exception):
    """With this change the text would be longer than what is read again; says so as half a sentence."""


def read(text: str) -> Said:
    """What a text says. Raises `NewerVersion` and `Unreadable`."""
    return _said(_opened(text)) if text else NOTHING


def version(text: str) -> int:
    """The version of the document, as its writer knew it; the newest for none, 0 for what cannot be read."""
    try:
        return version_of(_parsed(text)) if text else CURRENT
    except (Unreadable, Unknown):
        return 0


def with_value(text: str, key: Key, setting: Setting, value: Value) -> str:
    """The text which says this too. `value` is checked. Raises `NewerVersion`, `Unreadable` and `TooLong`."""
    document = _opened(text) if text else {}
    place = _place(document, key.service)
    place[key.name] = json.loads(str(value)) if setting.kind is Kind.OBJECT else value
    return _written(document)


def without(text: str, service: str = "", name: str = "") -> str:
    """The text without one setting, without all of a service, or with neither without any.

    A general setting has a name and no service. Raises `NewerVersion`, `Unreadable` and `TooLong`, but where
    nothing is to remain.
    """
    if not service and not name:
        return ""
    if not text:
        return text
    document = _opened(text)
    place = _place(document, service)
    for each in [name] if name else list(place):
        place.pop(each, None)
    return _written(document)


def fault(error: Exception, where: str) -> Problem:
    """Why nothing of a text is used, for `NewerVersion` or `Unreadable`; `where` is the .blend's name."""
    if isinstance(error, NewerVersion):
        return _told(ProblemCode.SETTINGS_NEWER, f"version {error}", where)
    return _told(ProblemCode.SETTINGS_UNREADABLE, str(error), where)


def wrong_parts(text: str, where: str) -> tuple[Problem, ...]:
    """Parts of a text of which nothing can be used, because they are no objects; `where` as in `fault`.

    Raises `NewerVersion` and `Unreadable`.
    """
    document = _opened(text) if text else {}
    parts = {"settings": document.get("settings", {})}
    settings = _mapping(parts["settings"])
    parts.update({f"settings.{name}": settings.get(name, {}) for name in ("general", "services")})
    services = _mapping(settings.get("services"))
    parts.update({f"settings.services.{name}": fields for name, fields in services.items()})
    return tuple(
        no_object(name, part, where).problem for name, part in parts.items() if not isinstance(part, dict)
    )


def is_part(name: str) -> bool:
    """Whether a problem of this name may be one of `wrong_parts`."""
    return name.partition(".")[0] == "settings"


def _told(code: ProblemCode, reason: str, where: str) -> Problem:
    place = where or "this project"
    return problem(code, f"{place}: {reason}", retry=False, where=place, project=place, reason=reason)


def _opened(text: str) -> Document:
    try:
        document = migrated(_parsed(text))
    except Unknown as error:
        raise Unreadable(str(error)) from error
    if version_of(document) > CURRENT:
        raise NewerVersion(str(version_of(document)))
    return json.loads(json.dumps(document))  # type: ignore[no-any-return]  # ours to change


def _parsed(text: str) -> Document:
    if len(text) > LIMIT:
        raise Unreadable(f"it is longer than {LIMIT} characters")
    try:
        document = reading.parse_json(text)
    except ProtocolError:
        # Not raised from it: the error of a parser holds the whole text.
        raise Unreadable("it is not JSON") from None
    if not isinstance(document, dict):
        raise Unreadable("it is not a JSON object")
    return document


def _said(document: Mapping[str, object]) -> Said:
    settings = _mapping(document.get("settings"))
    said = {"": _mapping(settings.get("general"))}
    said.update(
        {str(name): _mapping(fields) for name, fields in _mapping(settings.get("services")).items() if name}
    )
    return MappingProxyType({name: fields for name, fields in said.items() if fields})


def _place(document: Document, service: str) -> Document:
    """Where the settings of a service stand, made if need be; what is no place is replaced."""
    place = document
    for name in ("settings", "services", service) if service else ("settings", "general"):
        inner = place.get(name)
        if not isinstance(inner, dict):
            inner = place[name] = {}
        place = inner
    return place


def _written(document: Document) -> str:
    """Without empty parts; an empty text where nothing is left.

    What is not ours may have become longer: letters beyond ASCII were perhaps not escaped.
    """
    settings = _mapping(document.get("settings"))
    services = {name: each for name, each in _mapping(settings.get("services")).items() if each != {}}
    parts: Document = {**settings, "services": services}
    kept = {name: part for name, part in parts.items() if part != {}}
    whole = {**document, "settings": kept, "version": CURRENT}
    if not kept:
        del whole["settings"]
    if whole.keys() <= {"version", "format"}:
        return ""
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"))
    if len(text) > LIMIT:
        raise TooLong(f"the settings of this project would be longer than {LIMIT} characters")
    return text


def _mapping(part: object) -> Mapping[str, object]:
    return part if isinstance(part, dict) else {}
