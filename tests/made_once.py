# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders that are made on first use and kept: environments of other programs, below `.cache`.

A folder's name ends with the hash of its recipe, so that a changed recipe makes a new one. A stamp is written
last: a folder without it is half-made and made again. A lock of the operating system, which ends with its
process, keeps two processes from making the same one at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

STAMP = "complete.txt"

Filling = Callable[[], None]
"""Puts everything into a folder."""

STEP_LIMIT = 900.0
"""Seconds that a step of the making has."""

PAUSES = (1.0, 3.0)
"""Seconds before each further try of a download that failed; pip itself tries only to connect again."""

# Variables by which a user's pip or Python would install to, or import from, somewhere else.
MISLEADING = ("PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV")


class EnvironmentMissing(Exception):
    """It is not there and cannot be made; the text says why and which command brings it."""


def hash_of(recipe: bytes) -> str:
    """What a folder's name ends with."""
    return hashlib.sha256(recipe).hexdigest()[:12]


def is_complete(folder: Path, program: Path) -> bool:
    """Whether `folder` was made to the end, and its `program` is still there."""
    return (folder / STAMP).is_file() and program.exists()


def made_once(folder: Path, program: Path, what: str, make: Filling) -> None:
    """Call `make`, which puts everything into `folder`, unless it is complete; one process at a time.

    `program` is the file in it that is run; `what` names it for people. Raises EnvironmentMissing, and what
    `make` raises.
    """
    if is_complete(folder, program):
        return
    with lock(folder.parent, folder.name):
        if is_complete(folder, program):
            return
        start = time.monotonic()
        print(f"Making {what} (once; it is reused afterwards) ...", flush=True)
        remove(folder)
        make()
        (folder / STAMP).write_text("everything in the recipe is there\n", "utf-8")
        print(f"  {what} is ready after {time.monotonic() - start:.0f} s", flush=True)


def remove(folder: Path) -> None:
    """Delete what is left of a half-made folder; EnvironmentMissing while something is mounted in it."""
    table = Path("/proc/self/mounts")
    mounted = mounts_below(folder, table.read_text("utf-8", "replace")) if table.exists() else []
    if mounted:
        raise EnvironmentMissing(f"{mounted[0]} is a mount: unmount it first")
    shutil.rmtree(folder, ignore_errors=True)


def mounts_below(folder: Path, table: str) -> list[str]:
    """The places below `folder` where something is mounted, from a table as in /proc/self/mounts."""
    places = [line.split()[1] for line in table.splitlines()]
    return [place for place in places if place.startswith(f"{folder}/")]


def run_step(command: Sequence[str | Path], what: str, remedy: str, pauses: Sequence[float] = ()) -> str:
    """Run one step of the making and return what it printed.

    When it fails it is tried again after each of `pauses`, in seconds. EnvironmentMissing with the end of its
    output, and with `remedy`, when it still fails or takes too long.
    """
    done = _run(command, what, remedy)
    for pause in pauses:
        if not done.returncode:
            break
        time.sleep(pause)
        done = _run(command, what, remedy)
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines()[-5:]
        raise EnvironmentMissing(f"{what} was not made. {remedy}\n" + "\n".join(lines))
    return done.stdout


def _run(command: Sequence[str | Path], what: str, remedy: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in MISLEADING}
    try:
        return subprocess.run(
            [str(part) for part in command],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=STEP_LIMIT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentMissing(f"{what} was not made: {error}. {remedy}") from error


# --- virtual environments -----------------------------------------------------------------------------------


def python_in(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def make_venv(
    folder: Path, lock_file: Path, base: str, what: str, remedy: str, pauses: Sequence[float] = PAUSES
) -> None:
    """Make a virtual environment that holds exactly what `lock_file` pins; raises EnvironmentMissing.

    `pauses` are the seconds before each further try of a download that failed.
    """
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--retries=2", "--no-compile"]
    # No dependency is looked for: the lock is complete.
    options += ["--only-binary=:all:", "--require-hashes", "--no-deps"]
    run_step([base, "-m", "venv", folder], what, remedy)
    install: list[str | Path] = [python_in(folder), "-m", "pip", "install", *options, "-r", lock_file]
    run_step(install, what, remedy, pauses)


def find_python(versions: Sequence[str]) -> str | None:
    """An interpreter of one of `versions`, the best first: this one, one on the PATH, or one beside this."""
    for version in versions:
        beside = sorted(Path(sys.base_prefix).parent.glob(f"{version}.*/bin/python"))
        for candidate in (sys.executable, shutil.which(f"python{version}"), *map(str, beside)):
            if candidate and version_of(candidate) == version:
                return candidate
    return None


def version_of(python: str) -> str:
    """Such as "3.11"; empty when it does not start, as a launcher of a version that is not selected."""
    command = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=20.0).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


# --- one at a time ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def lock(cache: Path, name: str) -> Iterator[None]:
    """Let one process at a time make `name`; the system frees the lock of a process that dies."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        file = open(cache / f"{name}.lock", "a+b")  # noqa: SIM115  closed below
    except OSError as error:
        raise EnvironmentMissing(f"{cache} cannot be written: {error}") from error
    with file:
        while not _try_lock(file):
            time.sleep(0.2)
        yield


def _try_lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
