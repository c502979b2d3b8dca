"""Servers that stand in for services which are not running here."""

from __future__ import annotations

import contextlib
import socket
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from movie_director.backends.base import Backend

from tests.servers.process import ServerProcess

MODULES: Mapping[str, str] = {"comfyui": "tests.servers.comfyui"}
"""By service, the module to run: `python -m <module> --demo --end-with-stdin --port <port>`."""


class DemoFailed(Exception):
    """A demo did not start; the text says which and why."""


class Demo:
    """A server that stands in for one service, in a process that ends with ours."""

    def __init__(self, backend: Backend, python: Path) -> None:
        self.backend = backend
        self.url = ""
        self._python = python
        self._port = backend.default_port if port_is_free(backend.default_port) else 0
        self._process: ServerProcess | None = None

    @property
    def is_where_expected(self) -> bool:
        """Whether it listens at the usual port of the service, where it is found by itself."""
        return self._port == self.backend.default_port

    def start(self) -> float:
        """Start it, at the port it had before if any; return the monotonic time when it answered there.

        Raises DemoFailed.
        """
        options = ["--demo", "--end-with-stdin", "--port", str(self._port)]
        self._process = ServerProcess(MODULES[self.backend.name], options, python=str(self._python))
        try:
            self._process.start()
        except RuntimeError as error:
            raise DemoFailed(f"The demo of {self.backend.label} did not start: {error}") from error
        self._port, self.url = self._process.port, self._process.url
        return time.monotonic()

    def kill(self) -> float:
        """End it as a crash would; return the monotonic time of that."""
        moment = time.monotonic()
        if self._process is not None:
            self._process.kill()
        return moment


@contextlib.contextmanager
def started(demos: Iterable[Demo]) -> Iterator[dict[str, Demo]]:
    """Start `demos` and yield them by the name of their service; end them afterwards, whatever happened."""
    running: dict[str, Demo] = {}
    try:
        for demo in demos:
            running[demo.backend.name] = demo
            demo.start()
        yield running
    finally:
        for demo in running.values():
            demo.kill()


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        if sys.platform != "win32":  # there it would mean that two may share the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
