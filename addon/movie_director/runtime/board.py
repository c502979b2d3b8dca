# SPDX-License-Identifier: GPL-3.0-or-later
"""The status board: the locked status dict that workers write and everybody else reads."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from ..core.diagnosis import Diagnosis
from ..core.model import Sighting
from ..core.snapshot import DiscoveryReport, Remembered, ServiceStatus, Snapshot
from ..core.veil import Veil

_MOST_TESTS = 50
TOUCH_LIMIT = 0.1
"""Seconds; the lock is held for microseconds."""


class StatusBoard:
    """Holds the newest `Snapshot`; its version grows by one at every change.

    Readers take the reference to a frozen snapshot, which is one atomic step, so `snapshot` never
    waits for anybody: Blender's main thread may call it from a timer.
    """

    def __init__(self) -> None:
        # Law of this lock: held only to compare and swap values, never over I/O or a call outside.
        self._changed = threading.Condition(threading.Lock())
        self._snapshot = Snapshot()
        self._secrets: frozenset[str] = frozenset()
        self._veil = Veil()

    def hide(self, secrets: Iterable[str]) -> None:
        """From now on show none of these either, wherever a server may have put them."""
        with self._changed:
            known = self._secrets.union(secrets)
            if known != self._secrets:
                self._secrets, self._veil = known, Veil(known)

    def snapshot(self, seen: int = -1) -> Snapshot | None:
        """The newest snapshot, or None if it is not newer than version `seen`."""
        newest = self._snapshot
        return newest if newest.version > seen else None

    def wait(self, seen: int, timeout: float) -> Snapshot | None:
        """Block for up to `timeout` seconds until there is a snapshot newer than version `seen`.

        Returns None when the time is over. Not for Blender's main thread.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._snapshot.version > seen, timeout)
        return self.snapshot(seen)

    def reset(self, rows: Iterable[ServiceStatus]) -> None:
        """Replace all rows; their order is the order in which services are shown."""
        self._swap(services=MappingProxyType({row.service: row for row in rows}))

    def publish(self, row: ServiceStatus) -> None:
        """Write the row of one service; an equal row changes nothing."""
        over = self._veil.over
        row = replace(
            row, info=over(row.info), problem=over(row.problem), others=_covered(row.others, self._veil)
        )
        with self._changed:
            services = self._snapshot.services
            if services.get(row.service) == row:
                return
            self._swap_locked(services=MappingProxyType({**services, row.service: row}))

    def publish_test(self, diagnosis: Diagnosis) -> None:
        """Write the state of one connection test; only the newest `_MOST_TESTS` are kept."""
        over = self._veil.over
        diagnosis = replace(diagnosis, info=over(diagnosis.info), layers=over(diagnosis.layers))
        with self._changed:
            older = {key: test for key, test in self._snapshot.tests.items() if key != diagnosis.target}
            kept = [*older.values(), diagnosis][-_MOST_TESTS:]
            self._swap_locked(tests=MappingProxyType({test.target: test for test in kept}))

    def forget_test(self, target: str) -> None:
        """Take back the state of one connection test, if there is one."""
        with self._changed:
            kept = {key: test for key, test in self._snapshot.tests.items() if key != target}
            if len(kept) < len(self._snapshot.tests):
                self._swap_locked(tests=MappingProxyType(kept))

    def publish_discovery(self, report: DiscoveryReport) -> None:
        """Write the state of a look around."""
        self._swap(discovery=replace(report, sightings=_covered(report.sightings, self._veil)))

    def publish_remembered(self, entries: Mapping[str, Remembered]) -> None:
        """Write what services could do when they were last seen; equal entries change nothing."""
        entries = {name: replace(each, info=self._veil.over(each.info)) for name, each in entries.items()}
        with self._changed:
            if not self._snapshot.memory_read or self._snapshot.remembered != entries:
                self._swap_locked(remembered=MappingProxyType(entries), memory_read=True)

    def touch(self) -> None:
        """Make whoever waits look again, though nothing has changed.

        This is part of every stop, so it does not wait for ever: Ctrl-C may have struck the main thread in
        the middle of a `wait`, and then the lock is never given back.
        """
        if self._changed.acquire(timeout=TOUCH_LIMIT):
            try:
                self._swap_locked()
            finally:
                self._changed.release()

    def _swap(self, **changes: object) -> None:
        with self._changed:
            self._swap_locked(**changes)

    def _swap_locked(self, **changes: object) -> None:
        version = self._snapshot.version + 1
        self._snapshot = replace(self._snapshot, version=version, **changes)  # type: ignore[arg-type]
        self._changed.notify_all()


def _covered(sightings: tuple[Sighting, ...], veil: Veil) -> tuple[Sighting, ...]:
    over = veil.over
    return tuple(
        replace(each, info=over(each.info), stranger=over(each.stranger), problem=over(each.problem))
        for each in sightings
    )
