# SPDX-License-Identifier: GPL-3.0-or-later
"""What each layer says, and what holds in the end: for every setting its value, its layer, and where from.

The order is that of `Layer`: environment, config file, project, user, default.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from .errors import Problem
from .keyring import Keyring
from .schema import CUSTOM_KEYS, WRITTEN, Key, Layer, Schema, Value
from .settings import Policy, ServiceSettings, Settings

__all__ = [
    "Effective",
    "EffectiveValue",
    "Layer",
    "LayerValues",
    "Values",
    "overlaid",
    "resolve",
    "to_settings",
]

_NO_PROBLEMS: Mapping[str, Problem] = MappingProxyType({})
_NO_KEYS: Mapping[str, Keyring] = MappingProxyType({})


@dataclass(frozen=True)
class Values:
    """Some checked values by their keys: what one layer, or one profile, says. What it does not say is not
    in it."""

    entries: Mapping[Key, Value] = field(default_factory=lambda: MappingProxyType({}))

    def get(self, service: str, name: str) -> Value | None:
        """The value; None where nothing is said. `service` is empty for a general setting."""
        return self.entries.get(Key(service, name))

    def of(self, service: str) -> Mapping[str, Value]:
        """What is said of one service, by the names of its settings."""
        return {key.name: value for key, value in self.entries.items() if key.service == service}

    def set(self, service: str, name: str, value: Value) -> Values:
        return Values(MappingProxyType({**self.entries, Key(service, name): value}))

    def without(self, service: str, name: str | None = None) -> Values:
        """Say nothing of one setting any more, or of all settings of a service."""
        kept = {
            key: value
            for key, value in self.entries.items()
            if key.service != service or (name is not None and key.name != name)
        }
        return Values(MappingProxyType(kept))

    def __bool__(self) -> bool:
        return bool(self.entries)


@dataclass(frozen=True)
class LayerValues:
    """What one layer says, and where exactly it says so."""

    layer: Layer
    values: Values = field(default_factory=Values)
    details: Mapping[Key, str] = field(default_factory=lambda: MappingProxyType({}))
    """Such as ``MOVIE_DIRECTOR_COMFYUI_URL``, or ``/home/me/config.toml, line 7``."""
    keys: Mapping[str, Keyring] = field(default_factory=lambda: MappingProxyType({}))
    """What secrets it brings along, by service: they stand nowhere among the values."""


def overlaid(above: LayerValues, below: LayerValues) -> LayerValues:
    """Two sources of one layer, the first winning."""
    values = Values(MappingProxyType({**below.values.entries, **above.values.entries}))
    keys = dict(below.keys)
    for service, ring in above.keys.items():
        keys[service] = ring.followed_by(keys.get(service, Keyring()))
    return LayerValues(below.layer, values, {**below.details, **above.details}, keys)


@dataclass(frozen=True)
class EffectiveValue:
    """What holds, who says so, and where exactly."""

    value: Value
    layer: Layer = Layer.DEFAULT
    detail: str = ""


@dataclass(frozen=True)
class Effective:
    """The value that holds for every setting of a schema."""

    entries: Mapping[Key, EffectiveValue] = field(default_factory=lambda: MappingProxyType({}))

    def get(self, service: str, name: str) -> EffectiveValue:
        """Raises `KeyError` for a setting that does not exist. `service` is empty for a general one."""
        return self.entries[Key(service, name)]

    def __iter__(self) -> Iterator[tuple[Key, EffectiveValue]]:
        return iter(self.entries.items())


def resolve(schema: Schema, layers: Iterable[LayerValues]) -> Effective:
    """What holds for every setting; a layer that may not say something is not heard."""
    by_layer = {each.layer: each for each in layers}
    ordered = [by_layer[layer] for layer in WRITTEN if layer in by_layer]
    effective: dict[Key, EffectiveValue] = {}
    for key, setting in schema:
        for each in ordered:
            value = each.values.entries.get(key)
            if value is not None and each.layer in setting.layers:
                effective[key] = EffectiveValue(value, each.layer, each.details.get(key, ""))
                break
        else:
            effective[key] = EffectiveValue(schema.default(key))
    return Effective(MappingProxyType(effective))


def to_settings(
    schema: Schema,
    effective: Effective,
    *,
    base: Policy | None = None,
    keys: Mapping[str, Keyring] = _NO_KEYS,
    withheld: Mapping[str, Problem] = _NO_PROBLEMS,
    local_only: bool = False,
) -> Settings:
    """The settings as the manager takes them.

    `base` holds the numbers where nobody says anything; `keys` are those of `key_layers`; `withheld` gives,
    by service, why it must not be contacted now; with `local_only` nothing but this computer is contacted.
    """
    policy = Policy() if base is None else base
    services = {
        service.name: replace(
            _service_settings(effective, service.name, policy),
            keys=keys.get(service.name, Keyring()),
            withheld=withheld.get(service.name),
            local_only=local_only,
        )
        for service in schema.services
    }
    return Settings(MappingProxyType(services), local_only=local_only)


def _service_settings(effective: Effective, service: str, base: Policy) -> ServiceSettings:
    said = {
        key.name: each.value
        for key, each in effective
        if key.service == service and each.layer is not Layer.DEFAULT
    }
    required = said.get("required")
    return ServiceSettings(
        enabled=bool(said.get("enabled", True)),
        url=str(said.get("url", "")),
        required=None if required is None else bool(required),
        ca_file=str(said.get("ca_file", "")),
        by_project=effective.get(service, "url").layer is Layer.PROJECT,
        policy=_policy(said, base),
    )


def _policy(said: Mapping[str, Value], base: Policy) -> Policy:
    numbers: dict[str, Value] = {}
    for name, field_name in (
        ("timeout", "check_timeout"),
        ("check_interval", "check_interval"),
        ("breaker_interval", "breaker_interval"),
    ):
        if name in said:
            numbers[field_name] = said[name]
    if "retry_count" in said:
        numbers["breaker_threshold"] = int(said["retry_count"]) + 1
    custom = json.loads(str(said.get("custom_data", "{}")))
    numbers.update({each.name: custom[each.name] for each in CUSTOM_KEYS if each.name in custom})
    return replace(base, **numbers)  # type: ignore[arg-type]
