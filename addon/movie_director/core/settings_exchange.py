# SPDX-License-Identifier: GPL-3.0-or-later
"""Export and import: what the user set, and all profiles, in one file for another computer.

An export holds no key, no name and password of an address, and nothing that holds for this computer alone.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from .documents import NewerVersion, Unreadable
from .errors import ConfigError, Problem, ProblemCode, problem
from .layers import Values
from .profile_names import MOST_PROFILES, too_many
from .profiles import portable
from .schema import Schema
from .settings_document import UserSettings, opened, taken_apart, written

OF_THIS_COMPUTER = ("ca_file",)
"""Settings that mean nothing on another computer."""


def exported(user: UserSettings) -> str:
    """The document to hand on, the same for equal settings."""
    return written(_for_others(user))


def read_import(schema: Schema, data: bytes, where: str) -> tuple[UserSettings, tuple[Problem, ...]]:
    """What a document brings of that which is true everywhere, and what of it cannot be used.

    Raises `ConfigError` for a file that is no such document, or is of a newer version.
    """
    try:
        document = opened(data)
    except NewerVersion as error:
        raise _refused(ProblemCode.IMPORT_NEWER, where, f"version {error}") from error
    except Unreadable as error:
        raise _refused(ProblemCode.IMPORT_UNREADABLE, where, str(error)) from error
    # Much JSON has a version, and some has settings. Taken for ours that say nothing, it would take back all.
    brought, problems = taken_apart(schema, document, where)
    says_nothing = not document.keys() & {"settings", "profiles"}
    if says_nothing or (problems and not brought.values and not brought.profiles):
        raise _refused(ProblemCode.IMPORT_UNREADABLE, where, "it holds no settings that can be used")
    return _for_others(brought), problems


def with_import(user: UserSettings, brought: UserSettings) -> UserSettings:
    """What the user has, with what was brought in place of what the user set, as one change.

    Profiles are added; one of the same name is replaced. What holds for this computer alone stays.
    Raises `ConfigError` where there would be too many profiles.
    """
    stays = {key: value for key, value in user.values.entries.items() if key.name in OF_THIS_COMPUTER}
    profiles = {**user.profiles, **brought.profiles}
    if len(profiles) > MOST_PROFILES:
        raise too_many(len(profiles))
    values = Values(MappingProxyType({**brought.values.entries, **stays}))
    return replace(user, values=values, profiles=MappingProxyType(profiles))


def _for_others(user: UserSettings) -> UserSettings:
    """What may go from one computer to another: of that which is understood, what is true everywhere."""
    profiles = {name: _elsewhere(values) for name, values in user.profiles.items()}
    return UserSettings(_elsewhere(user.values), MappingProxyType(profiles))


def _elsewhere(values: Values) -> Values:
    entries = portable(values).entries
    kept = {key: value for key, value in entries.items() if key.name not in OF_THIS_COMPUTER}
    return Values(MappingProxyType(kept))


def _refused(code: ProblemCode, where: str, reason: str) -> ConfigError:
    return ConfigError(problem(code, f"{where}: {reason}", retry=False, where=where, reason=reason))
