# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of what the user set, shared by all processes of the user.

Whoever writes reads the file again under its lock and puts its own changes over what others wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..core.documents import Unreadable
from ..core.errors import Problem
from ..core.schema import Schema
from ..core.settings_document import LIMIT, UserSettings, merged, read, written
from .file_problems import about_file_aside
from .whole_file import Pause, WholeFile, wait_in_full


@dataclass(frozen=True)
class Loaded:
    """What the file held, and what is wrong with it."""

    user: UserSettings
    problems: tuple[Problem, ...] = ()
    stamp: object = None
    """Of the file that was read; None if there is none."""
    kept_aside: Problem | None = None
    """Tells of a file that could not be understood and has another name now."""


class SettingsFile:
    """The file at `path`; it and its folder need not exist. `pause` is how to wait while it is in use."""

    def __init__(self, path: Path, schema: Schema, pause: Pause = wait_in_full) -> None:
        self.path = path
        self._file = WholeFile(path, pause=pause)
        self._schema = schema

    def stamp(self) -> object:
        """What changes whenever the file is written; None without a file."""
        return self._file.stamp()

    def read(self) -> Loaded:
        """What the file holds; nothing if there is none.

        Raises `OSError`, and `Unreadable` or `NewerVersion` of `core.documents`.
        """
        # Looked at before it is read: what is written in between is then read again.
        stamp = self.stamp()
        data = self._file.read(LIMIT)
        if data is None:
            return Loaded(UserSettings())
        user, problems = read(self._schema, data, str(self.path))
        return Loaded(user, problems, stamp)

    def merge(self, base: UserSettings, ours: UserSettings) -> Loaded:
        """Write what changed from `base` to `ours` over what the file says now; what it holds then.

        A file that cannot be understood is kept aside, and all that is in use here is written. Raises `Taken`
        while another process writes, `NewerVersion` for a file that must not be touched, `OSError`; then the
        file is as it was.
        """
        kept_aside: Problem | None = None
        with self._file.locked():
            try:
                theirs = self.read().user
            except Unreadable as error:
                text = written(merged(UserSettings(), ours, UserSettings()))
                stamp, aside = self._file.replace_unreadable(text, LIMIT)
                kept_aside = about_file_aside(self.path, error, aside)
            else:
                text = written(merged(base, ours, theirs))
                stamp = self._file.replace(text, LIMIT)
        # What was written, not what is there now: an editor, which knows no lock, may be at it already.
        user, problems = read(self._schema, text.encode("ascii"), str(self.path))
        return Loaded(user, problems, stamp, kept_aside)
