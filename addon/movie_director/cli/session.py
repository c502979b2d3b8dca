# SPDX-License-Identifier: GPL-3.0-or-later
"""What every command needs: settings, the log, the output, and a manager that is stopped for sure."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ..backends import backends
from ..backends.base import Backend
from ..core.endpoint import parse_url
from ..core.environment import settings_from_environment
from ..core.errors import ConfigError
from ..core.messages import explain
from ..core.presentation import context
from ..core.redact import Redactor
from ..core.serialisation import Clocks
from ..core.settings import Settings
from ..core.snapshot import Snapshot
from ..core.versions import VersionRule
from ..runtime.log import level_from, open_log
from ..runtime.manager import Manager
from ..runtime.paths import folders
from .arguments import Options, UsageError, nearest_or_all
from .output import Output, OutputFailed, OutputGone

log = logging.getLogger(__name__)

_SLICE = 1.0
"""Windows delivers Ctrl-C only between two waits."""


@dataclass(frozen=True)
class Session:
    """The surroundings of one command."""

    options: Options
    output: Output
    settings: Settings
    backends: tuple[Backend, ...]
    memory: Path
    """The file that keeps what services could do when they were last seen."""

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
    def manager(self) -> Iterator[Manager]:
        """A manager with the user's settings, not started yet."""
        manager = Manager(self.settings, backends=self.backends, memory=self.memory)
        try:
            yield manager
        finally:
            manager.stop()


@contextlib.contextmanager
def opened(options: Options, output: Output, environ: Mapping[str, str]) -> Iterator[Session]:
    """Open the log, read settings; raises `ConfigError` or `UsageError` with what is wrong.

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
            settings = _settings(options, known, environ)
            secrets = _secrets(settings)
            opened_log.hide(secrets)
            output.redact = Redactor(secrets)
            yield Session(options, output, settings, known, Path(user.memory))
        except (UsageError, ConfigError, OutputGone, OutputFailed):
            raise
        except Exception:
            log.exception("command %s failed", options.command)
            raise


def clocks() -> Clocks:
    return Clocks(time.monotonic(), time.time())


def wait_for(
    manager: Manager, reached: Callable[[Snapshot], bool], limit: float, seen: int = -1
) -> Snapshot | None:
    """The first snapshot after version `seen` for which `reached` holds; None after `limit` seconds."""
    deadline = time.monotonic() + limit
    while (left := deadline - time.monotonic()) > 0:
        snapshot = manager.board.wait(seen, min(left, _SLICE))
        if snapshot is not None:
            seen = snapshot.version
            if reached(snapshot):
                return snapshot
    return None


def _settings(options: Options, known: tuple[Backend, ...], environ: Mapping[str, str]) -> Settings:
    """Those of the environment, with the URLs of the command line over them."""
    settings = settings_from_environment([backend.name for backend in known], environ)
    for text in options.urls:
        name, equals, url = text.partition("=")
        backend = _service_named(name, text, bool(equals), known)
        _check(url, backend)
        settings = settings.with_service(backend.name, replace(settings.of(backend.name), url=url.strip()))
    return settings


def _service_named(name: str, text: str, complete: bool, known: tuple[Backend, ...]) -> Backend:
    if not complete:
        example = f"{known[0].name}=http://127.0.0.1:{known[0].default_port}"
        raise UsageError(f"--url '{text}' does not say which service it is for. Write it like {example}.")
    for backend in known:
        if backend.name == name.strip().lower():
            return backend
    names = [backend.name for backend in known]
    raise UsageError(f"--url '{text}': there is no service called '{name}'. {nearest_or_all(name, names)}")


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


def _secrets(settings: Settings) -> list[str]:
    """Everything of the settings that must never be printed."""
    found: list[str] = []
    for service in settings.services.values():
        found.append(service.api_key)
        parsed = service.target(80)
        if parsed is not None and parsed.credentials is not None:
            user, password = parsed.credentials.user, parsed.credentials.password
            found += [password, f"{user}:{password}"]
    return [secret for secret in found if secret]
