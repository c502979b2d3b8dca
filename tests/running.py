"""An application under test, with ComfyUI and LiteLLM, and how a test waits for what it should say."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from movie_director.backends.comfyui import BACKEND as COMFYUI
from movie_director.backends.litellm import BACKEND as LITELLM
from movie_director.core.diagnosis import Diagnosis
from movie_director.core.layers import LayerValues
from movie_director.core.model import State
from movie_director.core.snapshot import DiscoveryReport, ServiceStatus, Snapshot
from movie_director.runtime.application import Application
from movie_director.runtime.paths import Folders

from tests.conftest import LONG_TIMEOUT
from tests.watching import BRISK


class Running:
    """`with Running(home) as running:` runs an application with ComfyUI and LiteLLM."""

    def __init__(
        self,
        home: Folders | None = None,
        *,
        local_only: bool = False,
        extra: LayerValues | None = None,
        hide: Callable[[Sequence[str]], None] | None = None,
        awaits_project: bool = False,
        **said: str | None,
    ) -> None:
        self.application = Application(
            home=home,
            environment={f"MOVIE_DIRECTOR_{name}": value for name, value in said.items() if value},
            backends=[COMFYUI, LITELLM],
            local_only=local_only,
            extra=extra,
            policy=BRISK,
            hide=hide,
            awaits_project=awaits_project,
        )

    def __enter__(self) -> Running:
        self.application.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self.application.stop(LONG_TIMEOUT)

    def set(self, service: str, name: str, value: object) -> None:
        self.application.settings.set_value(service, name, value)

    def until(self, wanted: Callable[[ServiceStatus], bool], service: str = "comfyui") -> ServiceStatus:
        """Wait until the row of a service is as wanted, and return it."""
        return self.until_snapshot(lambda snapshot: wanted(snapshot.services[service])).services[service]

    def until_snapshot(self, wanted: Callable[[Snapshot], bool]) -> Snapshot:
        snapshot, deadline = self.snapshot(), time.monotonic() + LONG_TIMEOUT
        while not wanted(snapshot):
            newer = self.application.board.wait(snapshot.version, max(0.0, deadline - time.monotonic()))
            assert newer is not None, snapshot
            snapshot = newer
        return snapshot

    def until_tested(self, target: str) -> Diagnosis:
        """Run a connection test and wait for its end."""
        key = self.application.test(target)
        return self.until_snapshot(lambda snapshot: snapshot.tests[key].finished).tests[key]

    def until_looked_around(self) -> DiscoveryReport:
        """Wait for the end of a look around that was asked for."""
        snapshot = self.until_snapshot(
            lambda snapshot: snapshot.discovery is not None and snapshot.discovery.finished
        )
        assert snapshot.discovery is not None
        return snapshot.discovery

    def until_connected(self, url: str, service: str = "comfyui") -> ServiceStatus:
        return self.until(
            lambda row: row.state is State.CONNECTED and str(row.endpoint) == url.rstrip("/"), service
        )

    def snapshot(self) -> Snapshot:
        snapshot = self.application.board.snapshot()
        assert snapshot is not None
        return snapshot
