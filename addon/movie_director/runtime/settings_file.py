# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of what the user set: whole at every moment, shared by all processes of the user.

Whoever writes holds a lock, reads the file again and puts its own changes over what others wrote. A reader
needs no lock, for the file is replaced in one step.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from ..core.errors import Problem, ProblemCode, problem
from ..core.schema import Schema
from ..core.settings_document import LIMIT, Unreadable, UserSettings, merged, read, written
from .lock import try_lock

Stamp = tuple[int, int, int]


class Taken(Exception):
    """Another process is writing at this moment."""


@dataclass(frozen=True)
class Loaded:
    """What the file held, and what is wrong with it."""

    user: UserSettings
    problems: tuple[Problem, ...] = ()
    stamp: Stamp | None = None
    """Of the file that was read; None if there is none."""
    kept_aside: Problem | None = None
    """Tells of a file that could not be understood and has another name now."""


class SettingsFile:
    """The file at `path`; it and its folder need not exist."""

    def __init__(self, path: Path, schema: Schema) -> None:
        self.path = path
        self._schema = schema

    def stamp(self) -> Stamp | None:
        """What changes whenever the file is written; None without a file."""
        return stamp_of(self.path)

    def read(self) -> Loaded:
        """What the file holds; nothing if there is none.

        Raises `OSError`, and `Unreadable` or `NewerVersion` of `core.settings_document`.
        """
        try:
            with open(self.path, "rb") as file:
                stamp = _stamp(os.fstat(file.fileno()))
                data = file.read(LIMIT + 1)
        except FileNotFoundError:
            return Loaded(UserSettings())
        user, problems = read(self._schema, data, str(self.path))
        return Loaded(user, problems, stamp)

    def merge(self, base: UserSettings, ours: UserSettings) -> Loaded:
        """Write what changed from `base` to `ours` over what the file says now; what it holds then.

        A file that cannot be understood is kept aside. Raises `Taken` while another process writes,
        `NewerVersion` for a file that must not be touched, `OSError`; then the file is as it was.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self.path.with_name(f"{self.path.name}.lock"), "a+b") as lock:
            if not try_lock(lock):
                raise Taken
            kept_aside = None
            try:
                theirs = self.read().user
            except Unreadable as error:
                base, theirs = UserSettings(), UserSettings()
                kept_aside = self._keep_aside(error)
            self._replace(written(merged(base, ours, theirs)))
            return replace(self.read(), kept_aside=kept_aside)

    def _keep_aside(self, error: Unreadable) -> Problem:
        number = 1
        while os.path.lexists(aside := self._aside(number)):
            number += 1
        self.path.rename(aside)
        return problem(
            ProblemCode.SETTINGS_KEPT_ASIDE,
            str(error),
            retry=False,
            where=str(self.path),
            kept=aside.name,
            reason=str(error),
        )

    def _aside(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.stem}-unreadable-{number}{self.path.suffix}")

    def _replace(self, text: str) -> None:
        # One name is enough, because only the holder of the lock uses it: what a killed process left
        # is not joined by more.
        fresh = self.path.with_name(f"{self.path.name}.new")
        fresh.unlink(missing_ok=True)
        try:
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(text.encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, self.path)
        except OSError:
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise


def stamp_of(path: Path) -> Stamp | None:
    """What changes whenever the file at `path` is written; None if it cannot be looked at."""
    try:
        return _stamp(os.stat(path))
    except OSError:
        return None


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_mtime_ns, status.st_size, status.st_ino
