# SPDX-License-Identifier: GPL-3.0-or-later
"""What every command needs: settings, the log, the output, and a manager that is stopped for sure."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..backends import backends
from ..backends.base import Backend
from ..core.endpoint import parse_url, without_credentials
from ..core.errors import ConfigError, ProblemCode
from ..core.keyring import Key, Keyring, split_credentials
from ..core.layers import Layer, LayerValues, Values
from ..core.messages import explain
from ..core.presentation import context
from ..core.printable import visible
from ..core.project_document import Project
from ..core.redact import Redactor, redact
from ..core.serialisation import Clocks
from ..core.settings import Settings
from ..core.settings_view import SettingsView
from ..core.snapshot import Snapshot
from ..core.versions import VersionRule
from ..runtime.application import Application
from ..runtime.log import Log, level_from, open_log
from ..runtime.manager import Manager
from ..runtime.named_file import write_named
from ..runtime.paths import Folders, folders
from ..runtime.settings_store import SettingsStore
from .arguments import PROGRAM, Options, UsageError, nearest_or_all
from .output import Output, OutputFailed, OutputGone

log = logging.getLogger(__name__)

SLICE = 1.0
"""Windows delivers Ctrl-C only between two waits."""
_LONGEST_LOAD = 5.0
"""Seconds; reading the settings takes milliseconds."""
_MISTAKES = frozenset({ProblemCode.BAD_SETTING, ProblemCode.SETTINGS_UNREADABLE})
_OF_THE_CALL = ("environment", "file")
"""Problems with which a command does not begin, and where: it might do something else than what was meant.
What a .blend or settings.json says wrong is told, and the rest of it holds."""
_TELL_MISTAKES = frozenset({"config", "diagnostics"})
"""Commands that begin all the same, because they tell of these problems."""


@dataclass(frozen=True)
class Session:
    """The surroundings of one command."""

    options: Options
    output: Output
    application: Application
    backends: tuple[Backend, ...]
    home: Folders
    """Where the user's files lie."""
    project: Project | None = None
    """What the .blend says that Blender has opened; None where no Blender runs the command."""
    blender: str = ""
    """The version of the Blender that runs the command."""
    log_problem: str = ""
    """Why this command writes no log; empty if it does."""

    @property
    def in_blender(self) -> bool:
        return self.project is not None

    @property
    def settings(self) -> Settings:
        """Those of this moment: files are read again when somebody changes them."""
        return self.application.settings.newest.settings

    @property
    def version_rules(self) -> dict[str, VersionRule]:
        return {backend.name: backend.versions for backend in self.backends}

    @property
    def start_hints(self) -> dict[str, str]:
        return {backend.name: backend.start_hint for backend in self.backends}

    def is_enabled(self, service: str) -> bool:
        return self.settings.of(service).enabled

    def is_required(self, backend: Backend) -> bool:
        """Whether the exit code depends on it."""
        settings = self.settings.of(backend.name)
        return settings.enabled and (backend.required if settings.required is None else settings.required)

    @contextlib.contextmanager
    def manager(self, *, connects: bool = False) -> Iterator[Manager]:
        """The services with the user's settings; with `connects` they are watched from now on.

        Whoever calls a command wants it done: that services are not looked for by themselves is for Blender.
        """
        manager = self.application.manager
        manager.apply(self.settings)
        if connects:
            self.application.connect()
            self.application.start()
        try:
            yield manager
        finally:
            self.application.stop()


@contextlib.contextmanager
def opened(
    options: Options,
    output: Output,
    environ: Mapping[str, str],
    project: Project | None = None,
    local_only: bool = False,
    blender: str = "",
) -> Iterator[Session]:
    """Open the log, read settings; raises `ConfigError` or `UsageError` with what is wrong.

    `project` is what the open .blend says; None outside of Blender.
    With `local_only` nothing but this computer is contacted.
    A mistake of our own, here or in the command, is written to the log before it goes on its way.
    """
    user = folders(sys.platform, environ, os.path.expanduser("~"))
    console = sys.stderr if options.verbose else None
    with open_log(Path(user.logs), level_from(environ), console=console) as opened_log:
        if opened_log.problem and sys.stderr is not None:
            print(f"No log is written: {opened_log.problem}.", file=sys.stderr)
        try:
            python = sys.version.split()[0]
            log.info("command %s, process %d, Python %s", options.command, os.getpid(), python)
            known = backends()
            extra = _from_command_line(options, known)
            hide = _Hiding(opened_log, output)
            application = Application(
                home=user, environment=environ, backends=known, extra=extra, local_only=local_only, hide=hide
            )
            if project is not None:
                application.settings.set_project(project.said, project.where, project.faults)
            with contextlib.closing(_Reading(application)) as reading:
                view = reading.view()
                hide(view.settings.secrets)
                if options.command not in _TELL_MISTAKES:
                    _complain(application.settings)
                yield Session(
                    options,
                    output,
                    application,
                    known,
                    user,
                    project=project,
                    blender=blender,
                    log_problem=opened_log.problem,
                )
        except (UsageError, ConfigError, OutputGone, OutputFailed):
            raise
        except Exception:
            log.exception("command %s failed", options.command)
            raise


class _Hiding:
    """Takes every key and password that was ever set out of the log and of the output; for any thread."""

    def __init__(self, log: Log, output: Output) -> None:
        self._log = log
        self._output = output
        self._secrets: frozenset[str] = frozenset()
        self._lock = threading.Lock()

    def __call__(self, secrets: Sequence[str]) -> None:
        with self._lock:
            known = self._secrets.union(secrets)
            if known != self._secrets:
                self._secrets = known
                self._log.hide(known)
                self._output.redact = Redactor(known)


class _Reading:
    """Reads the settings, and ends all threads for sure."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def view(self) -> SettingsView:
        self._application.settings.start()
        return self._application.settings.wait_until_loaded(_LONGEST_LOAD)

    def close(self) -> None:
        self._application.stop()


def _complain(store: SettingsStore) -> None:
    """End with the first mistake in what goes with the call; tell of all others."""
    for each in store.problems_of(*_OF_THE_CALL):
        if each.code in _MISTAKES:
            raise ConfigError(each)
    if sys.stderr is not None:
        for each in store.newest.problems:
            told = explain(each)
            print(f"{PROGRAM}: {visible(redact(f'{told.title} {told.advice}'))}", file=sys.stderr)


def write_file(path: Path, text: str) -> None:
    """As `write_named`; raises `UsageError`."""
    try:
        write_named(path, text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error


def clocks() -> Clocks:
    return Clocks(time.monotonic(), time.time())


def wait_for(
    manager: Manager, reached: Callable[[Snapshot], bool], limit: float, seen: int = -1
) -> Snapshot | None:
    """The first snapshot after version `seen` for which `reached` holds; None after `limit` seconds."""
    deadline = time.monotonic() + limit
    while (left := deadline - time.monotonic()) > 0:
        snapshot = manager.board.wait(seen, min(left, SLICE))
        if snapshot is not None:
            seen = snapshot.version
            if reached(snapshot):
                return snapshot
    return None


def _from_command_line(options: Options, known: tuple[Backend, ...]) -> LayerValues:
    """What ``--url`` says; an empty URL means: find it."""
    values, keys = Values(), dict[str, Keyring]()
    for text in options.urls:
        name, equals, url = text.partition("=")
        backend = _service_named(name, text, bool(equals), known)
        _check(url, backend)
        address, credentials = split_credentials(url) if url.strip() else ("", None)
        values = values.set(backend.name, "url", address)
        keys[backend.name] = Keyring().add(address, Key(credentials=credentials))
    return LayerValues(Layer.ENVIRONMENT, values, dict.fromkeys(values.entries, "--url"), keys)


def _service_named(name: str, text: str, complete: bool, known: tuple[Backend, ...]) -> Backend:
    if not complete:
        example = f"{known[0].name}=http://127.0.0.1:{known[0].default_port}"
        raise UsageError(
            f"--url '{without_credentials(text)}' does not say which service it is for."
            f" Write it like {example}."
        )
    for backend in known:
        if backend.name == name.strip().lower():
            return backend
    names = [backend.name for backend in known]
    shown = without_credentials(text)
    raise UsageError(f"--url '{shown}': there is no service called '{name}'. {nearest_or_all(name, names)}")


def _check(url: str, backend: Backend) -> None:
    if not url.strip():
        return
    try:
        parse_url(url, default_port=backend.default_port)
    except ConfigError as error:
        raise UsageError(f"--url {backend.name}: {in_words(error, backend)}") from error


def in_words(error: ConfigError, backend: Backend | None = None) -> str:
    """What is wrong with a setting, and what to do."""
    place = context(backend.label, example=example_of(backend)) if backend else {}
    told = explain(error.problem, place)
    return f"{told.title} {told.advice}"


def example_of(backend: Backend) -> str:
    return f"http://127.0.0.1:{backend.default_port}"
