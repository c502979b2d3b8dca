"""What is remembered of one service, on a real file, for tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from movie_director.core.model import State
from movie_director.core.remembered import read
from movie_director.core.snapshot import Remembered, ServiceStatus, Snapshot
from movie_director.runtime.board import StatusBoard
from movie_director.runtime.clock import SystemClock
from movie_director.runtime.memory import Memory

from tests.conftest import LONG_TIMEOUT
from tests.samples import status

QUICK = 0.01
"""Seconds instead of one, that news waits to be written."""
FULL = replace(status(State.CONNECTED), since=0.0)
DOWN = replace(FULL, state=State.RECONNECTING)


class Clock(SystemClock):
    """The computer's, but for the time of day."""

    now = 1_795_219_200.0

    def wall(self) -> float:
        return self.now


class Kept:
    """A board with one service, and its memory."""

    def __init__(self, path: Path, *rows: ServiceStatus) -> None:
        self.path = path
        self.board = StatusBoard()
        self.board.reset(rows or (FULL,))
        self.clock = Clock()
        self.memory = Memory(path, self.board, self.clock, QUICK)

    def __enter__(self) -> Kept:
        self.memory.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.memory.request_stop()
        assert self.memory.join(LONG_TIMEOUT)

    def until(self, wanted: Callable[[Snapshot], bool]) -> Snapshot:
        snapshot = self.board.snapshot()
        while snapshot is None or not wanted(snapshot):
            snapshot = self.board.wait(-1 if snapshot is None else snapshot.version, LONG_TIMEOUT)
            assert snapshot is not None
        return snapshot

    def until_written(self, wanted: Callable[[dict[str, Remembered]], bool] = bool) -> dict[str, Remembered]:
        """The file appears without a change on the board, so it has to be looked at."""
        deadline, pause = time.monotonic() + LONG_TIMEOUT, threading.Event()
        while not wanted(found := self.entries()):
            assert time.monotonic() < deadline, f"the file has {found}"
            pause.wait(0.005)
        return found

    def entries(self) -> dict[str, Remembered]:
        return read(self.path.read_bytes()) if self.path.exists() else {}
