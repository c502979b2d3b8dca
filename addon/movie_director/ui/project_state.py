# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of several scenes says what holds for a project. Needs no bpy.

What holds is the text in memory, taken from one scene when the file was loaded and changed by edits since.
That scene stays the one to which undo and redo lead back. Every other one is made to say the same, also one
that is appended later and comes with the settings of another file (docs/adr/0068).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..core import project_document
from ..core.documents import NewerVersion, Unreadable
from ..core.errors import Problem
from ..core.project_document import NOTHING, Said


class Carrier(Protocol):
    """A scene of the file itself, not one that is linked."""

    @property
    def key(self) -> object:
        """Stays the same through undo and redo, and is of no other scene."""

    @property
    def text(self) -> str:
        """The text that it carries."""

    def write(self, text: str) -> None: ...


class ProjectState:
    """One open file."""

    def __init__(self) -> None:
        self.error: NewerVersion | Unreadable | None = None
        """Why nothing of the text is used; then it is left as it is."""
        self.said: Said = NOTHING
        self._text = ""
        self._home: object = None
        self._known: frozenset[object] = frozenset()

    @property
    def text(self) -> str:
        return self._text

    @property
    def home(self) -> object:
        """The key of the scene that decides; None before a file was looked at."""
        return self._home

    def faults(self, where: str) -> tuple[Problem, ...]:
        """Why nothing of the text is used, or not all of it; `where` is the name of the file."""
        if self.error is not None:
            return (project_document.fault(self.error, where),)
        return project_document.wrong_parts(self._text, where)

    def load(self, scenes: Sequence[Carrier], preferred: object) -> None:
        """A file was loaded: take what it says, from the preferred scene if that says anything."""
        ordered = sorted(scenes, key=lambda each: (not each.text, each.key != preferred))
        self._home = ordered[0].key if ordered else None
        self._known = frozenset(each.key for each in scenes)
        self._take(ordered[0].text if ordered else "")

    def follow(self, scenes: Sequence[Carrier]) -> bool:
        """Take over what undo or a script did to the deciding scene, and have the others say the same.

        Returns whether the text is another now.
        """
        before = self._text
        home = self._found(scenes)
        if home is not None and home.text != before:
            self._take(home.text)
        self._spread(scenes)
        return self._text != before

    def write(self, scenes: Sequence[Carrier], text: str) -> bool:
        """An edit: every scene says this now. Returns whether that is something else."""
        before = self._text
        self._take(text)
        self._found(scenes)
        self._spread(scenes)
        return text != before

    def _found(self, scenes: Sequence[Carrier]) -> Carrier | None:
        """The deciding scene, which is another one if it was removed; None if only new ones are there."""
        home = next((each for each in scenes if each.key == self._home), None)
        if home is None and scenes:
            heir = next((each for each in scenes if each.key in self._known), scenes[0])
            self._home = heir.key
            home = heir if heir.key in self._known else None
        return home

    def _spread(self, scenes: Sequence[Carrier]) -> None:
        self._known = frozenset(each.key for each in scenes)
        if self.error is not None:
            return
        for each in scenes:
            if each.text != self._text:
                each.write(self._text)

    def _take(self, text: str) -> None:
        self._text, self.error = text, None
        try:
            self.said = project_document.read(text)
        except (NewerVersion, Unreadable) as error:
            self.said, self.error = NOTHING, error
