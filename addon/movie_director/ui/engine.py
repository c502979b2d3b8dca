# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the settings and services of this Blender, from the first tick until the add-on is switched off.

The rooms below are imported, and the application is made, in a thread: both take a tenth of a second or more,
for which Blender's main thread has no time. Once `application` gives one, what shows it is imported too.

Timers never fire in background mode. A script that wants to know the services there calls `ensure_started`,
see docs/scripting.md.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from .. import VERSION
from . import online

if TYPE_CHECKING:
    from ..core.evidence import Surroundings
    from ..core.snapshot import Snapshot
    from ..runtime.application import Application
    from ..runtime.log import Log
    from ..runtime.paths import Folders

log = logging.getLogger(__name__)

STOP_LIMIT = 0.5
"""Seconds that the end of the add-on, and of Blender, may wait for our threads."""
_LOG_SHARE = 0.1
"""Seconds of these that are left for the log to be written."""

_IMPORTED = (
    "..core.cards",
    "..transport.http",
    "..backends",
    "..runtime.manager",
    "..runtime.application",
    ".drawing",
    ".viewing",
    "..core.preference_cards",
    ".preference_drawing",
    ".preference_values",
    ".preference_form",
    ".project_parts",
    ".status_values",
    ".ticking",
    "..core.diagnostics",
    "..core.diagnostics_text",
)
"""What the engine's thread imports, for itself and for the main thread; between two steps it can end.

Ticks import nothing else of ours.
"""


class StartFailed(RuntimeError):
    """The services are not watched, because of a mistake of ours or a damaged installation."""


class _Life:
    """One life of the application: made in a thread, ended from outside."""

    def __init__(self, local_only: bool, blender: str) -> None:
        self.application: Application | None = None
        self.surroundings: Surroundings | None = None
        self.log: Log | None = None
        self.error: Exception | None = None
        self._local_only = local_only
        self._blender = blender
        self._over = threading.Event()
        self._ready = threading.Event()
        # Held only to compare `_over` with starting the threads, which is quick.
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._begin, name="md-engine", daemon=True)
        self._thread.start()

    def wait(self, timeout: float) -> Application:
        if not self._ready.wait(timeout):
            raise StartFailed(f"not started after {timeout:g} s")
        if self.application is None:
            raise StartFailed("could not be started") from self.error
        return self.application

    def set_local_only(self, local_only: bool) -> None:
        if self.application is not None and local_only is not self._local_only:
            self._local_only = local_only
            self.application.set_local_only(local_only)

    def end(self, timeout: float) -> bool:
        deadline = time.monotonic() + timeout
        with self._lock:
            self._over.set()
            application, self.application = self.application, None
            opened, self.log = self.log, None
        if application is not None:
            ended = application.stop(max(0.0, timeout - _LOG_SHARE))
        else:
            self._thread.join(max(0.0, timeout - _LOG_SHARE))
            ended = not self._thread.is_alive()
        if opened is not None:
            ended = opened.close(max(0.0, deadline - time.monotonic())) and ended
        return ended

    def _begin(self) -> None:
        try:
            from ..runtime.paths import folders

            home = folders(sys.platform, os.environ, os.path.expanduser("~"))
            self._open_log(home)
            for name in _IMPORTED:
                if self._over.is_set():
                    return
                importlib.import_module(name, __package__)
            application = self._made(home)
            with self._lock:
                if not self._over.is_set():
                    application.start()
                    self.application = application
        except Exception as error:
            self.error = error
            if not self._over.is_set():
                log.exception("the services are not watched")
        finally:
            self._ready.set()

    def _open_log(self, home: Folders) -> None:
        """Log to the user's folder, and what is serious to Blender's console as well."""
        from ..core.errors import ConfigError
        from ..runtime.log import level_from, open_log

        level, wrong = logging.INFO, ""
        try:
            level = level_from(os.environ)
        except ConfigError as error:
            wrong = error.problem.detail
        with self._lock:
            if self._over.is_set():
                return
            self.log = open_log(
                Path(home.logs), level, console=sys.stderr, console_level=logging.WARNING, deferred=True
            )
        if wrong:
            log.warning("%s", wrong)

    def _made(self, home: Folders) -> Application:
        from ..runtime.application import Application
        from ..runtime.surroundings import surroundings
        from ..transport import isolation

        isolation.install()
        opened = self.log
        self.surroundings = surroundings(".".join(map(str, VERSION)), os.environ, home, blender=self._blender)
        log.info("%s, process %d", ", ".join(self.surroundings.versions), os.getpid())
        return Application(
            home=home,
            environment=os.environ,
            local_only=self._local_only,
            awaits_project=True,
            hide=None if opened is None else opened.hide,
        )


_life: _Life | None = None


def threads() -> list[threading.Thread]:
    """Threads of ours that live."""
    return [each for each in threading.enumerate() if each.name.startswith("md-")]


def start() -> None:
    """Begin to watch the services, unless that has begun; returns at once. Main thread only."""
    global _life
    if _life is None:
        _life = _Life(not online.is_allowed(), bpy.app.version_string)


def ensure_started(timeout: float = 10.0) -> Application:
    """Start if need be and wait until the services are watched; for scripts, never for the user interface.

    In background mode it may be called by the main thread alone, for it also reads what the open .blend says:
    nobody ticks there. Raises `StartFailed`.
    """
    start()
    assert _life is not None
    application = _life.wait(timeout)
    if bpy.app.background:
        from . import bridge

        bridge.tick()
    return application


def application() -> Application | None:
    """Settings and services; None before they are there, and after `stop`."""
    return None if _life is None else _life.application


def failure() -> Exception | None:
    """Why the services will not be watched in this life of the add-on; None if all is well so far."""
    return None if _life is None else _life.error


def snapshot() -> Snapshot | None:
    """The newest picture of the services; never waits. None before there is one."""
    running = application()
    return None if running is None else running.board.snapshot()


def surroundings() -> Surroundings | None:
    """The versions that are at work here, and whom not to tell of; None before `application` is there."""
    return None if _life is None else _life.surroundings


def log_tail() -> tuple[str, ...]:
    """The newest records of the log, oldest first; from memory."""
    opened = None if _life is None else _life.log
    return () if opened is None else opened.tail()


def log_problem() -> str:
    """Why no log is written; empty if one is, or if that is not known yet."""
    opened = None if _life is None else _life.log
    return "" if opened is None else opened.problem


def stop(timeout: float = STOP_LIMIT) -> bool:
    """End all threads; returns within `timeout` seconds whether they ended. Main thread only."""
    global _life
    life, _life = _life, None
    return True if life is None else life.end(timeout)


def allow_other_computers(allowed: bool) -> None:
    """Follow Blender's switch for online access; returns at once, and does nothing if that is no news."""
    if _life is not None:
        _life.set_local_only(not allowed)
