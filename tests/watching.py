# SPDX-License-Identifier: GPL-3.0-or-later
"""A manager under test, and how a test waits for what it should say."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import TracebackType

from movie_director.backends import backends as all_backends
from movie_director.backends.base import Backend
from movie_director.core.diagnosis import Diagnosis
from movie_director.core.keyring import Key, Keyring
from movie_director.core.model import State
from movie_director.core.settings import Policy, ServiceSettings, Settings
from movie_director.core.snapshot import ServiceStatus, Snapshot
from movie_director.runtime.clock import Clock
from movie_director.runtime.manager import Manager

from tests.conftest import LONG_TIMEOUT

BRISK = Policy(
    check_interval=0.3,
    check_timeout=0.5,
    recheck_interval=0.1,
    confirm_interval=0.05,
    attempt_spacing=0.05,
    attempts_per_minute=1000,
    presence_loopback=0.1,
    stream_retry=0.5,
)
"""The defaults' proportions, a tenth of their times: for tests that are not about the times."""


def free_port() -> int:
    """A port on which nothing listens, for a server that is started later."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Watching:
    """`with Watching(url) as watching:` runs a manager with one service, ComfyUI unless told otherwise."""

    def __init__(
        self,
        url: str = "",
        policy: Policy = BRISK,
        *,
        service: str = "comfyui",
        backends: Sequence[Backend] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.service = service
        self.settings = ServiceSettings(url=url, policy=policy)
        watched = [each for each in all_backends() if each.name == service] if backends is None else backends
        self.manager = Manager(self._all(), backends=watched, clock=clock)

    def __enter__(self) -> Watching:
        self.manager.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stopped = self.manager.stop(timeout=LONG_TIMEOUT)
        assert stopped or kind is not None, "a worker did not end"

    @property
    def row(self) -> ServiceStatus:
        snapshot = self.manager.board.snapshot()
        assert snapshot is not None
        return snapshot.services[self.service]

    def change(self, **changes: object) -> None:
        """Apply the settings with some fields changed."""
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]
        self.manager.apply(self._all())

    def enter_key(self, api_key: str) -> None:
        """Apply the settings with this key and no other, for the address that they name."""
        self.change(keys=Keyring().add(self.settings.url, Key(api_key)))

    def until(self, wanted: Callable[[ServiceStatus], bool], timeout: float = LONG_TIMEOUT) -> ServiceStatus:
        """Wait until the row is as wanted, and return it; fail with the last row otherwise."""
        return self.until_snapshot(
            lambda snapshot: wanted(snapshot.services[self.service]), timeout
        ).services[self.service]

    def until_state(self, *states: State, timeout: float = LONG_TIMEOUT) -> ServiceStatus:
        return self.until(lambda row: row.state in states, timeout)

    def until_connected(self, timeout: float = LONG_TIMEOUT) -> ServiceStatus:
        """Connected and with all its facts read."""
        return self.until(
            lambda row: row.state is State.CONNECTED and row.info is not None and row.info.complete, timeout
        )

    def until_tested(self, target: str) -> Diagnosis:
        """Run a connection test and wait for its end."""
        key = self.manager.test(target)
        snapshot = self.until_snapshot(lambda snapshot: snapshot.tests[key].finished)
        return snapshot.tests[key]

    def until_snapshot(self, wanted: Callable[[Snapshot], bool], timeout: float = LONG_TIMEOUT) -> Snapshot:
        deadline = time.monotonic() + timeout
        snapshot = self.manager.board.snapshot()
        while snapshot is None or not wanted(snapshot):
            seen = -1 if snapshot is None else snapshot.version
            newer = self.manager.board.wait(seen, deadline - time.monotonic())
            assert newer is not None, f"not within {timeout:g} s; last: {snapshot}"
            snapshot = newer
        return snapshot

    def rows_until(self, wanted: Callable[[ServiceStatus], bool]) -> list[ServiceStatus]:
        """Every row seen on the way to the wanted one, which is the last."""
        rows: list[ServiceStatus] = []

        def note(row: ServiceStatus) -> bool:
            rows.append(row)
            return wanted(row)

        self.until(note)
        return rows

    def _all(self) -> Settings:
        return Settings().with_service(self.service, self.settings)
