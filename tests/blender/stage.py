# SPDX-License-Identifier: GPL-3.0-or-later
"""Five light services that come, go and freeze when a scenario in Blender asks for it."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from tests.servers.process import ServerProcess
from tests.servers.recorded import SERVICES, recorded_process

_END = "end"


class Stage:
    """Five light programs, each at a port of its own; does what lines such as "kill rvc" ask for."""

    def __init__(self, ports: Mapping[str, int] = MappingProxyType({})) -> None:
        """`ports` by the names of services; those that it does not name get a free one."""
        self._ports = dict(ports)
        self._processes = {name: self._process(name) for name in SERVICES}
        self._frozen: set[str] = set()

    def __enter__(self) -> Stage:
        self.do("restore")
        self._ports = {name: process.port for name, process in self._processes.items()}
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.kill()

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            f"MOVIE_DIRECTOR_{name.upper()}_URL": process.url for name, process in self._processes.items()
        }

    def do(self, wish: str) -> None:
        """`kill NAME`, `freeze NAME`, or `restore`: all run again, each where it was."""
        what, _, name = wish.partition(" ")
        if what == "kill":
            self._processes[name].kill()
        elif what == "freeze":
            self._processes[name].freeze()
            self._frozen.add(name)
        else:
            self._restore()

    def _restore(self) -> None:
        for name, process in self._processes.items():
            if name in self._frozen and process.alive:
                process.thaw()
            elif not process.alive:
                self._processes[name] = self._process(name)
                self._processes[name].start()
        self._frozen.clear()

    def _process(self, name: str) -> ServerProcess:
        return recorded_process(name, self._ports.get(name, 0))


@contextlib.contextmanager
def obeying(stage: Stage, pipe: Path) -> Iterator[None]:
    """Do what is written into `pipe`, in a thread; raises what went wrong there."""
    errors: list[Exception] = []
    os.mkfifo(pipe)
    # Open for writing here too: so the pipe never ends, and nobody waits for the other side to open it.
    descriptor = os.open(pipe, os.O_RDWR)

    def obey() -> None:
        with open(descriptor, encoding="utf-8", closefd=False) as wishes:
            for line in wishes:
                if line.strip() == _END:
                    return
                try:
                    stage.do(line.strip())
                except Exception as error:
                    errors.append(error)

    thread = threading.Thread(target=obey, name="stage")
    thread.start()
    try:
        yield
    finally:
        os.write(descriptor, f"{_END}\n".encode())
        thread.join()
        os.close(descriptor)
    assert errors == []
