# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user set, and the versioned JSON in which that is kept, exported and imported.

    {"format": "movie-director/settings", "version": 3,
     "settings": {"general": {"auto_connect": false}, "services": {"comfyui": {"url": "http://…"}}},
     "profiles": {"Night": {"services": {"comfyui": {"timeout": 10}}}}}

Only what the user set stands there: no default, no key. What is not understood, of a service that is not
installed for example, is reported and kept as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from . import reading
from .checking import check, no_object
from .documents import NewerVersion, Unreadable
from .errors import ConfigError, Problem, ProblemCode, ProtocolError, problem
from .layers import Values
from .migrations import CURRENT, FORMAT, Document, Unknown, migrated, version_of
from .profile_names import MOST_PROFILES, bad_name, too_many, usable_name
from .schema import Key, Layer, Schema, Value

LIMIT = 1024 * 1024
"""Bytes of a document."""

Path: TypeAlias = tuple[str, ...]
"""Where something stands in the document."""
_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(frozen=True)
class UserSettings:
    """What the user set, and the profiles that were saved."""

    values: Values = field(default_factory=Values)
    profiles: Mapping[str, Values] = field(default_factory=lambda: MappingProxyType({}))
    strange: Mapping[Path, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    """What was not understood, as JSON, by where it stands."""

    def with_value(self, schema: Schema, service: str, name: str, value: object) -> UserSettings:
        """Set one value; the default is not kept, for then nothing needs to be said.

        Raises `ConfigError` for a value that cannot be, or a setting that the user's file does not have.
        """
        key = Key(service, name)
        setting = schema.find(key)
        if setting is None or Layer.USER not in setting.layers:
            raise ConfigError(unknown_setting(schema, key.dotted, Layer.USER))
        checked = check(setting, value, key.dotted)
        cleared = self.without(service, name)
        if checked == schema.default(key):
            return cleared
        return replace(cleared, values=self.values.set(service, name, checked))

    def without(self, service: str, name: str | None = None) -> UserSettings:
        """Take back one setting, or all of a service; what was written there by mistake goes as well."""
        place = ("settings", "services", service) if service else ("settings", "general")
        place = place if name is None else (*place, name)
        strange = {path: value for path, value in self.strange.items() if path[: len(place)] != place}
        return replace(self, values=self.values.without(service, name), strange=MappingProxyType(strange))


def unknown_setting(schema: Schema, name: str, layer: Layer, where: str = "") -> Problem:
    """The problem of a name that is no setting, or none that this layer may say."""
    shown = reading.text(name, 80)
    meant = schema.nearest(name, layer)
    detail = f"{shown} in {where}" if where else shown
    return problem(
        ProblemCode.UNKNOWN_SETTING, detail, name=shown, nearest="" if meant == name else meant, where=where
    )


# --- reading ----------------------------------------------------------------------------------------


def read(schema: Schema, data: bytes, where: str) -> tuple[UserSettings, tuple[Problem, ...]]:
    """What a document says, and what is wrong with single values of it; `where` names it in problems.

    Raises `NewerVersion` and `Unreadable`.
    """
    return taken_apart(schema, opened(data), where)


def opened(data: bytes) -> Document:
    """The document in the newest version, its parts not looked at. Raises `NewerVersion` and `Unreadable`."""
    if len(data) > LIMIT:
        raise Unreadable(f"it is larger than {LIMIT} bytes")
    try:
        document = reading.parse_json(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ProtocolError):
        # Not raised from it: the error of a parser holds the whole document.
        raise Unreadable(f"it is not JSON in UTF-8{_position(data)}") from None
    try:
        document = migrated(document)
    except Unknown as error:
        raise Unreadable(str(error)) from error
    version = version_of(document)
    if version > CURRENT:
        raise NewerVersion(str(version))
    return document


def taken_apart(schema: Schema, document: Document, where: str) -> tuple[UserSettings, tuple[Problem, ...]]:
    """As `read`, of a document that is opened."""
    reader = _Reader(schema, where)
    values = reader.values(document.get("settings", {}), ("settings",))
    profiles = dict(reader.profiles(document.get("profiles", {})))
    reader.leave(("format", "version", "settings", "profiles"), document)
    user = UserSettings(values, MappingProxyType(profiles), MappingProxyType(reader.strange))
    return user, tuple(reader.problems)


def _position(data: bytes) -> str:
    """Where the JSON breaks off, for the one who edited it."""
    try:
        json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        return f" (line {error.lineno}: {error.msg})"
    except (ValueError, RecursionError):
        return ""
    return ""


class _Reader:
    """Takes a document apart; notes what is wrong and keeps what is strange."""

    def __init__(self, schema: Schema, where: str) -> None:
        self._schema = schema
        self._where = where
        self.problems: list[Problem] = []
        self.strange: dict[Path, str] = {}

    def values(self, part: object, path: Path) -> Values:
        """Read ``{"general": {…}, "services": {…}}``."""
        groups = self._mapping(part, path)
        found: dict[Key, Value] = {}
        general = self._mapping(groups.get("general", {}), (*path, "general"))
        found.update(self._settings("", general, (*path, "general")))
        services = (*path, "services")
        for service, fields in self._mapping(groups.get("services", {}), services).items():
            here = (*services, service)
            if self._schema.service(service) is None:
                self._set_aside(here, fields, service)
            else:
                found.update(self._settings(service, self._mapping(fields, here), here))
        for name in groups.keys() - {"general", "services"}:
            self._set_aside((*path, name), groups[name], name)
        return Values(MappingProxyType(found))

    def profiles(self, part: object) -> Iterator[tuple[str, Values]]:
        usable = {
            name: fields
            for name, fields in self._mapping(part, ("profiles",)).items()
            if self._is_profile(name, fields)
        }
        if len(usable) > MOST_PROFILES:
            self.problems.append(too_many(len(usable), self._where).problem)
        for number, (name, fields) in enumerate(usable.items()):
            path = ("profiles", name)
            if number < MOST_PROFILES:
                yield name, self.values(fields, path)
            else:
                self._keep(path, fields)

    def _is_profile(self, name: str, fields: object) -> bool:
        path = ("profiles", name)
        try:
            if usable_name(name, self._where) != name:
                raise bad_name(name, "the name begins or ends with white space", self._where)
        except ConfigError as error:
            self.problems.append(error.problem)
            self._keep(path, fields)
            return False
        if not isinstance(fields, dict):
            self._mapping(fields, path)
            return False
        return True

    def leave(self, known: tuple[str, ...], document: Mapping[str, object]) -> None:
        for name in document.keys() - set(known):
            self._set_aside((name,), document[name], name)

    def _settings(
        self, service: str, fields: Mapping[str, object], path: Path
    ) -> Iterator[tuple[Key, Value]]:
        for name, value in fields.items():
            key = Key(service, name)
            setting = self._schema.find(key)
            if setting is None or Layer.USER not in setting.layers:
                self._set_aside((*path, name), value, key.dotted)
                continue
            try:
                yield key, check(setting, value, key.dotted, self._where)
            except ConfigError as error:
                self.problems.append(error.problem)
                place = (*path, name)
                self._keep(place, value)

    def _mapping(self, part: object, path: Path) -> Mapping[str, object]:
        if isinstance(part, dict):
            return part
        self.problems.append(no_object(".".join(path), part, self._where).problem)
        self._keep(path, part)
        return {}

    def _keep(self, path: Path, value: object) -> None:
        self.strange[path] = json.dumps(value, sort_keys=True)

    def _set_aside(self, path: Path, value: object, name: str) -> None:
        self.problems.append(unknown_setting(self._schema, name, Layer.USER, self._where))
        self._keep(path, value)


# --- writing ----------------------------------------------------------------------------------------


def written(user: UserSettings) -> str:
    """The document as ASCII text, the same for equal settings."""
    document: dict[str, object] = {"format": FORMAT, "version": CURRENT, "settings": as_json(user.values)}
    if user.profiles:
        document["profiles"] = {name: as_json(values) for name, values in user.profiles.items()}
    for path, value in user.strange.items():
        _put_back(document, path, json.loads(value))
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def as_json(values: Values) -> dict[str, object]:
    """Values as they stand in a document: ``{"general": {…}, "services": {…}}`` without empty parts."""
    general: dict[str, object] = {}
    services: dict[str, dict[str, object]] = {}
    for key, value in values.entries.items():
        written_value = json.loads(str(value)) if key.name == "custom_data" else value
        if key.service:
            services.setdefault(key.service, {})[key.name] = written_value
        else:
            general[key.name] = written_value
    parts: dict[str, object] = {"general": general, "services": services}
    return {name: part for name, part in parts.items() if part}


def _put_back(document: dict[str, object], path: Path, value: object) -> None:
    """Insert what was not understood where it stood, unless something else stands there now."""
    place = document
    for name in path[:-1]:
        inner = place.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        place = inner
    if place.get(path[-1], {}) == {}:
        place[path[-1]] = value


# --- two writers ------------------------------------------------------------------------------------


def merged(base: UserSettings, ours: UserSettings, theirs: UserSettings) -> UserSettings:
    """Our changes since `base`, value by value and profile by profile, on top of what others wrote."""
    values = _merged(base.values.entries, ours.values.entries, theirs.values.entries)
    profiles = _merged(base.profiles, ours.profiles, theirs.profiles)
    gone = {path for path in base.strange if path not in ours.strange}
    strange = {path: value for path, value in theirs.strange.items() if path not in gone}
    return UserSettings(
        Values(MappingProxyType(values)), MappingProxyType(profiles), MappingProxyType(strange)
    )


def _merged(base: Mapping[_K, _V], ours: Mapping[_K, _V], theirs: Mapping[_K, _V]) -> dict[_K, _V]:
    kept = {key: value for key, value in theirs.items() if key in ours or key not in base}
    changed = {key: value for key, value in ours.items() if key not in base or base[key] != value}
    return {**kept, **changed}
