# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that end with the test that started them, and everything they started with them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

GRACE = 5.0
"""Seconds that the first process of a group has to end by itself after it was asked to."""
GONE = 60.0
"""Seconds until a process that was killed is gone, on a computer with much else to do."""


@contextlib.contextmanager
def group(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    output: int | IO[bytes] = subprocess.DEVNULL,
    pass_fds: Sequence[int] = (),
    graceful: bool = False,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` in a group of its own; whatever is left of the group on leaving is killed.

    `output` takes both of its outputs. With `graceful` the first process is asked to end before.
    """
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        pass_fds=pass_fds,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if graceful and process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(GONE)
