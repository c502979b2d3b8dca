# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of what was seen of each service, shared by all processes of the user.

Whoever writes changes only the services it has news of; so the last writer wins service by service.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from ..core.remembered import LIMIT, Unreadable, read, written
from ..core.snapshot import Remembered
from .whole_file import Taken, WholeFile

__all__ = ["RememberedFile", "Taken"]

log = logging.getLogger(__name__)


class RememberedFile:
    """The file at `path`; it and its folder need not exist."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = WholeFile(path)

    def read(self) -> dict[str, Remembered]:
        """What is usable of the file; nothing if there is none.

        Raises `OSError`, and `Unreadable` or `NewerSchema` of `core.remembered`.
        """
        data = self._file.read(LIMIT)
        return {} if data is None else read(data)

    def merge(self, news: Mapping[str, Remembered]) -> dict[str, Remembered]:
        """Write `news` over what the file says of these services; what it holds then.

        A file that cannot be understood is kept aside. Raises `Taken` while another process writes,
        `NewerSchema` for a file that must not be touched, `OSError`; then the file is as it was.
        """
        with self._file.locked():
            try:
                entries = self.read()
            except Unreadable as error:
                _, aside = self._file.replace_unreadable(written(news), LIMIT)
                log.warning("%s is kept as %s: %s", self.path, aside.name, error)
                return dict(news)
            entries.update(news)
            self._file.replace(written(entries), LIMIT)
            return entries
