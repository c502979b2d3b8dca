# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings and services of one process: the one object that the user interfaces hold."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..backends import backends as all_backends
from ..backends.base import Backend
from ..core.errors import Problem
from ..core.layers import LayerValues
from ..core.schema import Schema, ServiceTraits
from ..core.settings import Policy, ServiceSettings, Settings
from ..core.settings_view import SettingsView
from .clock import Clock
from .discovery import LOOPBACK_HOSTS
from .manager import Manager
from .paths import Folders
from .settings_store import SettingsStore

log = logging.getLogger(__name__)

_SLICE = 60.0
"""Seconds of one wait; every change and a stop end it."""
_LONGEST_LOAD = 10.0
"""Seconds; after that neither a disk that does not answer nor a project that nobody tells keeps the services
waiting any longer."""


class Application:
    """Settings and services of one process. Every method but `stop` returns at once.

    Without `home` nothing is read from files or kept in them. With `local_only` nothing but this computer is
    contacted. `extra` is what the command line says; `policy` holds the numbers where no setting does. A
    stopped application cannot be started again. `hide` is told every key and password before one of them is
    used, also those that come while it runs, by a thread.

    Services are looked for as soon as the settings are read, or, where these say so, once somebody asks. With
    `awaits_project` that is not before `set_project` has told what the open .blend says.
    """

    def __init__(
        self,
        *,
        home: Folders | None,
        environment: Mapping[str, str],
        backends: Sequence[Backend] | None = None,
        clock: Clock | None = None,
        local_only: bool = False,
        awaits_project: bool = False,
        extra: LayerValues | None = None,
        policy: Policy | None = None,
        hide: Callable[[Sequence[str]], None] | None = None,
    ) -> None:
        known = tuple(all_backends() if backends is None else backends)
        self.schema = schema_of(known)
        self.settings = SettingsStore(
            self.schema,
            environment,
            user_file=None if home is None else Path(home.user_settings),
            config_file=None if home is None else Path(home.config),
            config_is_named=home is not None and home.named_config is not None,
            secrets_file=None if home is None else Path(home.secrets),
            consent_file=None if home is None else Path(home.consent),
            extra=extra,
            local_only=local_only,
            policy=policy,
        )
        memory = None if home is None else Path(home.memory)
        settings = self.settings.newest.settings
        self.manager = Manager(settings, backends=known, clock=clock, memory=memory)
        self.board = self.manager.board
        self._hide = hide
        # Law of this lock: held only to look at the settings and hand them on, never over I/O.
        self._handing = threading.Lock()
        self._applied: Settings | None = None
        self._wanted = threading.Event()
        self._project_is_told = threading.Event()
        if not awaits_project:
            self._project_is_told.set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="md-application", daemon=True)

    @property
    def waits_for_user(self) -> bool:
        """Whether nothing is contacted until `connect`, because the settings say so."""
        view = self.settings.newest
        return view.loaded and not self._wanted.is_set() and not _connects_by_itself(view)

    def start(self) -> None:
        """Read the settings, then watch the services; a second call does nothing."""
        if self._thread.ident is None and not self._stopping.is_set():
            self.settings.start()
            self._thread.start()

    def stop(self, timeout: float = 0.5) -> bool:
        """Write what is left to write, cut every conversation, and wait up to `timeout` seconds for all
        threads to end.

        Returns whether all did; a thread that did not is a daemon and keeps nothing alive. May be called
        twice, and without a start.
        """
        deadline = time.monotonic() + timeout
        self._stopping.set()
        self._project_is_told.set()
        self.settings.request_stop()
        if self._thread.ident is not None:  # first, for it starts the services
            self._thread.join(timeout / 2)
        services_ended = self.manager.stop(max(0.0, deadline - time.monotonic()))
        settings_ended = self.settings.join(max(0.0, deadline - time.monotonic()))
        return services_ended and settings_ended and not self._thread.is_alive()

    def connect(self) -> None:
        """Look for the services although the settings say that this is not done by itself."""
        self._wanted.set()
        self.settings.touch()

    def refresh(self) -> None:
        """Look around for everything, check what is connected, and try what is not."""
        self._hand_over()
        self.connect()
        self.manager.refresh()

    def retry_now(self, service: str | None = None) -> None:
        """Try again without waiting, all services or one. Raises `ConfigError` (``unknown-service``)."""
        self._hand_over()
        self.manager.retry_now(service)
        self.connect()

    def discover(
        self, hosts: Sequence[str] = LOOPBACK_HOSTS, *, deep: bool = False, mdns: bool = False
    ) -> None:
        """As `Manager.discover`, with the settings of this moment."""
        self._hand_over()
        self.manager.discover(hosts, deep=deep, mdns=mdns)

    def test(self, target: str) -> str:
        """As `Manager.test`, with the settings of this moment."""
        self._hand_over()
        if self._hide is not None:
            self._hide(ServiceSettings(url=target).secrets)
        return self.manager.test(target)

    def set_local_only(self, local_only: bool) -> None:
        """Whether nothing but this computer may be contacted; holds at once."""
        self.settings.set_local_only(local_only)

    def set_project(
        self,
        said: Mapping[str, Mapping[str, object]] | None,
        where: str = "",
        faults: tuple[Problem, ...] = (),
    ) -> None:
        """As `SettingsStore.set_project`; services that waited for it are looked for now."""
        self.settings.set_project(said, where, faults)
        self._project_is_told.set()

    def _run(self) -> None:
        """Hand every change of the settings on to the services."""
        seen = -1
        try:
            deadline = time.monotonic() + _LONGEST_LOAD
            self.settings.wait_until_loaded(_LONGEST_LOAD)
            self._project_is_told.wait(max(0.0, deadline - time.monotonic()))
            while not self._stopping.is_set():
                view = self.settings.wait(seen, _SLICE)
                if view is not None:
                    view = self._hand_over()
                    seen = view.version
                    if _connects_by_itself(view):
                        self._wanted.set()
                    self.manager.start(paused=not self._wanted.is_set())
        except Exception:
            log.exception("settings are not applied any more: a fault of ours")

    def _hand_over(self) -> SettingsView:
        """Give the services the newest settings, which are returned; older ones never come after them."""
        with self._handing:
            view = self.settings.newest
            if view.settings != self._applied:
                self._applied = view.settings
                if self._hide is not None:
                    self._hide(view.settings.secrets)
                self.manager.apply(view.settings)
        return view


def schema_of(backends: Sequence[Backend]) -> Schema:
    """The schema of all settings of a program with these backends."""
    return Schema(
        tuple(
            ServiceTraits(backend.name, backend.label, backend.default_port, backend.required)
            for backend in backends
        )
    )


def _connects_by_itself(view: SettingsView) -> bool:
    return bool(view.effective.get("", "auto_connect").value)
