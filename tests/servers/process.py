"""A server in a process of its own, which can be frozen and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
READY_LIMIT = 40.0
END_LIMIT = 20.0
"""Seconds for what is certain to come, on a computer with much else to do; alone it takes one."""
_NOTHING: Mapping[str, str] = MappingProxyType({})


class ServerProcess:
    """`python -m <module> <arguments>`, started on entry and gone on exit, whatever happened between.

    The module prints one line `ready <url>` when it listens. Its standard input is a pipe of ours, so that a
    module which watches it ends with us even if we are killed.
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[str] = (),
        *,
        python: str = sys.executable,
        ready_limit: float = READY_LIMIT,
        environment: Mapping[str, str] = _NOTHING,
        stderr: IO[bytes] | None = None,
    ) -> None:
        """Prepare; `environment` is added to ours, `stderr` takes its error output (None: ours does)."""
        self.url = ""
        self.exit_code: int | None = None
        self._ready_limit = ready_limit
        self._environment = environment
        self._stderr = stderr
        self._command = [python, "-m", module, *arguments]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> ServerProcess:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rpartition(":")[2])

    @property
    def pid(self) -> int:
        return self._running().pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait for its ready line; RuntimeError when it is not there in `ready_limit` s."""
        if self._process is not None:
            raise RuntimeError("the process is already there")
        own = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env={**os.environ, **own, **self._environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
        )
        try:
            self.url = self._ready_url(self._process)
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End it at once, as SIGKILL does; nothing to do when it is gone."""
        self._end(graceful=False)

    def terminate(self) -> None:
        """Ask it to end (SIGTERM; on Windows there is only the hard way), and kill it if it does not."""
        self._end(graceful=True)

    def close_input(self) -> None:
        """Close its standard input, as the end of our own process would."""
        pipe = self._running().stdin
        if pipe is not None:
            pipe.close()

    def wait(self, timeout: float) -> int:
        """Its exit code; subprocess.TimeoutExpired when it has not ended after `timeout` seconds."""
        return self._running().wait(timeout)

    def freeze(self) -> None:
        """Stop its execution, connections and listener open; NotImplementedError without SIGSTOP."""
        self._signal("SIGSTOP")

    def thaw(self) -> None:
        """Let it run on after `freeze`."""
        self._signal("SIGCONT")

    def _signal(self, name: str) -> None:
        number = getattr(signal, name, None)
        if number is None:
            raise NotImplementedError(f"this system has no {name}: processes cannot be frozen here")
        self._running().send_signal(number)

    def _end(self, *, graceful: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if graceful:
            if hasattr(signal, "SIGCONT"):
                # A frozen process would not see the request to end.
                process.send_signal(signal.SIGCONT)
            process.terminate()
        else:
            process.kill()
        try:
            process.wait(END_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        finally:
            self.exit_code = process.returncode
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise RuntimeError("the process is not running")
        return self._process

    def _ready_url(self, process: subprocess.Popen[str]) -> str:
        """The address from the ready line; the watchdog makes reading it end in time."""
        assert process.stdout is not None
        watchdog = threading.Timer(self._ready_limit, process.kill)
        watchdog.start()
        try:
            line = process.stdout.readline()
        finally:
            watchdog.cancel()
            watchdog.join()
        word, _, url = line.strip().partition(" ")
        if word != "ready":
            raise RuntimeError(f"{' '.join(self._command[2:])} did not become ready: {line!r}")
        return url


def comfyui_process(generation: str = "0.33.0", port: int = 0, *arguments: str) -> ServerProcess:
    """The ComfyUI-protocol server as a process; `arguments` are further options of its command line."""
    options = ["--generation", generation, "--port", str(port), "--end-with-stdin", *arguments]
    return ServerProcess("tests.servers.comfyui", options)
