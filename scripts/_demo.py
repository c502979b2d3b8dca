"""Servers that stand in for services which are not running here."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from movie_director.backends.base import Backend

from tests.ports import kept_port
from tests.servers.process import ServerProcess

READY_LIMIT = 60.0
"""Seconds that a demo may take to start on a computer with much else to do."""


@dataclass(frozen=True)
class Stage:
    """What runs as the demo of a service: `python -m <module> <arguments> --port <port>`."""

    module: str
    arguments: tuple[str, ...]
    environment: str = ""
    """The one of tests/servers/environments.py that it needs; empty: none but that of this command."""


STAGES: Mapping[str, Stage] = {
    "comfyui": Stage("tests.servers.comfyui", ("--demo", "--end-with-stdin")),
    # Not its web UI: that is eight times as large and takes ten times as long to start.
    "wan2gp": Stage("tests.servers.wan2gp.mcp_mode", (), "wan2gp-mcp"),
    "litellm": Stage("tests.servers.litellm", ("--demo", "--end-with-stdin")),
    "rvc": Stage("tests.servers.gradio_apps", ("rvc-2.3", "--demo"), "gradio-3.14"),
    "audioldm": Stage("tests.servers.gradio_apps", ("audioldm-2",), "gradio-3.50"),
}
"""By service. All end with their standard input, so with this command, however that ends."""


class DemoFailed(Exception):
    """A demo did not start; the text says which and why."""


class Demo:
    """A server that stands in for one service, in a process that ends with ours."""

    def __init__(self, backend: Backend, python: Path, folder: Path, port: int) -> None:
        """`python` is the interpreter that runs it at `port`; `folder` is where it keeps temporary files."""
        self.backend = backend
        self.url = ""
        self.answering_since = 0.0
        """The monotonic time when it answered after its last start."""
        self.seconds_to_start = 0.0
        self._python = python
        self._folder = folder
        self._port = port
        self._process: ServerProcess | None = None
        self._starter: threading.Thread | None = None
        self._failure: Exception | None = None

    def start(self) -> None:
        """Begin to start it; `wait` returns when it answers."""
        self._failure = None
        # A daemon: it must not keep a command from ending that was interrupted meanwhile.
        self._starter = threading.Thread(target=self._start, name=f"demo-{self.backend.name}", daemon=True)
        self._starter.start()

    def wait(self) -> None:
        """Return when it answers; raises DemoFailed."""
        assert self._starter is not None
        while self._starter.is_alive():
            # In slices, because on Windows Ctrl-C does not end a longer wait.
            self._starter.join(0.5)
        if self._failure is not None:
            raise DemoFailed(f"The demo of {self.backend.label} did not start: {self._failure}")

    def kill(self) -> float:
        """End it as a crash would; return the monotonic time of that."""
        moment = time.monotonic()
        if self._process is not None:
            self._process.kill()
        return moment

    def _start(self) -> None:
        begun = time.monotonic()
        try:
            with tempfile.TemporaryFile(dir=self._folder) as errors:
                self._process = self._new_process(errors)
                self._start_process(self._process, errors)
        except (OSError, RuntimeError) as error:
            self._failure = error
            return
        self.url = self._process.url
        self.answering_since = time.monotonic()
        self.seconds_to_start = self.answering_since - begun

    def _new_process(self, errors: IO[bytes]) -> ServerProcess:
        stage = STAGES[self.backend.name]
        return ServerProcess(
            stage.module,
            [*stage.arguments, "--port", str(self._port)],
            python=str(self._python),
            ready_limit=READY_LIMIT,
            environment={name: str(self._folder) for name in ("TMPDIR", "TEMP", "TMP")},
            stderr=errors,
        )

    def _start_process(self, process: ServerProcess, errors: IO[bytes]) -> None:
        try:
            process.start()
        except RuntimeError as error:
            errors.seek(0)
            lines = errors.read().decode("utf-8", "replace").strip().splitlines()[-5:]
            raise RuntimeError("\n  ".join([str(error), *lines])) from error


@contextlib.contextmanager
def started(stand_ins: Mapping[Backend, Path]) -> Iterator[dict[str, Demo]]:
    """Begin to start a demo of each backend with its interpreter; yield them by name of their service.

    They are ended afterwards, whatever happened.
    """
    # A killed demo cannot remove its own temporary files.
    with (
        tempfile.TemporaryDirectory(prefix="movie-director-demo-", ignore_cleanup_errors=True) as folder,
        contextlib.ExitStack() as stack,
    ):
        # Nobody else gets the port of a demo before it listens, or while it is down.
        ports = [stack.enter_context(kept_port()) for _ in stand_ins]
        demos = [
            Demo(backend, python, Path(folder), port)
            for (backend, python), port in zip(stand_ins.items(), ports, strict=True)
        ]
        try:
            for demo in demos:
                demo.start()
            yield {demo.backend.name: demo for demo in demos}
        finally:
            for demo in demos:
                demo.kill()
