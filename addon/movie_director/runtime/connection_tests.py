# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection tests that somebody asked for, and for how long their results stand."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from ..backends.base import Backend
from ..core.diagnosis import Diagnosis
from ..core.endpoint import Endpoint
from ..core.settings import ServiceSettings, Settings
from ..transport.sockets import SocketFactory
from .board import StatusBoard
from .diagnose import ConnectionTest
from .errands import Errands


class ConnectionTests:
    """Runs tests, each in a daemon thread, one at a time of each target; results appear on the board.

    A result is about an address, a key and certificates: with other ones it goes, and a test that still runs
    ends.
    """

    def __init__(self, board: StatusBoard, backends: Sequence[Backend]) -> None:
        self._board = board
        self._backends = backends
        self._errands = Errands()
        # Law of this lock: held only to compare and swap values, of the board as well.
        self._lock = threading.Lock()
        self._newest: dict[str, _Test] = {}
        self._begun = 0
        self._is_over = False

    def begin(
        self, target: str, backend: Backend | None, settings: ServiceSettings, known: Endpoint | None
    ) -> None:
        """Begin a test unless the same one is under way; see `ConnectionTest` for the arguments."""
        with self._lock:
            before = self._newest.get(target)
            if self._is_over or (before is not None and before.is_same(settings)):
                return
            test = self._newest[target] = _Test(settings)
            self._board.publish_test(Diagnosis(target, backend.name if backend else None))
            self._begun += 1
            name = f"test {target} {self._begun}"
        if before is not None:
            before.sockets.close()

        def publish(diagnosis: Diagnosis) -> None:
            with self._lock:
                if self._newest.get(target) is test:
                    self._board.publish_test(diagnosis)
                    test.is_finished = diagnosis.finished
                    if test.is_finished and backend is None:
                        del self._newest[target]  # no setting is about it

        run = ConnectionTest(target, backend, self._backends, settings, test.sockets, publish).run
        self._errands.run(name, lambda: run(known))

    def apply(self, settings: Settings) -> None:
        """Forget the tests of services that have another address, key or certificates now."""
        outdated = []
        with self._lock:
            for backend in self._backends:
                test = self._newest.get(backend.name)
                if test is not None and test.about != _about(settings.of(backend.name)):
                    outdated.append(self._newest.pop(backend.name))
                    self._board.forget_test(backend.name)
        for test in outdated:
            test.sockets.close()

    def request_stop(self) -> None:
        """End every test; returns at once."""
        with self._lock:
            self._is_over = True
            tests = list(self._newest.values())
        for test in tests:
            test.sockets.close()

    def join(self, timeout: float) -> bool:
        """Wait for the end; False if a thread still lives after `timeout` seconds."""
        return self._errands.join(timeout)


class _Test:
    """One test, and what it is about."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.about = _about(settings)
        self.sockets = SocketFactory("test")
        self.is_finished = False

    def is_same(self, settings: ServiceSettings) -> bool:
        """Whether it is under way, with these settings."""
        return not self.is_finished and self.about == _about(settings)


def _about(settings: ServiceSettings) -> tuple[object, ...]:
    return settings.url, settings.keys, settings.ca_file, settings.withheld
