"""Starts, asks and ends processes of `tests.benchmarks.child`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
END_LIMIT = 20.0


class Watcher:
    """A manager alone in a process; a context manager which leaves none behind."""

    def __init__(self, *arguments: str) -> None:
        self._command = [sys.executable, "-m", "tests.benchmarks.child", *arguments]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Watcher:
        paths = os.pathsep.join((str(ROOT / "addon"), str(ROOT)))
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": paths},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._running
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def await_row(self, condition: str) -> dict[str, float]:
        """Wait until the row is `connected`, `lost`, … (see child.CONDITIONS); what the process uses then."""
        return self._ask(f"await {condition}")

    def usage(self) -> dict[str, float]:
        """`machine.Usage` of the process."""
        return self._ask("usage")

    def time_to_end(self) -> float:
        """Tell it to leave its main function; seconds until the process is gone."""
        start = time.perf_counter()
        self._tell("end")
        code = self._running.wait(END_LIMIT)
        if code != 0:
            raise RuntimeError(f"a measured process ended with {code}")
        return time.perf_counter() - start

    def _ask(self, command: str) -> dict[str, float]:
        self._tell(command)
        answer: dict[str, float] = self._answer()
        return answer

    def _tell(self, command: str) -> None:
        pipe = self._running.stdin
        assert pipe is not None
        pipe.write(f"{command}\n")
        pipe.flush()

    def _answer(self) -> Any:
        pipe = self._running.stdout
        assert pipe is not None
        line = pipe.readline()
        if not line:
            raise RuntimeError("a measured process ended too early; its last words are above")
        return json.loads(line)

    @property
    def _running(self) -> subprocess.Popen[str]:
        assert self._process is not None
        return self._process
