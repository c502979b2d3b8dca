"""A manager under measurement, every row of its board recorded with the moment of its appearance."""

from __future__ import annotations

import bisect
import contextlib
import random
import socket
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import NamedTuple

from movie_director.backends.base import Backend
from movie_director.backends.comfyui import BACKEND
from movie_director.core.model import State, Stream
from movie_director.core.settings import Policy, ServiceSettings, Settings
from movie_director.core.snapshot import ServiceStatus
from movie_director.runtime.manager import Manager

from .pacing import PATIENCE

SERVICE = "comfyui"
STOP_LIMIT = 5.0

FAST = Policy(
    check_interval=0.3,
    check_timeout=0.5,
    recheck_interval=0.1,
    confirm_interval=0.05,
    attempt_spacing=0.05,
    attempts_per_minute=600,
    presence_loopback=0.1,
    stream_retry=0.5,
)
"""The defaults' proportions, a tenth of their times, no limit of attempts: for counts, never for times."""


class Moment(NamedTuple):
    """A row, and the monotonic time at which a reader of the board had it."""

    at: float
    row: ServiceStatus


def is_connected(row: ServiceStatus) -> bool:
    """Connected with all its facts read."""
    return row.state is State.CONNECTED and row.info is not None and row.info.complete


def is_streaming(row: ServiceStatus) -> bool:
    return is_connected(row) and row.stream is Stream.OPEN


def is_lost(row: ServiceStatus) -> bool:
    return row.state is not State.CONNECTED


def is_waiting(row: ServiceStatus) -> bool:
    """Down, and no attempt under way."""
    return row.state in (State.DISCONNECTED, State.RECONNECTING, State.SUSPENDED) and not row.attempting


def settings_for(url: str = "", policy: Policy | None = None) -> Settings:
    """Settings with one endpoint for ComfyUI; an empty `url` means: find it."""
    chosen = ServiceSettings(url=url, policy=policy or Policy())
    return Settings().with_service(SERVICE, chosen)


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def lasting_free_port() -> int:
    """A port on which nothing listens, and which no system gives to a program that asks for any port."""
    while True:
        port = random.randrange(20_000, 30_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


class Watched:
    """`with Watched(url) as watched:` runs a manager for ComfyUI, with the default policy unless told."""

    def __init__(
        self, url: str = "", policy: Policy | None = None, *, backends: Sequence[Backend] = (BACKEND,)
    ) -> None:
        self.manager = Manager(settings_for(url, policy), backends=backends)
        self._moments: list[Moment] = []
        self._grown = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._record, name="recorder", daemon=True)

    def __enter__(self) -> Watched:
        self._thread.start()
        self.manager.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stopped = self.manager.stop(timeout=STOP_LIMIT)
        self._ended = True
        self._thread.join()
        if not stopped and kind is None:
            raise RuntimeError("a worker did not end")

    @property
    def moments(self) -> list[Moment]:
        """All that was recorded so far."""
        with self._grown:
            return list(self._moments)

    def now_or_next(self, wanted: Callable[[ServiceStatus], bool]) -> Moment:
        """The newest row if it is as wanted, else the first later one that is."""
        with self._grown:
            first = max(0, len(self._moments) - 1)
        return self._first(wanted, first)

    def after(self, instant: float, wanted: Callable[[ServiceStatus], bool]) -> Moment:
        """The first wanted row that appeared at monotonic `instant` or later."""
        with self._grown:
            first = bisect.bisect_left(self._moments, instant, key=lambda moment: moment.at)
        return self._first(wanted, first)

    def _first(self, wanted: Callable[[ServiceStatus], bool], position: int) -> Moment:
        deadline = time.monotonic() + PATIENCE
        with self._grown:
            while True:
                while position < len(self._moments):
                    moment = self._moments[position]
                    if wanted(moment.row):
                        return moment
                    position += 1
                if not self._grown.wait(deadline - time.monotonic()):
                    raise RuntimeError(f"not within {PATIENCE:g} s; last: {self._moments[-1:]}")

    def _record(self) -> None:
        seen = -1
        while not self._ended:
            snapshot = self.manager.board.wait(seen, 0.2)
            if snapshot is None:
                continue
            seen = snapshot.version
            moment = Moment(time.monotonic(), snapshot.services[SERVICE])
            with self._grown:
                self._moments.append(moment)
                self._grown.notify_all()
