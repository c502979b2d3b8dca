# SPDX-License-Identifier: GPL-3.0-or-later
"""All settings of this process: read, watched, changed and written by one thread, seen by everybody.

A change is visible at once; the thread writes it. Files that somebody else changes, an editor or another
Blender, are read again within about a second.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from ..core.documents import NewerVersion, Unreadable
from ..core.environment import read_environment
from ..core.errors import Problem, ProblemCode
from ..core.keyring import Key as Secret
from ..core.keyring import Origin, split_credentials
from ..core.layers import LayerValues, overlaid
from ..core.project_layer import read_project
from ..core.schema import Layer, Schema
from ..core.settings import Policy
from ..core.settings_document import UserSettings, merged
from ..core.settings_view import SettingsView, decided
from .board import TOUCH_LIMIT
from .config_file import ConfigFile
from .file_problems import about_file
from .settings_file import Loaded, SettingsFile
from .trust import Trust
from .whole_file import Taken, wait_until_settled

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks at the files."""
SETTLE = 0.1
"""Seconds that an edited file must stay as it is before it is read, and that our changes wait for more."""
_AGAIN = 10.0
"""Seconds until a file that could not be written is tried again."""
_LAST_TRIES, _BETWEEN_LAST_TRIES = 8, 0.02
"""At the end, while another process writes; all of them fit well into the time that a stop may take."""
_UNREAD = object()
"""The stamp of a file that the system did not let be read: later it may, without a change of the file."""

PARTS = ("environment", "file", "project", "aside", "user", "saving")
"""Where problems come from, in the order in which they are told."""


class SettingsStore:
    """Holds the newest `SettingsView` and keeps it, the file of the user and the config file in step.

    Without a file nothing is kept. `extra` is what the command line says, which wins over the environment.
    `policy` holds the numbers where no setting does; `look` and `settle` are seconds: see `LOOK`, `SETTLE`.
    """

    def __init__(
        self,
        schema: Schema,
        environment: Mapping[str, str],
        *,
        user_file: Path | None = None,
        config_file: Path | None = None,
        config_is_named: bool = False,
        secrets_file: Path | None = None,
        consent_file: Path | None = None,
        extra: LayerValues | None = None,
        local_only: bool = False,
        policy: Policy | None = None,
        look: float = LOOK,
        settle: float = SETTLE,
    ) -> None:
        self.schema = schema
        self._stopping = threading.Event()
        pause = self._stopping.wait  # not at the end: `_save_at_the_end` tries all files again
        self._user_file = None if user_file is None else SettingsFile(user_file, schema, pause)
        self._config_file = (
            None if config_file is None else ConfigFile(config_file, schema, named=config_is_named)
        )
        self.trust = Trust(secrets_file, consent_file, self._note_trust, pause)
        """Keys, and what projects may contact."""
        self._policy = policy
        self._look_interval = look
        self._settle = settle
        # Law of this lock: held only to compute and swap values, never over I/O.
        self._changed = threading.Condition(threading.Lock())
        environment_layer, problems = read_environment(schema, environment)
        self._environment = environment_layer if extra is None else overlaid(extra, environment_layer)
        self._config = LayerValues(Layer.FILE)
        self._project = LayerValues(Layer.PROJECT)
        self._base = self._ours = UserSettings()
        self._problems: dict[str, tuple[Problem, ...]] = {"environment": problems}
        self._local_only = local_only
        self._may_write = False
        self._view = SettingsView()
        self._config_stamps: tuple[object, ...] = ()
        self._user_stamp: object = None
        self._save_at = 0.0
        self._pause = threading.Event()
        self._bell = threading.Event()
        self._thread = threading.Thread(target=self._run, name="md-settings", daemon=True)
        self.touch()

    # --- from any thread ---------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to read; `view().loaded` tells when it is done. A second call does nothing."""
        if self._thread.ident is None and not self._stopping.is_set():
            self._thread.start()

    def request_stop(self) -> None:
        """Let it write what is left, and end; returns at once."""
        self._stopping.set()
        self._bell.set()
        self.touch()

    def join(self, timeout: float) -> bool:
        """Wait for the end; False if the thread still lives after `timeout` seconds."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def view(self, seen: int = -1) -> SettingsView | None:
        """The newest view, or None if it is not newer than version `seen`; never waits."""
        newest = self._view
        return newest if newest.version > seen else None

    @property
    def newest(self) -> SettingsView:
        return self._view

    @property
    def user(self) -> UserSettings:
        """What the user set, and the profiles, as of now."""
        return self._ours

    def problems_of(self, *parts: str) -> tuple[Problem, ...]:
        """What is wrong with these of `PARTS`."""
        return tuple(each for part in parts for each in self._problems.get(part, ()))

    @property
    def is_unsaved(self) -> bool:
        """Whether something that was changed here is not in its file yet."""
        return self._is_dirty or self.trust.is_dirty

    def wait(self, seen: int, timeout: float) -> SettingsView | None:
        """Block for up to `timeout` seconds until there is a view newer than version `seen`.

        Returns None when the time is over. Not for Blender's main thread.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._view.version > seen, timeout)
        return self.view(seen)

    def wait_until_loaded(self, timeout: float) -> SettingsView:
        """The newest view once the files have been read, or the end has come, or `timeout` seconds later."""
        with self._changed:
            self._changed.wait_for(lambda: self._view.loaded or self._stopping.is_set(), timeout)
        return self._view

    def touch(self) -> None:
        """Make whoever waits look again, though nothing has changed; never waits for ever, as the board's."""
        if self._changed.acquire(timeout=TOUCH_LIMIT):
            try:
                self._swap_locked()
            finally:
                self._changed.release()

    def change(self, edit: Callable[[UserSettings], UserSettings]) -> None:
        """Change what the user set; visible at once, written soon.

        `edit` is a pure function of the present settings. What it raises (`ConfigError` for a value that
        cannot be) is passed on, and nothing has changed.
        """
        with self._changed:
            changed = edit(self._ours)
            if changed == self._ours:
                return
            self._ours = changed
            self._swap_locked()
        self._bell.set()

    def set_value(self, service: str, name: str, value: object) -> None:
        """Set one value of the user; `service` is empty for a general setting. Raises `ConfigError`.

        Name and password of a URL go to the keys.
        """
        traits = self.schema.service(service)
        if name == "url" and traits is not None and isinstance(value, str) and "@" in value:
            value, credentials = split_credentials(value)
            origin = Origin.parse(value, default_port=traits.default_port)
            self.set_key(service, origin, Secret(credentials=credentials))
        self.change(lambda user: user.with_value(self.schema, service, name, value))

    def set_key(self, service: str, origin: Origin, key: Secret) -> None:
        """As `Trust.set_key`; visible at once, written soon. Raises `ConfigError`."""
        self.trust.set_key(service, origin, key)

    def forget_key(self, service: str, origin: Origin | None = None) -> None:
        """As `Trust.forget_key`; visible at once, written soon."""
        self.trust.forget_key(service, origin)

    def set_project(
        self,
        said: Mapping[str, Mapping[str, object]] | None,
        where: str = "",
        faults: tuple[Problem, ...] = (),
    ) -> None:
        """What the open .blend says, as found there: by service ("" for general settings) and name.

        Wrong values are left out and reported, after the `faults` of its text. None when no project is open.
        `where` is the name of the file.
        """
        layer, problems = read_project(self.schema, said or {}, where)
        problems = (*faults, *problems)
        with self._changed:
            if layer == self._project and problems == self._problems.get("project", ()):
                return
            self._project = layer
            news = self._note_locked("project", problems)
        _tell(news)

    def set_local_only(self, local_only: bool) -> None:
        """Whether nothing but this computer may be contacted."""
        with self._changed:
            if local_only != self._local_only:
                self._local_only = local_only
                self._swap_locked()

    def _swap_locked(self, *, loaded: bool | None = None) -> None:
        """Compute the view anew; the lock is held."""
        layers = (self._environment, self._config, self._project, LayerValues(Layer.USER, self._ours.values))
        keys, consent = self.trust.keys, self.trust.consent
        effective, settings = decided(
            self.schema,
            layers,
            keys=keys,
            consent=consent,
            policy=self._policy,
            local_only=self._local_only,
        )
        self._view = SettingsView(
            version=self._view.version + 1,
            loaded=self._view.loaded if loaded is None else loaded,
            effective=effective,
            settings=settings,
            user=self._ours.values,
            project=self._project.values,
            profiles=self._ours.profiles,
            keys=tuple(keys.entries),
            consent=consent,
            problems=(*self.problems_of(*PARTS), *self.trust.problems),
        )
        self._changed.notify_all()

    def _note_trust(self) -> None:
        self.touch()
        self._bell.set()

    # --- the thread --------------------------------------------------------------------------------

    def _run(self) -> None:
        for read in (self._read_config, self._read_user, self.trust.look):
            self._goes_well(read)
        with self._changed:
            self._swap_locked(loaded=True)
        while not self._stopping.is_set():
            self._wait_for_work()
            went_well = [self._goes_well(each) for each in (self._look, self._save_if_due, self.trust.save)]
            if not all(went_well):
                self._stopping.wait(_AGAIN)
        self._goes_well(self._save_at_the_end)

    def _goes_well(self, work: Callable[[], None]) -> bool:
        """A fault of ours over one file must not cost the other files and every later change."""
        try:
            work()
        except Exception:
            log.exception("settings are not read or not written: a fault of ours")
            return False
        return True

    def _wait_for_work(self) -> None:
        seconds = self._look_interval
        if self._is_dirty:
            seconds = min(seconds, max(0.0, self._save_at - time.monotonic()))
        if self._bell.wait(seconds):
            self._bell.clear()
            self._stopping.wait(self._settle)
            self._save_at = 0.0

    def _look(self) -> None:
        """Read what somebody else changed, once it has settled."""
        if self._config_file is not None and self._config_file.stamps() != self._config_stamps:
            wait_until_settled(self._config_file.stamps, self._settle, self._stopping)
            self._read_config()
        if self._user_file is not None and self._user_file.stamp() != self._user_stamp:
            wait_until_settled(self._user_file.stamp, self._settle, self._stopping)
            self._read_user()
        self.trust.look()

    def _read_config(self) -> None:
        if self._config_file is None:
            return
        self._config_stamps = self._config_file.stamps()
        parsed = self._config_file.read()
        if parsed.again:
            self._config_stamps = ()
        with self._changed:
            # A file that breaks while it is edited changes nothing until it can be read again.
            self._config = parsed.layer or self._config
            news = self._note_locked("file", parsed.problems)
        _tell(news)

    def _read_user(self) -> None:
        if self._user_file is None:
            return
        self._user_stamp = self._user_file.stamp()
        self._may_write = True
        try:
            loaded = self._user_file.read()
        except NewerVersion as error:
            self._refuse_newer(self._user_file, error)
        except (Unreadable, OSError) as error:
            if isinstance(error, OSError):
                self._user_stamp = _UNREAD
            self._note("user", about_file(self._user_file.path, ProblemCode.SETTINGS_UNREADABLE, error))
        else:
            self._take(loaded, since=self._base)

    def _take(self, loaded: Loaded, since: UserSettings) -> None:
        """This is what the file holds; what was changed here after `since` is still to be written."""
        with self._changed:
            self._ours = merged(since, self._ours, loaded.user)
            self._base = loaded.user
            self._user_stamp = loaded.stamp
            news = self._note_locked("user", loaded.problems)
            if loaded.kept_aside is not None:
                news += self._note_locked("aside", (loaded.kept_aside,))
        _tell(news)

    @property
    def _is_dirty(self) -> bool:
        return self._user_file is not None and self._may_write and self._ours != self._base

    def _save_if_due(self) -> None:
        """Write what was changed here; a file that cannot be written is tried again later."""
        if self._user_file is None or not self._is_dirty or time.monotonic() < self._save_at:
            return
        sent = self._ours
        try:
            loaded = self._user_file.merge(self._base, sent)
        except Taken as taken:
            self._save_at = time.monotonic() + taken.again_in
        except NewerVersion as error:
            self._refuse_newer(self._user_file, error)
        except OSError as error:
            self._save_at = time.monotonic() + _AGAIN
            self._note("saving", about_file(self._user_file.path, ProblemCode.SETTINGS_NOT_SAVED, error))
        else:
            if self._problems.get("saving"):
                self._note("saving")
            self._take(loaded, since=sent)

    def _save_at_the_end(self) -> None:
        for _ in range(_LAST_TRIES):
            self._save_at = 0.0
            self._save_if_due()
            self.trust.save(at_once=True)
            if not self.is_unsaved:
                return
            self._pause.wait(_BETWEEN_LAST_TRIES)
        log.warning("not all that was changed is saved")
        if self._user_file is not None and self._is_dirty and not self._problems.get("saving"):
            self._note("saving", about_file(self._user_file.path, ProblemCode.SETTINGS_NOT_SAVED, Taken(0.0)))

    def _refuse_newer(self, file: SettingsFile, error: NewerVersion) -> None:
        self._may_write = False
        found = NewerVersion(f"version {error}")
        self._note("user", about_file(file.path, ProblemCode.SETTINGS_NEWER, found))

    def _note(self, part: str, *problems: Problem) -> None:
        with self._changed:
            news = self._note_locked(part, problems)
        _tell(news)

    def _note_locked(self, part: str, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
        """Swap the view with these problems of this part; those that are new, for `_tell`."""
        known = self._problems.get(part, ())
        self._problems[part] = problems
        self._swap_locked()
        return tuple(each for each in problems if each not in known)


def _tell(problems: tuple[Problem, ...]) -> None:
    """Write into the log, which may wait for a disk: never under the lock."""
    for each in problems:
        log.warning("%s: %s", each.code.value, each.detail)
