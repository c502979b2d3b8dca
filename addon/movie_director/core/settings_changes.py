# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between two states of what the user set, in lines for people; no key is part of it."""

from __future__ import annotations

from collections.abc import Iterator

from .endpoint import without_credentials
from .layers import EffectiveValue, Values
from .messages import message, text
from .schema import Key, Layer, Schema
from .settings_document import UserSettings
from .settings_report import shown_value


def changes(schema: Schema, before: UserSettings, after: UserSettings) -> tuple[str, ...]:
    """One line for each setting and each profile that differs, in the order of the schema.

    With a profile come its addresses: whom it makes the program talk to is what has to be looked at.
    """
    return (*_values(schema, before.values, after.values), *_profiles(schema, before, after))


def _values(schema: Schema, before: Values, after: Values) -> Iterator[str]:
    for key, setting in schema:
        was, is_now = (shown_value(setting, _holding(schema, key, each)) for each in (before, after))
        if was != is_now and Layer.USER in setting.layers:
            label = _label(schema, key, setting.label)
            value = f"{was.strip('()')} → {is_now.strip('()')}"
            yield text(message("profiles.change", name=label, value=value))


def _holding(schema: Schema, key: Key, values: Values) -> EffectiveValue:
    said = values.get(*key)
    return EffectiveValue(schema.default(key) if said is None else said)


def _label(schema: Schema, key: Key, label: str) -> str:
    service = schema.service(key.service)
    return label if service is None else f"{service.label}, {label}"


def _profiles(schema: Schema, before: UserSettings, after: UserSettings) -> Iterator[str]:
    for name, values in after.profiles.items():
        if before.profiles.get(name) != values:
            what = "profile-replaced" if name in before.profiles else "profile-new"
            addresses = ", ".join(_addresses(schema, values))
            known = {"name": name, "value": addresses} if addresses else {"name": name}
            yield text(message(f"profiles.{what}", **known))


def _addresses(schema: Schema, values: Values) -> Iterator[str]:
    for service in schema.services:
        url = values.get(service.name, "url")
        if url:
            yield f"{service.label}: {without_credentials(str(url))}"
