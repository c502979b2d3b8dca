# SPDX-License-Identifier: GPL-3.0-or-later
"""A value that lives in memory and in a file: changed here at once, written and read again by one thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from ..core.documents import Document, NewerVersion, Unreadable
from ..core.errors import Problem, ProblemCode, problem
from .file_problems import about_file, about_file_aside
from .whole_file import Pause, Taken, WholeFile, wait_in_full

log = logging.getLogger(__name__)

_T = TypeVar("_T")


class Kept(Generic[_T]):
    """The value of a document in the file at `path`; without a path it is kept in memory only.

    `value`, `problems` and `change` are for any thread; `look` and `save` are for the thread that may wait
    for a disk, never for Blender's main thread. `pause` is how that thread waits for a file in use.
    """

    def __init__(
        self,
        path: Path | None,
        document: Document[_T],
        *,
        private: bool = False,
        pause: Pause = wait_in_full,
    ) -> None:
        self._file = None if path is None else WholeFile(path, pause=pause)
        self._document = document
        self._private = private
        self._stamp: object = ()
        # Law of this lock: held only to compute and swap values, never over I/O.
        self._lock = threading.Lock()
        self._value = self._base = document.empty
        """What holds, and what the file said when it was understood last."""
        self._edits: tuple[Callable[[_T], _T], ...] = ()
        """Changes that are not in the file yet."""
        self._about_file: tuple[Problem, ...] = ()
        self._about_past: tuple[Problem, ...] = ()

    @property
    def value(self) -> _T:
        """What holds now, with every change."""
        return self._value

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What the user has to know of the file."""
        return (*self._about_past, *self._about_file)

    @property
    def is_dirty(self) -> bool:
        """Whether there is something to write, and a file that takes it."""
        return bool(self._edits)

    def change(self, edit: Callable[[_T], _T]) -> bool:
        """Change the value by a pure function; whether that changed anything. It is written by `save`."""
        with self._lock:
            changed = edit(self._value)
            if changed == self._value:
                return False
            self._value = changed
            if self._file is not None:
                self._edits = (*self._edits, edit)
            return True

    def look(self) -> bool:
        """Read the file again if it is another one than before; whether anything changed.

        A file that cannot be read leaves what is known, and is a problem.
        """
        if self._file is None or (stamp := self._file.stamp()) == self._stamp:
            return False
        self._stamp = stamp
        before = (self._value, self.problems)
        try:
            found = self._read(self._file)
        except (Unreadable, OSError) as error:
            if isinstance(error, OSError):
                self._stamp = ()  # what the system refuses now it may give later, without a change of it
            self._tell(self._file, ProblemCode.SETTINGS_UNREADABLE, error)
        except NewerVersion as error:
            self._tell(self._file, ProblemCode.SETTINGS_NEWER, error)
        else:
            self._take(found, written=0)
        return (self._value, self.problems) != before

    def save(self) -> bool:
        """Write what was changed; False if that has to be tried again, because another process writes or
        the disk takes nothing.

        A file that cannot be understood is kept aside, one of a newer version is left alone.
        """
        if self._file is None or not self._edits:
            return True
        edits = self._edits
        try:
            found, stamp = self._merge(self._file, edits)
        except Taken:
            return False
        except NewerVersion as error:
            self._tell(self._file, ProblemCode.SETTINGS_NEWER, error)
            with self._lock:
                self._edits = ()
            return True
        except OSError as error:
            self._tell(self._file, ProblemCode.SETTINGS_NOT_SAVED, error)
            return False
        self._take(found, written=len(edits))
        self._stamp = stamp
        return True

    def _read(self, file: WholeFile) -> _T:
        if self._private and file.close_to_others():
            what = f"{file.path} was readable by other users of this computer, and is no longer"
            self._remember(problem(ProblemCode.KEYS_WERE_OPEN, what, retry=False, where=str(file.path)))
        data = file.read(self._document.limit)
        return self._document.empty if data is None else self._document.read(data)

    def _merge(self, file: WholeFile, edits: tuple[Callable[[_T], _T], ...]) -> tuple[_T, object]:
        """Our changes on top of what the file says now; what it holds then, and its stamp."""
        with file.locked():
            try:
                value = self._read(file)
            except Unreadable as error:
                value = _edited(self._base, edits)
                stamp, aside = file.replace_unreadable(self._document.written(value), self._document.limit)
                self._remember(about_file_aside(file.path, error, aside))
                return value, stamp
            value = _edited(value, edits)
            return value, file.replace(self._document.written(value), self._document.limit)

    def _take(self, found: _T, *, written: int) -> None:
        """The file holds this, with the first `written` of our changes."""
        with self._lock:
            self._base = found
            self._edits = self._edits[written:]
            self._value = _edited(found, self._edits)
            self._about_file = ()

    def _remember(self, what: Problem) -> None:
        """Said as long as the program runs, though it is mended: the user has to know."""
        if what not in self._about_past:
            self._about_past = (*self._about_past, what)
            log.warning("%s: %s", what.code.value, what.detail)

    def _tell(self, file: WholeFile, code: ProblemCode, error: Exception) -> None:
        what = about_file(file.path, code, error)
        if self._about_file != (what,):
            log.warning("%s: %s", code.value, what.detail)
        self._about_file = (what,)


def _edited(value: _T, edits: tuple[Callable[[_T], _T], ...]) -> _T:
    for edit in edits:
        value = edit(value)
    return value
