# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user set, as a document for another computer."""

from __future__ import annotations

from ..core.errors import ConfigError, ProblemCode, problem
from ..core.settings_exchange import exported
from .settings_store import SettingsStore

_NOT_UNDERSTOOD = frozenset({ProblemCode.SETTINGS_UNREADABLE, ProblemCode.SETTINGS_NEWER})


def export(store: SettingsStore) -> str:
    """As `core.settings_exchange.exported`.

    Raises `ConfigError` where the user's file could not be read: what it says would be missing, and the
    export may be about to take the place of one that has it.
    """
    for each in store.problems_of("user"):
        if each.code in _NOT_UNDERSTOOD:
            raise ConfigError(each)
    if not store.newest.loaded:
        raise ConfigError(problem(ProblemCode.SETTINGS_UNREADABLE, "not read yet", retry=False))
    return exported(store.user)
