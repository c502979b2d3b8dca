"""Child processes that never outlive the command that started them."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

GRACE = 10.0
"""Seconds a child has to end by itself after it was asked to."""

WINDOWS = sys.platform == "win32"


def set_up() -> None:
    """Prepare this process: SIGTERM and SIGHUP end it like `sys.exit`, so that every `finally` runs, and
    a character that the terminal does not have is replaced instead of ending it.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")

    def leave(number: int, _frame: object) -> None:
        sys.exit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), leave)


@contextlib.contextmanager
def child(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` in a group of its own; on leaving, whatever is left of the group is ended.

    The child reads nothing and gets Ctrl-C only through us: leaving by KeyboardInterrupt sends it SIGINT.
    """
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        start_new_session=not WINDOWS,
    )
    try:
        yield process
    except KeyboardInterrupt:
        _ask_to_end(process, signal.SIGINT)
        raise
    except BaseException:
        _ask_to_end(process, signal.SIGTERM)
        raise
    finally:
        _end_group(process)
        if process.stdout:
            process.stdout.close()


def run(
    command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> int:
    """Run `command` to its end with our standard output and return its exit status."""
    with child(command, cwd=cwd, env=env) as process:
        return process.wait()


def left_in_group(process: subprocess.Popen[bytes], grace: float = GRACE) -> list[str]:
    """Return "pid name" of every process still running in the group of a child that has ended; Linux only.

    They have `grace` seconds to end by themselves: one that is killed, or whose input ends with the child, is
    gone a moment later.
    """
    deadline = time.monotonic() + grace
    while (found := _running_in_group(process.pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _running_in_group(wanted: int) -> list[str]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, _, rest = stat.read_text("utf-8", "replace").partition(" (")
        except OSError:  # it has ended meanwhile
            continue
        name, _, fields = rest.rpartition(") ")
        state, _parent, group = fields.split()[:3]
        if int(group) == wanted and state != "Z":
            found.append(f"{pid} {name}")
    return found


def _ask_to_end(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        if WINDOWS:
            process.terminate()
        else:
            os.killpg(process.pid, number)
        process.wait(GRACE)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if WINDOWS:
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
