# SPDX-License-Identifier: GPL-3.0-or-later
"""The one schema of all settings: from it come validation, environment names, Blender's properties, the
template of the config file and the table in docs/settings.md.

A setting belongs to a service (`SERVICE_SETTINGS`, the same for each, so a further backend has them all) or
to the whole program (`GENERAL_SETTINGS`). Its words stand in `core.english.settings`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, TypeAlias

from .messages import message, text
from .settings import Policy

Value: TypeAlias = bool | int | float | str
"""A checked value. A JSON object is kept as its canonical text, so that every value is frozen."""


class Layer(str, Enum):
    """Who says what a setting is; the first of them that says anything decides."""

    ENVIRONMENT = "environment"
    FILE = "file"
    """The config file that the user writes."""
    PROJECT = "project"
    """The .blend that is open."""
    USER = "user"
    """What the user set in the preferences; kept in our own file."""
    DEFAULT = "default"
    """Nobody says anything; of an address it is empty, which means: find it. Where a service was then found
    stands in its status (`core.model.Source`)."""


class Kind(str, Enum):
    """What a value is."""

    BOOLEAN = "boolean"
    SECONDS = "seconds"
    WHOLE = "whole"
    URL = "url"
    PATH = "path"
    TEXT = "text"
    OBJECT = "object"
    """A JSON object that has only `CUSTOM_KEYS`."""
    SECRET = "secret"


class Key(NamedTuple):
    """Names one value: a setting of a service, or a general one (`service` is empty)."""

    service: str
    name: str

    @property
    def dotted(self) -> str:
        return f"{self.service}.{self.name}" if self.service else self.name


WRITTEN = (Layer.ENVIRONMENT, Layer.FILE, Layer.PROJECT, Layer.USER)
"""The layers that people write."""
_OWN = (Layer.ENVIRONMENT, Layer.FILE, Layer.USER)
"""Those of this computer: what a .blend of somebody else must not say."""


@dataclass(frozen=True)
class Setting:
    """One setting: what it is called, what it may be, and who may say so."""

    name: str
    kind: Kind
    default: Value
    low: float | None = None
    high: float | None = None
    layers: tuple[Layer, ...] = WRITTEN
    suffix: str = ""
    """Of its environment variable; empty if it has none."""

    @property
    def label(self) -> str:
        """Its name for people."""
        return text(message(f"setting.{self.name}"))

    @property
    def description(self) -> str:
        """A sentence that says what it does."""
        return text(message(f"setting-help.{self.name}"))

    @property
    def is_secret(self) -> bool:
        return self.kind is Kind.SECRET


_POLICY = Policy()

SERVICE_SETTINGS = (
    Setting("enabled", Kind.BOOLEAN, True, suffix="ENABLED"),
    Setting("url", Kind.URL, "", suffix="URL"),
    Setting("timeout", Kind.SECONDS, _POLICY.check_timeout, 1, 300, suffix="TIMEOUT"),
    Setting("retry_count", Kind.WHOLE, _POLICY.breaker_threshold - 1, 0, 10, suffix="RETRY_COUNT"),
    Setting("check_interval", Kind.SECONDS, _POLICY.check_interval, 1, 300, suffix="CHECK_INTERVAL"),
    Setting("breaker_interval", Kind.SECONDS, _POLICY.breaker_interval, 5, 300, suffix="BREAKER_INTERVAL"),
    # Its default is the backend's; see `Schema.default`.
    Setting("required", Kind.BOOLEAN, False, suffix="REQUIRED"),
    Setting("ca_file", Kind.PATH, "", layers=_OWN, suffix="CA_FILE"),
    Setting("custom_data", Kind.OBJECT, "{}", suffix="CUSTOM_DATA"),
    # Otherwise keys lie in a file of their own, by the address they were entered for.
    Setting("api_key", Kind.SECRET, "", layers=(Layer.ENVIRONMENT,), suffix="API_KEY"),
)
GENERAL_SETTINGS = (
    Setting("auto_connect", Kind.BOOLEAN, True, suffix="AUTO_CONNECT"),
    # The name of the profile that was loaded last; it changes nothing by itself.
    Setting("profile", Kind.TEXT, "", layers=(Layer.PROJECT, Layer.USER)),
)
CUSTOM_KEYS = (
    Setting("busy_limit", Kind.SECONDS, _POLICY.busy_limit, 5, 3600),
    Setting("slow_answer", Kind.SECONDS, _POLICY.slow_answer, 0.05, 60),
)
"""What may stand in ``custom_data``; every number of it is one of `Policy`."""

PREFIX = "MOVIE_DIRECTOR_"
"""Of every environment variable of ours."""


@dataclass(frozen=True)
class ServiceTraits:
    """What the schema has to know of a service."""

    name: str
    label: str
    default_port: int
    required: bool


@dataclass(frozen=True)
class Schema:
    """All settings of the program with these services."""

    services: tuple[ServiceTraits, ...]
    _settings: dict[Key, Setting] = field(init=False, repr=False, compare=False)
    _traits: dict[str, ServiceTraits] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named = {Key("", setting.name): setting for setting in GENERAL_SETTINGS}
        for service in self.services:
            named.update({Key(service.name, setting.name): setting for setting in SERVICE_SETTINGS})
        object.__setattr__(self, "_settings", named)
        object.__setattr__(self, "_traits", {service.name: service for service in self.services})

    def __iter__(self) -> Iterator[tuple[Key, Setting]]:
        """Every setting, general ones first, then by service in their order."""
        return iter(self._settings.items())

    def find(self, key: Key) -> Setting | None:
        return self._settings.get(key)

    def service(self, name: str) -> ServiceTraits | None:
        return self._traits.get(name)

    def default(self, key: Key) -> Value:
        """The value where nobody says anything; raises `KeyError` for a setting that does not exist."""
        if key.name == "required" and key.service:
            return self._traits[key.service].required
        return self._settings[key].default

    def variable(self, key: Key) -> str:
        """The name of its environment variable; empty if it has none."""
        suffix = self._settings[key].suffix
        service = f"{key.service.upper()}_" if key.service else ""
        return f"{PREFIX}{service}{suffix}" if suffix else ""

    def nearest(self, name: str, layer: Layer) -> str:
        """The dotted name of a setting of that layer that is most like `name`; empty if none is."""
        known = [key.dotted for key, setting in self if layer in setting.layers]
        return nearest(name, known)


def nearest(name: str, known: Iterable[str]) -> str:
    """Which of the known names was probably meant; empty if none is near."""
    found = difflib.get_close_matches(name[:100], list(known), n=1, cutoff=0.7)
    return found[0] if found else ""
