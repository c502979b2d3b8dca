# SPDX-License-Identifier: GPL-3.0-or-later
"""Which lists of models were read, and which is next: one answer at a time."""

from __future__ import annotations

from . import facts


class ModelLists:
    """Lists of models by folder, read step by step. A list read before stays until its new one comes."""

    def __init__(self) -> None:
        self._folders: tuple[str, ...] = ()
        self._lists: dict[str, tuple[str, ...]] = {}
        self._waiting: list[str] | None = None
        """Folders to read; None before it is known which there are."""
        self._postponed: set[str] = set()

    @property
    def models(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(folder, names) pairs as far as they are known, in the order of the server."""
        return tuple((folder, self._lists[folder]) for folder in self._folders if folder in self._lists)

    @property
    def complete(self) -> bool:
        return self._waiting is not None and not self._waiting

    def restart(self) -> None:
        """Read everything again."""
        self._waiting = None
        self._postponed.clear()

    def next_path(self) -> str | None:
        """The path to ask; None when nothing is left."""
        if self._waiting is None:
            return "/models"
        return facts.folder_path(self._waiting[0]) if self._waiting else None

    def take(self, value: object) -> None:
        """Keep the answer to `next_path`."""
        if self._waiting is None:
            self._begin(facts.model_folders(value))
            return
        folder = self._waiting.pop(0)
        others = sum(len(names) for other, names in self._lists.items() if other != folder)
        self._lists[folder] = facts.models(value, facts.MOST_MODELS - others)

    def skip(self) -> None:
        """Do without the answer to `next_path`."""
        if self._waiting is None:
            self._begin(())
        else:
            self._lists.pop(self._waiting.pop(0), None)

    def postpone(self) -> bool:
        """Ask for this folder once more after the others, the second time skip it; False for no folder.

        A server that must walk through a large or slow disk answers late once, and then from memory.
        """
        if not self._waiting:
            return False
        folder = self._waiting[0]
        if folder in self._postponed:
            self.skip()
        else:
            self._postponed.add(folder)
            self._waiting.append(self._waiting.pop(0))
        return True

    def _begin(self, folders: tuple[str, ...]) -> None:
        self._folders = folders
        self._waiting = list(folders)
        self._lists = {folder: names for folder, names in self._lists.items() if folder in folders}
