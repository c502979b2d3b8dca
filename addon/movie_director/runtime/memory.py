# SPDX-License-Identifier: GPL-3.0-or-later
"""Remembers what services can do while they are down, in a file that outlives the program.

One thread reads the file once, publishes it on the board, listens to the board, and writes when a service
is connected with something new to say, when it goes, every ten minutes in between, and at the end. A file
that cannot be read or written costs the memory of earlier sessions, and nothing else.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from pathlib import Path

from ..core.remembered import REFRESH, NewerSchema, Unreadable, is_news, remember
from ..core.snapshot import Remembered, Snapshot
from .board import StatusBoard
from .clock import Clock
from .remembered_file import RememberedFile, Taken

log = logging.getLogger(__name__)

DELAY = 1.0
"""Seconds that news waits for more of it, as the facts of several services come in."""
_TRIES = 8
_BETWEEN_TRIES = 0.02
"""Seconds; all tries together fit well into the time that a stop may take."""
_LATER = 10.0
"""Seconds until the next try when another process does not let go of the file, or the disk is full."""


class Memory:
    """Keeps `Snapshot.remembered` and the file at `path` up to date from `start` to `request_stop`."""

    def __init__(self, path: Path, board: StatusBoard, clock: Clock, delay: float = DELAY) -> None:
        self._file = RememberedFile(path)
        self._board = board
        self._clock = clock
        self._delay = delay
        self._known: dict[str, Remembered] = {}
        self._connected: dict[str, Remembered] = {}
        self._unwritten: dict[str, Remembered] = {}
        self._write_at: float | None = None
        self._has_warned = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="md-memory", daemon=True)

    # --- from any thread ---------------------------------------------------------------------------

    def start(self) -> None:
        self._thread.start()

    def request_stop(self) -> None:
        """Let it write what is left, and end; returns at once."""
        self._stopping.set()
        self._board.touch()

    def join(self, timeout: float) -> bool:
        """Wait for the end; False if the thread still lives after `timeout` seconds."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    # --- the thread --------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._load()
            seen = -1
            while not self._stopping.is_set():
                snapshot = self._board.wait(seen, self._seconds_to_wait()) or self._newest()
                seen = snapshot.version
                self._look(snapshot)
                if self._write_at is not None and self._clock.monotonic() >= self._write_at:
                    self._write()
            self._look(self._newest())
            self._unwritten |= self._connected
            if self._unwritten:
                self._write()
        except Exception:
            log.exception("nothing is remembered any more: a fault of ours")

    def _load(self) -> None:
        try:
            self._known = self._file.read()
        except (OSError, Unreadable) as error:
            self._warn(f"{self._file.path} cannot be read: {error}")
        except NewerSchema as error:
            self._warn(f"{self._file.path} is left alone: a newer version wrote it ({error})")
        self._board.publish_remembered(self._known)

    def _seconds_to_wait(self) -> float:
        """Until there is something to write, if the board does not change before."""
        if self._write_at is None:
            return REFRESH / 2
        return max(0.0, self._write_at - self._clock.monotonic())

    def _newest(self) -> Snapshot:
        snapshot = self._board.snapshot()
        assert snapshot is not None, "the board is never empty"
        return snapshot

    def _look(self, snapshot: Snapshot) -> None:
        """Note what is new, and which services have gone since the last look."""
        now = self._clock.wall()
        fresh = [remember(status, now) for status in snapshot.services.values()]
        connected = {entry.service: entry for entry in fresh if entry is not None}
        news = [entry for name, entry in connected.items() if is_news(self._known.get(name), entry)]
        news += [replace(self._connected[gone], seen_at=now) for gone in self._connected.keys() - connected]
        self._connected = connected
        if news:
            self._known.update((entry.service, entry) for entry in news)
            self._unwritten.update((entry.service, entry) for entry in news)
            self._board.publish_remembered(self._known)
            if self._write_at is None:
                self._write_at = self._clock.monotonic() + self._delay

    def _write(self) -> None:
        self._write_at = None
        try:
            entries = self._merged()
        except Taken:
            self._write_at = self._clock.monotonic() + _LATER
            return
        except NewerSchema as error:
            self._warn(f"{self._file.path} is left alone: a newer version wrote it ({error})")
            return
        except OSError as error:
            self._warn(f"{self._file.path} cannot be written: {error}")
            self._write_at = self._clock.monotonic() + _LATER
            return
        # Ours are kept as they are: in the file their lists may have been cut.
        self._known = {**entries, **self._unwritten}
        self._unwritten = {}
        self._board.publish_remembered(self._known)

    def _merged(self) -> dict[str, Remembered]:
        for _ in range(_TRIES - 1):
            try:
                return self._file.merge(self._unwritten)
            except Taken:
                threading.Event().wait(_BETWEEN_TRIES)
        return self._file.merge(self._unwritten)

    def _warn(self, sentence: str) -> None:
        """Said once: it will hardly change while the program runs."""
        if not self._has_warned:
            self._has_warned = True
            log.warning("%s", sentence)
