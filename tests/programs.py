# SPDX-License-Identifier: GPL-3.0-or-later
"""Short programs of a test, run by a Python of their own that knows the add-on."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import LONG_TIMEOUT
from tests.uncovered import UNCOVERED

ADDON = Path(__file__).resolve().parents[1] / "addon"


@contextmanager
def running(program: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """`python -c program arguments` with a pipe for each of its streams; killed at the end.

    Its coverage is not measured: many are killed, and some may not write files of that size.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        env={**os.environ, **UNCOVERED, "PYTHONPATH": str(ADDON)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=LONG_TIMEOUT)


def killed_while_writing(program: str, path: Path, rounds: int) -> Iterator[None]:
    """Run a program that writes `path` again and again, kill it at a moment of chance, and yield; so often.

    It says "writing" once it has begun.
    """
    chance, pause = random.Random(rounds), threading.Event()
    for _ in range(rounds):
        with running(program, path) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "writing\n"
            pause.wait(chance.uniform(0.0, 0.02))
            process.kill()
            process.wait(LONG_TIMEOUT)
        yield
