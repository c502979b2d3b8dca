# SPDX-License-Identifier: GPL-3.0-or-later
"""What the fields of the preferences read and write: the settings, and texts that are still being typed.

Needs no bpy. Nothing here waits, and nothing raises into Blender: what cannot be used stays in its field,
with the reason beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..core.checking import bad_setting
from ..core.drafts import Drafts
from ..core.errors import ConfigError, Problem
from ..core.keyring import Key as Secret
from ..core.keyring import Origin
from ..core.layers import Values
from ..core.preference_fields import TYPED, is_field, shown_text
from ..core.preference_key import key_origin
from ..core.schema import Key, Setting, Value
from ..core.settings_document import UserSettings

if TYPE_CHECKING:
    from ..core.snapshot import ServiceStatus
    from ..runtime.settings_store import SettingsStore

DOT = "•"
DOTS = DOT * 8
"""Stand in the field of a key that is set; the key itself never does."""
_PROFILE = Key("", "profile")
_DIGITS = 3
"""After the point: Blender keeps 2.1 as 2.0999999."""


class PreferenceValues:
    """One life of the preferences; main thread only."""

    def __init__(self) -> None:
        self.drafts = Drafts()
        self.unfolded: set[str] = set()
        """Services whose advanced settings are shown."""
        self.key_faults: dict[str, Problem] = {}
        """By service, why the key that was entered last cannot be kept."""
        self._before_reset = Values()

    def read(self, store: SettingsStore, key: Key, setting: Setting) -> Value:
        """What a field shows: what is being typed, else what holds, whoever said it."""
        draft = self.drafts.get(key)
        if draft is not None:
            return draft.text
        value = store.newest.effective.get(*key).value
        return shown_text(setting, value) if setting.kind in TYPED else value

    def write(self, store: SettingsStore, key: Key, setting: Setting, value: Value, now: float) -> None:
        """A field was changed; `now` is a reading of the monotonic clock. Texts are used by `settle`."""
        if setting.kind in TYPED:
            used = shown_text(setting, store.newest.effective.get(*key).value)
            self.drafts = self.drafts.typed(store.schema, key, str(value), used, now)
        else:
            self._set(store, key, _fitting(setting, value))

    def settle(self, store: SettingsStore, now: float) -> bool:
        """Use the texts that are complete; whether there were any."""
        complete = self.drafts.complete(now)
        for key, text in complete:
            self._use(store, key, text)
        return bool(complete)

    def settle_all(self, store: SettingsStore) -> None:
        """Use every text that is in order now."""
        self.settle(store, float("inf"))

    def drop_drafts(self) -> None:
        """Let every field show what holds."""
        self.drafts = self.drafts.without(self.drafts.entries)

    def end(self, store: SettingsStore) -> None:
        """Keep what is being typed, as what was typed before, and forget what cannot be used.

        The module may stay where a thread of ours does not end in time, and be used again.
        """
        self.settle_all(store)
        self.drop_drafts()
        self.key_faults.clear()

    def may_reset(self, store: SettingsStore, service: str = "", name: str = "") -> bool:
        """Whether the user set any of what `reset` takes back, or types it."""
        said = store.newest.user.entries
        return any(key in said or key in self.drafts.entries for key in _meant(store, service, name))

    def is_typed(self, service: str, name: str) -> bool:
        """Whether the field of this setting shows a text that is not used yet."""
        return self.drafts.get(Key(service, name)) is not None

    def reset(self, store: SettingsStore, service: str = "", name: str = "") -> bool:
        """Take back one setting, all of a service, or with neither all there are; whether any was set.

        A general setting has a name and no service; of one that is being typed only the text is dropped.
        Without any setting no profile is in use any more.
        """
        if not self.may_reset(store, service, name):
            return False
        keys = _meant(store, service, name)
        if name and self.is_typed(service, name):
            self.drafts = self.drafts.without(keys)
            return True
        before = store.newest.user
        gone = {key: before.entries[key] for key in keys if key in before.entries}
        self.drafts = self.drafts.without(keys)
        if gone:
            if not service and not name and _PROFILE in before.entries:
                gone[_PROFILE] = before.entries[_PROFILE]
            self._before_reset = Values(MappingProxyType(gone))
            store.change(lambda user: _without(user, gone))
        return True

    @property
    def can_undo_reset(self) -> bool:
        return bool(self._before_reset)

    def undo_reset(self, store: SettingsStore) -> None:
        """Set again what the last reset took back."""
        gone, self._before_reset = self._before_reset.entries, Values()
        self.drafts = self.drafts.without(gone)
        store.change(
            lambda user: replace(user, values=Values(MappingProxyType({**user.values.entries, **gone})))
        )

    def use_address(self, store: SettingsStore, service: str, url: str) -> None:
        """Set the address of a service, in place of what its field shows. Raises `ConfigError`."""
        store.set_value(service, "url", url)
        self.drafts = self.drafts.without([Key(service, "url")])

    def settle_address(self, store: SettingsStore, service: str) -> None:
        """Use the address in the field of a service now, if it is in order."""
        key = Key(service, "url")
        draft = self.drafts.get(key)
        if draft is not None and draft.fault is None:
            self._use(store, key, draft.text)

    def key_origin(self, store: SettingsStore, service: str, status: ServiceStatus | None) -> Origin | None:
        """For which address a key is entered now; None where the one in the field cannot be read."""
        traits = store.schema.service(service)
        return None if traits is None else key_origin(store.newest, self.drafts, traits, status)

    def enter_key(self, store: SettingsStore, service: str, status: ServiceStatus | None, typed: str) -> None:
        """Keep what was typed as the key for the address in the field; an emptied field forgets the key.

        The address is used at once, so that the key is never for another one than is to be seen.
        """
        self.settle_address(store, service)
        self.key_faults.pop(service, None)
        # Who puts the cursor between the dots and types means what was typed.
        api_key = typed.replace(DOT, "").strip()
        if not typed:
            self.forget_key(store, service, status)
        if not api_key:
            return
        origin = self.key_origin(store, service, status)
        try:
            if origin is None:
                raise bad_setting(f"{service}.api_key", "", "correct the address first")
            store.set_key(service, origin, Secret(api_key))
        except ConfigError as error:
            self.key_faults[service] = error.problem

    def forget_key(self, store: SettingsStore, service: str, status: ServiceStatus | None) -> bool:
        """Forget the key of a service for the address in the field; whether there was one."""
        self.key_faults.pop(service, None)
        origin = self.key_origin(store, service, status)
        if origin is None or (service, origin) not in store.trust.keys.entries:
            return False
        store.forget_key(service, origin)
        return True

    def _use(self, store: SettingsStore, key: Key, text: str) -> None:
        if self._set(store, key, text):
            self.drafts = self.drafts.without([key])

    def _set(self, store: SettingsStore, key: Key, value: Value) -> bool:
        try:
            store.set_value(key.service, key.name, value)
        except ConfigError as error:
            self.drafts = self.drafts.refused(key, error.problem)
            return False
        return True


def _fitting(setting: Setting, value: Value) -> Value:
    """The nearest number that the setting takes, as in Blender's own fields; what is no number as it is."""
    if setting.low is None or setting.high is None or isinstance(value, str):
        return value
    return type(value)(min(max(round(value, _DIGITS), setting.low), setting.high))


def _meant(store: SettingsStore, service: str, name: str) -> list[Key]:
    """The settings that have a field and that a reset is about."""
    fields = (key for key, setting in store.schema if is_field(setting))
    return [key for key in fields if _is_meant(key, service, name)]


def _is_meant(key: Key, service: str, name: str) -> bool:
    if name:
        return key == Key(service, name)
    return not service or key.service == service


def _without(user: UserSettings, keys: Iterable[Key]) -> UserSettings:
    for key in keys:
        user = user.without(*key)
    return user
