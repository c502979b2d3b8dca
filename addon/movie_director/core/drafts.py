# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody types into a field of the preferences, until it is used.

Blender hands over every letter as it is typed, and does not tell when the typing ends. A half-typed address
may well be a valid one, of another computer. So a text is checked at once, but used only when it is in order
and has stayed as it is for a moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from .checking import from_text
from .errors import ConfigError, Problem
from .schema import Key, Schema

SETTLE = 1.5
"""Seconds without a change after which a text counts as complete."""


@dataclass(frozen=True)
class Draft:
    """A text that is not used yet."""

    text: str
    due: float
    """A reading of the monotonic clock, from which on it counts as complete."""
    fault: Problem | None = None
    """Why it cannot be used; it stays in the field all the same."""


@dataclass(frozen=True)
class Drafts:
    """All texts that are not used yet, by their settings."""

    entries: Mapping[Key, Draft] = field(default_factory=lambda: MappingProxyType({}))

    def get(self, key: Key) -> Draft | None:
        return self.entries.get(key)

    def typed(self, schema: Schema, key: Key, text: str, used: str, now: float) -> Drafts:
        """Somebody typed `text` where `used` holds; typing that back, or Esc, leaves nothing to be used."""
        if text.strip() == used.strip():
            return self.without([key])
        draft = Draft(text, now + SETTLE, _fault(schema, key, text))
        return Drafts(MappingProxyType({**self.entries, key: draft}))

    def refused(self, key: Key, fault: Problem) -> Drafts:
        """The text could not be used, for this reason."""
        draft = self.entries.get(key)
        if draft is None:
            return self
        return Drafts(MappingProxyType({**self.entries, key: replace(draft, fault=fault)}))

    def without(self, keys: Iterable[Key]) -> Drafts:
        gone = frozenset(keys)
        kept = {key: draft for key, draft in self.entries.items() if key not in gone}
        return Drafts(MappingProxyType(kept))

    def complete(self, now: float) -> tuple[tuple[Key, str], ...]:
        """The texts that are in order and have not been changed for a moment."""
        return tuple(
            (key, draft.text)
            for key, draft in self.entries.items()
            if draft.fault is None and draft.due <= now
        )

    def __bool__(self) -> bool:
        return bool(self.entries)


def _fault(schema: Schema, key: Key, text: str) -> Problem | None:
    setting = schema.find(key)
    try:
        if setting is not None and text.strip():
            from_text(setting, text, key.dotted)
    except ConfigError as error:
        return error.problem
    return None
