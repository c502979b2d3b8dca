# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles: named copies of what the user set; and presets, which the program brings along.

To load one is one change: what the user set is replaced by what it says. It is a copy, so later changes do
not change the profile. docs/settings.md says what each preset does.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from .endpoint import without_credentials
from .errors import ConfigError
from .layers import Values
from .presets import PRESETS, Preset, preset_named
from .profile_names import MOST_PROFILES, bad_name, too_many, unknown_name, usable_name
from .schema import Key, Schema
from .settings_document import UserSettings


def save(user: UserSettings, name: str) -> UserSettings:
    """Keep what the user set under this name, replacing a profile that has it.

    Name and password of an address are left out. Raises `ConfigError` for a name that cannot be.
    """
    name = usable_name(name)
    if name not in user.profiles and len(user.profiles) >= MOST_PROFILES:
        raise too_many(len(user.profiles) + 1)
    profiles = {**user.profiles, name: portable(user.values)}
    return _named(replace(user, profiles=MappingProxyType(profiles)), name)


def load(schema: Schema, user: UserSettings, name: str) -> UserSettings:
    """Replace what the user set by a preset, or by a profile of this name. Raises `ConfigError`."""
    preset = preset_named(name)
    if preset is not None:
        return _named(replace(user, values=_applied(schema, preset, user.values)), preset.label)
    if name not in user.profiles:
        raise _unknown(user, name)
    return _named(replace(user, values=user.profiles[name]), name)


def rename(user: UserSettings, name: str, new: str) -> UserSettings:
    """Give a profile another name, which none may have. Raises `ConfigError`."""
    if name not in user.profiles:
        raise _unknown(user, name)
    new = usable_name(new)
    if new != name and new in user.profiles:
        raise bad_name(new, "there is a profile of this name already")
    profiles = {new if each == name else each: values for each, values in user.profiles.items()}
    renamed = replace(user, profiles=MappingProxyType(profiles))
    return _named(renamed, new) if user.values.get("", "profile") == name else renamed


def delete(user: UserSettings, name: str) -> UserSettings:
    """Forget a profile; what it set stays in use. Raises `ConfigError`."""
    if name not in user.profiles:
        raise _unknown(user, name)
    profiles = {each: values for each, values in user.profiles.items() if each != name}
    left = replace(user, profiles=MappingProxyType(profiles))
    return left.without("", "profile") if user.values.get("", "profile") == name else left


def taken_back(user: UserSettings, before: UserSettings, after: UserSettings) -> UserSettings:
    """Undo the change from `before` to `after`: its values, and of the profiles those that it changed.

    What was done to a profile after the change stays.
    """
    profiles = dict(user.profiles)
    for name in {**before.profiles, **after.profiles}:
        was, became = before.profiles.get(name), after.profiles.get(name)
        if was == became or profiles.get(name) != became:
            continue
        profiles.pop(name, None)
        if was is not None:
            profiles[name] = was
    return replace(user, values=before.values, profiles=MappingProxyType(profiles))


def is_changed(schema: Schema, user: UserSettings) -> bool:
    """Whether something was changed since the profile or preset was loaded that is named in the settings."""
    name = str(user.values.get("", "profile") or "")
    if not name:
        return False
    try:
        return load(schema, user, name).values != user.values
    except ConfigError:
        return True


def portable(values: Values) -> Values:
    """The values without name and password of an address, and without the name of the profile."""
    kept = {
        key: without_credentials(str(value)) if key.name == "url" else value
        for key, value in values.entries.items()
        if key != Key("", "profile")
    }
    return Values(MappingProxyType(kept))


def _applied(schema: Schema, preset: Preset, present: Values) -> Values:
    kept = {
        key: value for key, value in present.entries.items() if not key.service or key.name in preset.keeps
    }
    for service in schema.services:
        kept.update({Key(service.name, name): value for name, value in preset.every_service.items()})
    return Values(MappingProxyType(kept))


def _named(user: UserSettings, name: str) -> UserSettings:
    return replace(user, values=user.values.set("", "profile", name))


def _unknown(user: UserSettings, name: str) -> ConfigError:
    return unknown_name(name, (*user.profiles, *(preset.label for preset in PRESETS)))
