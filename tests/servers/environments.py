# SPDX-License-Identifier: GPL-3.0-or-later
"""The environments in which servers of other programs run, each with the packages of its time.

    python3 -m tests.servers.environments                 make all that are missing
    python3 -m tests.servers.environments gradio-3.14     make one

`requirements/<name>.lock` says what an environment holds, with versions and hashes. It is made on first use
under `.cache/servers/<name>-<hash>` and reused afterwards; the hash is that of the lock, so that a changed
lock makes a new one. A stamp is written last: a folder without it is half-made and made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "servers"
REQUIREMENTS = Path(__file__).resolve().parent / "requirements"
STAMP = "complete.txt"

PYTHONS = ("3.11", "3.10", "3.12")
"""The versions of Python with which the locks can be installed, the best first."""

MAKE_LIMIT = 600.0
MODULE = "tests.servers.environments"

# Variables by which a user's pip or Python would install to, or import from, somewhere else.
MISLEADING = ("PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV")


class EnvironmentMissing(Exception):
    """The environment is not there and cannot be made; the text says why and which command brings it."""


def names() -> list[str]:
    """The names of all environments."""
    return sorted(path.stem for path in REQUIREMENTS.glob("*.lock"))


def python_of(name: str, *, make: bool = True, cache: Path = CACHE) -> Path:
    """The interpreter of the environment `name`, which is made first when it is not there and `make` is true.

    Raises EnvironmentMissing.
    """
    folder = cache / f"{name}-{_hash_of(name)}"
    if not _is_complete(folder):
        if not make:
            raise EnvironmentMissing(f"The environment {name} has not been made yet. {_remedy(name)}")
        with _lock(cache, folder.name):
            if not _is_complete(folder):
                _make(name, folder)
    return _python_in(folder)


def _hash_of(name: str) -> str:
    try:
        lock = (REQUIREMENTS / f"{name}.lock").read_bytes()
    except OSError:
        raise EnvironmentMissing(
            f"There is no environment {name!r}; there are {', '.join(names())}"
        ) from None
    return hashlib.sha256(lock).hexdigest()[:12]


def _is_complete(folder: Path) -> bool:
    return (folder / STAMP).is_file() and _python_in(folder).exists()


def _python_in(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _make(name: str, folder: Path) -> None:
    start = time.monotonic()
    print(f"Making the environment {name} for test servers (once; it is reused afterwards) ...", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    lock = REQUIREMENTS / f"{name}.lock"
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--retries=2", "--no-compile"]
    # No dependency is looked for: the lock is complete.
    options += ["--only-binary=:all:", "--require-hashes", "--no-deps"]
    _run(name, [_suitable_python(name), "-m", "venv", folder])
    _run(name, [_python_in(folder), "-m", "pip", "install", *options, "-r", lock])
    (folder / STAMP).write_text("every package of the lock is installed\n", "utf-8")
    print(f"  ready after {time.monotonic() - start:.0f} s", flush=True)


def _run(name: str, command: list[str | Path]) -> None:
    """Run one step; EnvironmentMissing with the end of its output when it fails."""
    environment = {key: value for key, value in os.environ.items() if key not in MISLEADING}
    try:
        done = subprocess.run(
            [str(part) for part in command],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=MAKE_LIMIT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentMissing(f"The environment {name} was not made: {error}. {_remedy(name)}") from error
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines()[-5:]
        raise EnvironmentMissing(f"The environment {name} was not made. {_remedy(name)}\n" + "\n".join(lines))


def _suitable_python(name: str) -> str:
    """An interpreter of a version in PYTHONS: this one, one on the PATH, or one installed beside this one."""
    for version in PYTHONS:
        beside = sorted(Path(sys.base_prefix).parent.glob(f"{version}.*/bin/python"))
        for candidate in (sys.executable, shutil.which(f"python{version}"), *map(str, beside)):
            if candidate and _version_of(candidate) == version:
                return candidate
    raise EnvironmentMissing(f"The environment {name} needs Python {' or '.join(PYTHONS)}; none was found.")


def _version_of(python: str) -> str:
    """Such as "3.11"; empty when it does not start, as a launcher of a version that is not selected."""
    command = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=20.0).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _remedy(name: str) -> str:
    return f"This brings it: python3 -m {MODULE} {name}"


@contextlib.contextmanager
def _lock(cache: Path, name: str) -> Iterator[None]:
    """Let one process at a time make this environment; the system frees the lock of a process that dies."""
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


def main(wanted: list[str]) -> int:
    """Make the environments `wanted`, or all; return 0 when each is there."""
    status = 0
    for name in wanted or names():
        try:
            python_of(name)
        except EnvironmentMissing as missing:
            print(missing, file=sys.stderr)
            status = 2
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
