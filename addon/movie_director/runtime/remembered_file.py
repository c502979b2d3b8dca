# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of what was seen of each service: whole at every moment, shared by all processes of the user.

Whoever writes holds a lock, reads the file again and changes only the services it has news of; so the
last writer wins service by service. A reader needs no lock, for the file is replaced in one step.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from ..core.remembered import LIMIT, Unreadable, read, written
from ..core.snapshot import Remembered
from .lock import try_lock

log = logging.getLogger(__name__)


class Taken(Exception):
    """Another process is writing at this moment."""


class RememberedFile:
    """The file at `path`; it and its folder need not exist."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Remembered]:
        """What is usable of the file; nothing if there is none.

        Raises `OSError`, and `Unreadable` or `NewerSchema` of `core.remembered`.
        """
        try:
            with open(self.path, "rb") as file:
                data = file.read(LIMIT + 1)
        except FileNotFoundError:
            return {}
        return read(data)

    def merge(self, news: Mapping[str, Remembered]) -> dict[str, Remembered]:
        """Write `news` over what the file says of these services; what it holds then.

        A file that cannot be understood is kept aside. Raises `Taken` while another process writes,
        `NewerSchema` for a file that must not be touched, `OSError`; then the file is as it was.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self.path.with_name(f"{self.path.name}.lock"), "a+b") as lock:
            if not try_lock(lock):
                raise Taken
            try:
                entries = self.read()
            except Unreadable as error:
                log.warning("%s is kept as %s: %s", self.path, self._keep_aside().name, error)
                entries = {}
            entries.update(news)
            self._replace(written(entries))
            return entries

    def _keep_aside(self) -> Path:
        number = 1
        while os.path.lexists(aside := self._aside(number)):
            number += 1
        return self.path.rename(aside)

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
            os.replace(fresh, self.path)
        except OSError:
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise
