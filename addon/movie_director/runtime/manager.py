# SPDX-License-Identifier: GPL-3.0-or-later
"""The manager: one board, one worker per backend; the only object that the outside holds."""

from __future__ import annotations

import difflib
import time
from collections.abc import Sequence
from pathlib import Path

from ..backends import backends as all_backends
from ..backends.base import Backend
from ..core.endpoint import Endpoint, parse_url, without_credentials
from ..core.errors import ConfigError, ProblemCode, problem
from ..core.events import RetryNow
from ..core.model import Source
from ..core.settings import ServiceSettings, Settings
from ..core.settings_view import online_access_off
from ..core.snapshot import ServiceStatus
from ..transport.mdns import browse
from ..transport.sockets import SocketFactory
from .board import StatusBoard
from .clock import Clock, SystemClock
from .connection_tests import ConnectionTests
from .discovery import LOOPBACK_HOSTS, for_every_service, survey
from .errands import Errands
from .memory import Memory
from .worker import ServiceWorker

_LOCAL_NETWORK = "the local network"


class Manager:
    """Watches all services from `start` to `stop`; every method but `stop` returns at once.

    While it is paused, services are contacted by tests and looks around that somebody asks for, and not else.

    Results appear on `board`; nobody is called back. A stopped manager cannot be started again. `memory` is
    the file that keeps what services could do when they were last seen; without one nothing is kept.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        backends: Sequence[Backend] | None = None,
        clock: Clock | None = None,
        memory: Path | None = None,
    ) -> None:
        self.board = StatusBoard()
        self.board.hide(settings.secrets)
        self.backends = tuple(all_backends() if backends is None else backends)
        self._settings = settings
        clock = SystemClock() if clock is None else clock
        self._workers = {
            backend.name: ServiceWorker(
                backend, settings.of(backend.name), self.board, clock, self._others_than(backend)
            )
            for backend in self.backends
        }
        self._memory = None if memory is None else Memory(memory, self.board, clock)
        self._sockets = SocketFactory("manager")
        self._remembers = self._watches = False
        self._errands = Errands()
        self._tests = ConnectionTests(self.board, self.backends)
        self._looks_around = 0
        self.board.reset(worker.first_row() for worker in self._workers.values())

    def start(self, *, paused: bool = False) -> None:
        """Start the memory, and one worker thread per service; while `paused`, these wait for another call.

        What has been started goes on: one call more does nothing, paused or not.
        """
        if self._memory is not None and not self._remembers:
            self._memory.start()
        self._remembers = True
        if not (paused or self._watches):
            self._watches = True
            for worker in self._workers.values():
                worker.start()

    def stop(self, timeout: float = 0.5) -> bool:
        """Cut every conversation and wait up to `timeout` seconds for all threads to end.

        Returns whether all did; a thread that did not is a daemon and keeps nothing alive. May be
        called twice, and without a start.
        """
        deadline = time.monotonic() + timeout
        self._sockets.close()
        self._tests.request_stop()
        for worker in self._workers.values():
            worker.request_stop()
        threads: list[ServiceWorker | Memory | Errands | ConnectionTests] = [*self._workers.values()]
        if self._memory is not None:
            self._memory.request_stop()
            threads.append(self._memory)
        threads += [self._errands, self._tests]
        ended = [thread.join(max(0.0, deadline - time.monotonic())) for thread in threads]
        return all(ended)

    def apply(self, settings: Settings) -> None:
        """Use these settings from now on; only services whose own settings changed reconnect, and lose the
        result of a test that was about other ones."""
        self._settings = settings
        self.board.hide(settings.secrets)
        self._tests.apply(settings)
        for name, worker in self._workers.items():
            worker.apply(settings.of(name))

    def retry_now(self, service: str | None = None) -> None:
        """Try again without waiting, all services or one; a connected one is checked at once.

        Raises `ConfigError` (``unknown-service``).
        """
        chosen = self._workers.values() if service is None else [self._workers[self._known(service).name]]
        for worker in chosen:
            worker.send(RetryNow())

    def refresh(self) -> None:
        """Look around for everything, check what is connected, and try what is not."""
        self.retry_now()
        self.discover()

    def discover(
        self, hosts: Sequence[str] = LOOPBACK_HOSTS, *, deep: bool = False, mdns: bool = False
    ) -> None:
        """Look for all enabled services; `Snapshot.discovery` grows until it is finished.

        `deep` looks at every port of this computer on which anybody listens, `mdns` asks the local network
        what it advertises. A look that is under way goes on, one of another kind takes its place. Services
        that are waited for are tried at once where they were met. Raises `ConfigError`
        (``online-access-off``) where this computer alone may be contacted and more is asked for.
        """
        if self._settings.local_only:
            self._refuse_others(hosts, mdns=mdns)
        name = f"look-around deep={deep} mdns={mdns} {' '.join(hosts)}"
        if self._errands.is_running(name):
            return
        self._looks_around += 1
        number = self._looks_around
        self._errands.run(name, lambda: self._look_around(number, hosts, deep=deep, mdns=mdns))

    def test(self, target: str) -> str:
        """Test a service by name, or whatever answers at a URL; the same test that is under way goes on.

        Returns the key under which `Snapshot.tests` holds the growing result. Raises `ConfigError` for
        text that is neither, and for an address that must not be contacted now.
        """
        if target in self._workers:
            backend, settings = self._known(target), self._settings.of(target)
            row = self.board.snapshot()
            known = None if row is None else _found(row.services[target], settings)
        elif _looks_like_address(target):
            endpoint = parse_url(target).endpoint
            if self._settings.local_only and not endpoint.is_loopback:
                raise ConfigError(online_access_off(endpoint.authority))
            backend, settings, known = None, ServiceSettings(url=target), None
        else:
            raise self._unknown(target)
        key = without_credentials(target)
        self.board.hide(settings.secrets)
        self._tests.begin(key, backend, settings, known)
        return key

    def _look_around(self, number: int, hosts: Sequence[str], *, deep: bool, mdns: bool) -> None:
        report, network, settings = None, browse if mdns else None, self._settings
        for report in survey(settings, self.backends, self._sockets, hosts, deep=deep, mdns=network):
            if number != self._looks_around:
                return
            self.board.publish_discovery(report)
        if report is not None:
            report = for_every_service(report, settings, self.backends)
            for worker in self._workers.values():
                worker.learn(report)

    def _refuse_others(self, hosts: Sequence[str], *, mdns: bool) -> None:
        for host in hosts:
            if not Endpoint("http", host, 80).is_loopback:
                raise ConfigError(online_access_off(host))
        if mdns:
            raise ConfigError(online_access_off(_LOCAL_NETWORK))

    def _others_than(self, backend: Backend) -> tuple[Backend, ...]:
        return tuple(each for each in self.backends if each is not backend)

    def _known(self, service: str) -> Backend:
        for backend in self.backends:
            if backend.name == service:
                return backend
        raise self._unknown(service)

    def _unknown(self, name: str) -> ConfigError:
        names = [backend.name for backend in self.backends]
        nearest = difflib.get_close_matches(name.lower(), names, n=1)
        return ConfigError(
            problem(
                ProblemCode.UNKNOWN_SERVICE,
                f"'{without_credentials(name)[:60]}' is neither a service nor an address",
                retry=False,
                value=without_credentials(name)[:60],
                known=", ".join(names),
                nearest=nearest[0] if nearest else "",
            )
        )


def _found(status: ServiceStatus, settings: ServiceSettings) -> Endpoint | None:
    """Where the service was found by itself; None where it may not be contacted, and where that was set:
    it may be set no longer."""
    endpoint = status.endpoint
    if endpoint is None or status.source is Source.CONFIGURED:
        return None
    return None if settings.local_only and not endpoint.is_loopback else endpoint


def _looks_like_address(text: str) -> bool:
    return any(mark in text for mark in ":./[") or text == "localhost"
