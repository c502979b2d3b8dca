"""The tour: every service connects, one demo after the other is killed and comes back, with the times."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import _demo
from movie_director.core import presentation
from movie_director.core.changes import Change, ChangeLog, Kind, change_text
from movie_director.core.messages import Explanation
from movie_director.core.settings import Settings
from movie_director.core.snapshot import ServiceStatus, Snapshot
from movie_director.runtime.manager import Manager

CONNECT_LIMIT = 6.0
"""Seconds to wait for services of which one may not be running."""
CHANGE_LIMIT = 30.0
"""Seconds for what is certain to come, on a computer with much else to do."""
PAUSE = 1.0
"""Seconds between two kills, so that one can read what is said."""


@dataclass
class Times:
    """What was measured of one service, in seconds."""

    connected: float | None = None
    """After the start."""
    lost: float | None = None
    """After the kill."""
    back: float | None = None
    """After its port answered again."""


class Tour:
    """Watches the services, prints what is news, and measures."""

    def __init__(self, settings: Settings, demos: dict[str, _demo.Demo]) -> None:
        self.manager = Manager(settings)
        self._demos = demos
        self._names = [each.name for each in self.manager.backends if settings.of(each.name).enabled]
        self._news = ChangeLog()
        self._seen = -1
        self._start = time.monotonic()
        self._times = {name: Times() for name in self._names}

    def give(self) -> bool:
        """Connect, kill and restart the demos, and sum up; return whether all went well."""
        connected = self._connect()
        came_back = self._kill_and_restart() if self._demos else True
        self._sum_up()
        return connected and came_back

    def watch(self) -> None:
        """Print news until Ctrl-C."""
        with contextlib.suppress(KeyboardInterrupt):
            print("\nWatching; Ctrl-C ends it and the demos.", flush=True)
            while True:
                self._until(lambda snapshot: False, 60.0)
        print()

    def _connect(self) -> bool:
        print("\nConnecting ...", flush=True)
        self._start = time.monotonic()
        self.manager.start()
        only_demos = set(self._names) <= set(self._demos)
        ready = self._until(self._all_green, CHANGE_LIMIT if only_demos else CONNECT_LIMIT)
        snapshot = ready or self.manager.board.snapshot()
        for name in self._names:
            if snapshot is not None and self._is_green(snapshot, name):
                self._times[name].connected = snapshot.services[name].since - self._start
        return ready is not None

    def _kill_and_restart(self) -> bool:
        """Kill one demo after the other, start each again at once, and wait until all are back."""
        print("\nKilling the demos one by one, as crashes would, and starting them again ...", flush=True)
        # Those that start slowly first: they come back while the others are killed.
        demos = sorted(self._demos.values(), key=lambda demo: demo.seconds_to_start, reverse=True)
        for demo in demos:
            if not self._kill(demo):
                return False
            demo.start()
            self._until(lambda snapshot: False, PAUSE)
        for demo in demos:
            demo.wait()
        back = self._until(lambda snapshot: all(self._is_green(snapshot, name) for name in self._demos))
        if back is None:
            return False
        for name, demo in self._demos.items():
            self._times[name].back = back.services[name].since - demo.answering_since
        return True

    def _kill(self, demo: _demo.Demo) -> bool:
        name = demo.backend.name
        killed = demo.kill()
        down = self._until(lambda snapshot: presentation.is_down(snapshot.services[name]))
        if down is None:
            return False
        self._times[name].lost = down.services[name].since - killed
        explanation = self._explained(down.services[name])
        print(f"            {explanation.advice if explanation else ''}", flush=True)
        return True

    def _sum_up(self) -> None:
        snapshot = self.manager.board.snapshot() or Snapshot()
        rows = [status for status in snapshot.services.values() if status.service in self._names]
        print("\nSummary")
        for line in table({self._label(status): self._times[status.service] for status in rows}):
            print(f"  {line}")
        for status in rows:
            if not presentation.is_usable(status):
                explanation = self._explained(status)
                told = f"{explanation.title} {explanation.advice}" if explanation else "not connected yet"
                print(f"  {self._label(status)}: {told}")
        if not self._demos:
            print("  There is no demo here, and only a demo is ever killed.")
        self._say_what_next()

    def _say_what_next(self) -> None:
        print("\nNext")
        for demo in self._demos.values():
            print(f"  {demo.backend.start_hint}")
        if self._demos:
            print("  What of these is running needs no demo in the next run.")
        print("  python3 scripts/movie-director watch   shows your services in a live table")
        print("  python3 scripts/movie-director test    tests each connection, layer by layer", flush=True)

    def _until(self, reached: Callable[[Snapshot], bool], limit: float = CHANGE_LIMIT) -> Snapshot | None:
        """Print news until `reached` holds, and return that snapshot; None after `limit` seconds."""
        deadline = time.monotonic() + limit
        while (remaining := deadline - time.monotonic()) > 0:
            # In slices, because on Windows Ctrl-C does not end a longer wait.
            snapshot = self.manager.board.wait(self._seen, min(remaining, 1.0))
            if snapshot is None:
                continue
            self._seen = snapshot.version
            for change in self._news.update(snapshot, time.monotonic()):
                if change.kind is not Kind.ON:  # no news here: the tour itself switched it on
                    self._print(change)
            if reached(snapshot):
                return snapshot
        return None

    def _all_green(self, snapshot: Snapshot) -> bool:
        return all(self._is_green(snapshot, name) for name in self._names)

    def _is_green(self, snapshot: Snapshot, name: str) -> bool:
        """Whether it is ready; a real one may have work to do."""
        status = snapshot.services[name]
        return presentation.is_ready(status) if name in self._demos else presentation.is_usable(status)

    def _label(self, status: ServiceStatus) -> str:
        return f"{status.label} (demo)" if status.service in self._demos else status.label

    def _explained(self, status: ServiceStatus) -> Explanation | None:
        hints = {backend.name: backend.start_hint for backend in self.manager.backends}
        return presentation.explained(status, hints[status.service])

    def _print(self, change: Change) -> None:
        utf = "utf" in (sys.stdout.encoding or "").lower()
        mark = (presentation.MARKS if utf else presentation.ASCII_MARKS)[presentation.colour(change.status)]
        since = max(0.0, change.at - self._start)
        print(f"  {since:6.2f} s  {mark} {self._label(change.status)} {change_text(change)}", flush=True)


def table(times: Mapping[str, Times]) -> list[str]:
    """The lines of a table with what was measured of each service, by its label."""
    width = max(map(len, ("service", *times)))
    lines = [f"{'service':<{width}}  connected  loss noticed  connected again"]
    for label, each in times.items():
        figures = f"{_seconds(each.connected):>9}  {_seconds(each.lost):>12}  {_seconds(each.back):>15}"
        lines.append(f"{label:<{width}}  {figures}")
    note = "connected: after the start; loss: after the kill; again: after its port answered"
    return [*lines, note]


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{max(0.0, value):.3f} s"
