"""The tour that scripts/run.py gives: what is here, what stands in for the rest, one kill, one return."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import _demo
from movie_director.backends import backends
from movie_director.backends.base import Backend
from movie_director.core import presentation
from movie_director.core.changes import Change, ChangeLog, Kind, change_text
from movie_director.core.errors import ConfigError
from movie_director.core.messages import explain
from movie_director.core.model import Sighting
from movie_director.core.settings import Policy, Settings, settings_from_environment
from movie_director.core.snapshot import ServiceStatus, Snapshot
from movie_director.runtime import discovery
from movie_director.runtime.manager import Manager
from movie_director.transport.sockets import SocketFactory

CONNECT_LIMIT = 6.0
CHANGE_LIMIT = 30.0
DOWN_FOR = 2.0
"""Seconds that the killed demo stays down, so that one can read what is said about it."""


def show(python: Path, *, demos: bool, keep: bool) -> int:
    """Give the tour; return the exit status. `python` is the interpreter that runs the demos."""
    services = backends()
    try:
        settings = settings_from_environment([backend.name for backend in services], os.environ)
    except ConfigError as error:
        explanation = explain(error.problem)
        print(f"{explanation.title} {explanation.advice}", file=sys.stderr)
        return 2
    found = look_around(services)
    missing = [backend for backend in services if demos and may_stand_in(backend, settings, found)]
    for backend in missing:
        print(f"{backend.label} is not running here: a demo stands in for it.", flush=True)
    try:
        with _demo.started([_demo.Demo(backend, python) for backend in missing]) as running:
            return give_tour(settings, running, keep=keep)
    except _demo.DemoFailed as failure:
        print(failure, file=sys.stderr)
        return 1


def give_tour(settings: Settings, demos: dict[str, _demo.Demo], *, keep: bool) -> int:
    for name, demo in demos.items():
        if not demo.is_where_expected:
            settings = settings.with_service(name, replace(settings.of(name), url=demo.url))
    tour = Tour(settings, demos)
    try:
        succeeded = tour.give()
        if keep:
            tour.watch()
        return 0 if succeeded else 1
    finally:
        tour.manager.stop()


def look_around(services: Sequence[Backend]) -> tuple[Sighting, ...]:
    """Return what answers at the usual ports, and print it."""
    print("Looking for AI services on this computer ...", flush=True)
    start = time.monotonic()
    places = discovery.candidates(services)
    sockets = SocketFactory("look-around")
    try:
        found = list(discovery.look_around(places, services, sockets, Policy()))
    finally:
        sockets.close()
    milliseconds = (time.monotonic() - start) * 1000
    labels = {backend.name: backend.label for backend in services}
    sightings = discovery.in_port_order(found, places)
    for sighting in sightings:
        what = labels.get(sighting.service or "", f"another program {sighting.stranger}".rstrip())
        print(f"  {sighting.endpoint.url}: {what}")
    print(f"  {len(places)} addresses tried in {milliseconds:.0f} ms", flush=True)
    return sightings


def may_stand_in(backend: Backend, settings: Settings, found: Sequence[Sighting]) -> bool:
    """Whether a demo is welcome: the service is switched on, not here, and not said to be elsewhere."""
    service = settings.of(backend.name)
    is_here = any(sighting.service == backend.name for sighting in found)
    return backend.name in _demo.MODULES and service.enabled and not service.url and not is_here


class Tour:
    """Watches the services, prints what is news, and measures."""

    def __init__(self, settings: Settings, demos: dict[str, _demo.Demo]) -> None:
        self.manager = Manager(settings)
        self._demos = demos
        self._names = [each.name for each in self.manager.backends if settings.of(each.name).enabled]
        self._news = ChangeLog()
        self._seen = -1
        self._start = time.monotonic()
        self._measured: list[str] = []

    def give(self) -> bool:
        """Connect, kill and restart one demo if there is one, and sum up; return whether all went well."""
        succeeded = self._connect() and all(self._kill_and_restart(demo) for demo in self._one_demo())
        self._sum_up()
        return succeeded

    def watch(self) -> None:
        """Print news until Ctrl-C."""
        with contextlib.suppress(KeyboardInterrupt):
            print("\nWatching; Ctrl-C ends it and the demos.", flush=True)
            while True:
                self._until(lambda snapshot: False, 60.0)
        print()

    def _one_demo(self) -> list[_demo.Demo]:
        return list(self._demos.values())[:1]

    def _connect(self) -> bool:
        print("\nConnecting ...", flush=True)
        self._start = time.monotonic()
        self.manager.start()
        ready = self._until(self._all_ready, CONNECT_LIMIT)
        if ready is None:
            return False
        moment = max(ready.services[name].since for name in self._names)
        self._measure("found and connected", moment - self._start, "after the start")
        return True

    def _kill_and_restart(self, demo: _demo.Demo) -> bool:
        name, label = demo.backend.name, demo.backend.label
        print(f"\nKilling the demo of {label}, as a crash would ...", flush=True)
        killed = demo.kill()
        down = self._until(lambda snapshot: presentation.is_down(snapshot.services[name]), CHANGE_LIMIT)
        if down is None:
            return False
        self._measure("loss noticed", down.services[name].since - killed, "after the kill")
        print(f"            {self._explain(down.services[name])}", flush=True)
        self._until(lambda snapshot: False, DOWN_FOR)

        print(f"\nStarting the demo of {label} again ...", flush=True)
        answering = demo.start()
        back = self._until(lambda snapshot: presentation.is_ready(snapshot.services[name]), CHANGE_LIMIT)
        if back is None:
            return False
        self._measure("connected again", back.services[name].since - answering, "after its port answered")
        return True

    def _sum_up(self) -> None:
        print("\nSummary")
        for line in self._measured:
            print(f"  {line}")
        snapshot = self.manager.board.snapshot()
        for status in snapshot.services.values() if snapshot else ():
            if status.service in self._names and not presentation.is_usable(status):
                print(f"  {self._label(status)}: {self._explain(status)}")
        if not self._demos:
            print("  There is no demo here, and only a demo is ever killed.")
        print("\nNext")
        for demo in self._demos.values():
            print(f"  {demo.backend.start_hint} The next run then needs no demo.")
        print("  python3 scripts/movie-director watch   shows your services in a live table")
        print("  python3 scripts/movie-director test    tests each connection, layer by layer", flush=True)

    def _until(self, reached: Callable[[Snapshot], bool], limit: float) -> Snapshot | None:
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

    def _all_ready(self, snapshot: Snapshot) -> bool:
        return all(presentation.is_ready(snapshot.services[name]) for name in self._names)

    def _label(self, status: ServiceStatus) -> str:
        return f"{status.label} (demo)" if status.service in self._demos else status.label

    def _explain(self, status: ServiceStatus) -> str:
        hints = {backend.name: backend.start_hint for backend in self.manager.backends}
        explanation = presentation.explained(status, hints[status.service])
        return f"{explanation.title} {explanation.advice}" if explanation else "not connected yet"

    def _measure(self, what: str, seconds: float, since: str) -> None:
        self._measured.append(f"{what:<20}{max(0.0, seconds):7.3f} s {since}")

    def _print(self, change: Change) -> None:
        utf = "utf" in (sys.stdout.encoding or "").lower()
        mark = (presentation.MARKS if utf else presentation.ASCII_MARKS)[presentation.colour(change.status)]
        since = max(0.0, change.at - self._start)
        print(f"  {since:6.2f} s  {mark} {self._label(change.status)} {change_text(change)}", flush=True)
