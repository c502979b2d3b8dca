# SPDX-License-Identifier: GPL-3.0-or-later
"""A small file that is whole at every moment, for this user alone, shared by all processes of the user.

Whoever writes holds a lock, reads the file again and changes only what is new. A reader needs no lock, for
the file is replaced in one step.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from .lock import try_lock

OWN = 0o600
"""For the owner to read and write, and for nobody else. Windows takes no such bits: there the folder of the
user's profile says who may read."""
_OTHERS = 0o077
_MOST_LOOKS = 20

PATIENCE = (0.01, 0.02, 0.04, 0.08)
"""Seconds between the tries to give a file its name. Windows refuses that while any program, such as another
Blender that reads or a virus scanner, has the file open, which mostly takes milliseconds."""

TAKEN_LIMIT = 5.0
"""Seconds that another process may write. It takes milliseconds: after that it is frozen, or its disk is."""
_HELD = "another Blender, or Movie Director in a terminal, holds on to it"
_SOONEST, _LATEST = 0.02, 1.0
"""Seconds until the next try meanwhile."""

Stamp: TypeAlias = tuple[int, int, int]
"""Time of writing in nanoseconds, size in bytes, and number of a file."""
Pause: TypeAlias = Callable[[float], object]
"""Waits for so many seconds, or less where somebody is in a hurry."""


class Taken(Exception):
    """Another process is writing at this moment; a next try makes sense in `again_in` seconds."""

    def __init__(self, again_in: float) -> None:
        super().__init__(_HELD)
        self.again_in = again_in


def wait_in_full(seconds: float) -> None:
    """A `Pause` that nothing cuts short."""
    threading.Event().wait(seconds)


class WholeFile:
    """The file at `path`; it and its folder need not exist.

    `pause` waits between two tries to give a file its name, which `move` does. `clock` tells for how long
    another process writes.
    """

    def __init__(
        self,
        path: Path,
        *,
        pause: Pause = wait_in_full,
        move: Callable[[Path, Path], object] = os.replace,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = path
        self._pause = pause
        self._move = move
        self._clock = clock
        self._taken_since: float | None = None

    def stamp(self) -> Stamp | None:
        """What changes whenever the file is written; None without a file."""
        try:
            return _stamp(os.stat(self.path))
        except OSError:
            return None

    def read(self, limit: int) -> bytes | None:
        """At most `limit` + 1 bytes of it; None if there is none. Raises `OSError`."""
        try:
            with open(self.path, "rb") as file:
                return file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one who writes. Raises `Taken`, at once, while another does; `OSError`, also where that
        does not end within `TAKEN_LIMIT`, or files cannot be locked.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = self.path.with_name(f"{self.path.name}.lock")
        with open(os.open(place, os.O_RDWR | os.O_CREAT, OWN), "a+b") as lock:
            if not try_lock(lock):
                raise self._taken()
            self._taken_since = None
            yield

    def replace(self, text: str, limit: int) -> Stamp:
        """Put ASCII text in its place, on the disk before it counts; only under `locked`, and only in a
        thread that may wait: for the disk, and for `PATIENCE` while another program has the file open.

        Returns the stamp of what was put there, also where an editor, which knows no lock, has written over
        it since. Raises `OSError`, also for more than `limit` bytes, which nobody would read again; then the
        file is as it was.
        """
        with self._written(text, limit) as (fresh, stamp):
            self._rename(fresh, self.path)
        return stamp

    def replace_unreadable(self, text: str, limit: int) -> tuple[Stamp, Path]:
        """As `replace`, for a file that cannot be understood: it gets another name beside its own, which is
        returned, too. Raises `OSError`; then the file is as it was, under its own name.
        """
        with self._written(text, limit) as (fresh, stamp):
            aside = self._free_name()
            self._rename(self.path, aside)
            try:
                self._rename(fresh, self.path)
            except OSError:
                self._rename(aside, self.path)
                raise
        return stamp, aside

    @contextlib.contextmanager
    def _written(self, text: str, limit: int) -> Iterator[tuple[Path, Stamp]]:
        """A file beside this one with this text, on the disk; gone after an `OSError`."""
        if len(text) > limit:
            raise OSError(errno.EFBIG, f"it would be larger than {limit} bytes")
        # One name is enough, because only the holder of the lock uses it: what a killed process left
        # is not joined by more.
        fresh = self.path.with_name(f"{self.path.name}.new")
        fresh.unlink(missing_ok=True)
        try:
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWN), "wb") as file:
                file.write(text.encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
                stamp = _stamp(os.fstat(file.fileno()))
            yield fresh, stamp
        except OSError:
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise

    def close_to_others(self) -> bool:
        """Take from others what they may do with the file; whether they could. Raises `OSError`."""
        if os.name != "posix":
            return False
        try:
            mode = os.stat(self.path).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return False
        if not mode & _OTHERS:
            return False
        os.chmod(self.path, OWN)
        return True

    def _taken(self) -> Taken | OSError:
        now = self._clock()
        if self._taken_since is None:
            self._taken_since = now
        seconds = now - self._taken_since
        if seconds >= TAKEN_LIMIT:
            return OSError(errno.EBUSY, _HELD)
        # As long as it has been taken already: with every try the next one is twice as far.
        return Taken(min(max(_SOONEST, seconds), _LATEST))

    def _rename(self, old: Path, new: Path) -> None:
        for seconds in PATIENCE:
            try:
                self._move(old, new)
                return
            except PermissionError:
                self._pause(seconds)
        self._move(old, new)

    def _free_name(self) -> Path:
        """For a file that cannot be understood: where there is none yet."""
        number = 1
        while os.path.lexists(name := self._aside(number)):
            number += 1
        return name

    def _aside(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.stem}-unreadable-{number}{self.path.suffix}")


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_mtime_ns, status.st_size, status.st_ino


def wait_until_settled(stamp: Callable[[], object], seconds: float, stopping: threading.Event) -> None:
    """Wait until `stamp` stays as it is for so long, or `stopping` is set.

    An editor may write a file in several steps; what is there in between is not what is meant.
    """
    before = stamp()
    for _ in range(_MOST_LOOKS):
        if stopping.wait(seconds) or stamp() == before:
            return
        before = stamp()
