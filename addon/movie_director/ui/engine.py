# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the settings and services of this Blender, from the first tick until the add-on is switched off.

The rooms below are imported, and the application is made, in a thread: both take a tenth of a second or more,
for which Blender's main thread has no time. Once `application` gives one, what shows it is imported too.

Timers never fire in background mode. A script that wants to know the services there asks for them:

    from movie_director.ui import bridge, engine

    application = engine.ensure_started()
    application.board.wait(seen=-1, timeout=10.0)
    bridge.tick()    # bpy.context.window_manager.movie_director_status now tells of it
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import threading
import time
from typing import TYPE_CHECKING

from . import online

if TYPE_CHECKING:
    from ..core.snapshot import Snapshot
    from ..runtime.application import Application

log = logging.getLogger(__name__)

STOP_LIMIT = 0.5
"""Seconds that the end of the add-on, and of Blender, may wait for our threads."""


_IMPORTED = (
    "..core.cards",
    "..transport.http",
    "..backends",
    "..runtime.manager",
    "..runtime.application",
    ".drawing",
    ".viewing",
    ".status_values",
    ".ticking",
)
"""What the engine's thread imports, for itself and for the main thread; between two steps it can end."""


class StartFailed(RuntimeError):
    """The services are not watched, because of a mistake of ours or a damaged installation."""


class _Life:
    """One life of the application: made in a thread, ended from outside."""

    def __init__(self, local_only: bool) -> None:
        self.application: Application | None = None
        self.error: Exception | None = None
        self._local_only = local_only
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
        if application is not None:
            return application.stop(timeout)
        self._thread.join(max(0.0, deadline - time.monotonic()))
        return not self._thread.is_alive()

    def _begin(self) -> None:
        try:
            for name in _IMPORTED:
                if self._over.is_set():
                    return
                importlib.import_module(name, __package__)
            application = self._made()
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

    def _made(self) -> Application:
        from ..runtime.application import Application
        from ..runtime.paths import folders
        from ..transport import isolation

        isolation.install()
        home = folders(sys.platform, os.environ, os.path.expanduser("~"))
        return Application(home=home, environment=os.environ, local_only=self._local_only)


_life: _Life | None = None


def threads() -> list[threading.Thread]:
    """Threads of ours that live."""
    return [each for each in threading.enumerate() if each.name.startswith("md-")]


def start() -> None:
    """Begin to watch the services, unless that has begun; returns at once. Main thread only."""
    global _life
    if _life is None:
        _life = _Life(local_only=not online.is_allowed())


def ensure_started(timeout: float = 10.0) -> Application:
    """Start if need be and wait until the services are watched; for scripts, never for the user interface.

    Raises `StartFailed`.
    """
    start()
    assert _life is not None
    return _life.wait(timeout)


def application() -> Application | None:
    """Settings and services; None before they are there, and after `stop`."""
    return None if _life is None else _life.application


def snapshot() -> Snapshot | None:
    """The newest picture of the services; never waits. None before there is one."""
    running = application()
    return None if running is None else running.board.snapshot()


def stop(timeout: float = STOP_LIMIT) -> bool:
    """End all threads; returns within `timeout` seconds whether they ended. Main thread only."""
    global _life
    life, _life = _life, None
    return True if life is None else life.end(timeout)


def allow_other_computers(allowed: bool) -> None:
    """Follow Blender's switch for online access; returns at once, and does nothing if that is no news."""
    if _life is not None:
        _life.set_local_only(not allowed)
