# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preferences show of profiles and presets, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from .messages import message, text
from .presets import PRESETS
from .profiles import is_changed
from .schema import Schema
from .settings_document import UserSettings


@dataclass(frozen=True)
class ProfileRow:
    """One profile or preset."""

    name: str
    tooltip: str
    mark: str
    """Whether it is in use, in words; empty if it is not."""
    is_preset: bool = False
    """It comes with the program, so it can be neither renamed nor deleted."""


@dataclass(frozen=True)
class ProfileCards:
    """All of them, presets first."""

    rows: tuple[ProfileRow, ...]
    none: str = ""
    """Says that the user has saved none yet."""


def profile_cards(schema: Schema, user: UserSettings) -> ProfileCards:
    presets = tuple(
        ProfileRow(each.label, each.description, _mark(schema, user, each.label), is_preset=True)
        for each in PRESETS
    )
    tooltip = text(message("profiles-tip.profile"))
    own = tuple(ProfileRow(name, tooltip, _mark(schema, user, name)) for name in sorted(user.profiles))
    return ProfileCards((*presets, *own), "" if own else text(message("profiles.none")))


def _mark(schema: Schema, user: UserSettings, name: str) -> str:
    if user.values.get("", "profile") != name:
        return ""
    return text(message("profiles.changed" if is_changed(schema, user) else "profiles.in-use"))
