# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's keys, and what the user lets projects contact: in memory at once, in their files soon after."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ..core.checking import bad_setting
from ..core.consent import Consent
from ..core.consent_document import CONSENT
from ..core.errors import Problem
from ..core.keyring import Key, Origin
from ..core.redact import HIDDEN
from ..core.secrets_document import SECRETS, StoredKeys, is_storable
from .kept import Kept
from .whole_file import Pause, wait_in_full

_T = TypeVar("_T")

_AGAIN = 1.0
"""Seconds until a file that could not be written is tried again."""


class Trust:
    """Keys and consents of the user; without files they hold until the program ends.

    `changed` is called after every change, from the thread that made it. `look` and `save` are for the thread
    of the settings, which waits with `pause` for a file in use; the rest is for any thread.
    """

    def __init__(
        self,
        secrets_file: Path | None,
        consent_file: Path | None,
        changed: Callable[[], None],
        pause: Pause = wait_in_full,
    ) -> None:
        self._keys = Kept(secrets_file, SECRETS, private=True, pause=pause)
        self._consent = Kept(consent_file, CONSENT, pause=pause)
        self._changed = changed
        self._save_at = 0.0
        # Law of this lock: held only to swap the value.
        self._lock = threading.Lock()
        self._once: frozenset[Origin] = frozenset()

    @property
    def keys(self) -> StoredKeys:
        return self._keys.value

    @property
    def consent(self) -> Consent:
        return Consent(self._consent.value, self._once)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What the user has to know of the files."""
        return (*self._keys.problems, *self._consent.problems)

    @property
    def is_dirty(self) -> bool:
        """Whether something is still to be written."""
        return self._keys.is_dirty or self._consent.is_dirty

    def set_key(self, service: str, origin: Origin, key: Key) -> None:
        """Keep what opens the service at one origin, as `StoredKeys.with_key`.

        Raises `ConfigError` (``bad-setting``) for what cannot be kept or sent.
        """
        if not all(is_storable(secret) for secret in key.secrets):
            reason = "it is too long, or has characters that cannot be sent"
            raise bad_setting(f"{service}.api_key", HIDDEN, reason)
        self._change(self._keys, lambda keys: keys.with_key(service, origin, key))

    def forget_key(self, service: str, origin: Origin | None = None) -> None:
        """Forget what opens the service at one origin, or at every one."""
        self._change(self._keys, lambda keys: keys.without(service, origin))

    def allow(self, origin: Origin, *, always: bool) -> None:
        """Let projects contact an origin on another computer: until the program ends, or for good."""
        if always:
            self._change(self._consent, lambda allowed: allowed | {origin})
        else:
            self._let_once(self._once | {origin})

    def revoke(self, origin: Origin) -> None:
        """Let projects contact an origin no longer."""
        self._let_once(self._once - {origin})
        self._change(self._consent, lambda allowed: allowed - {origin})

    def look(self) -> None:
        """Read the files again that somebody else changed."""
        news = [self._keys.look(), self._consent.look()]
        if any(news):
            self._changed()

    def save(self, *, at_once: bool = False) -> None:
        """Write what is still to be written; what failed is tried again a second later, or `at_once`."""
        if not self.is_dirty or (not at_once and time.monotonic() < self._save_at):
            return
        before = self.problems
        saved = [self._keys.save(), self._consent.save()]
        if not all(saved):
            self._save_at = time.monotonic() + _AGAIN
        if self.problems != before:
            self._changed()

    def _change(self, kept: Kept[_T], edit: Callable[[_T], _T]) -> None:
        if kept.change(edit):
            self._changed()

    def _let_once(self, origins: frozenset[Origin]) -> None:
        with self._lock:
            changed, self._once = origins != self._once, origins
        if changed:
            self._changed()
