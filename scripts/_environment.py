"""The Python environments in which the commands run: made on first use from pinned, hashed lists.

There is one virtual environment per Python version, `.venvs/3.11` and so on; nothing is installed for the
whole machine. A stamp is written last: an environment without a valid stamp is half-made and made again.
A lock of the operating system, which ends with its process, keeps two commands from making one at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import _processes

ROOT = Path(__file__).resolve().parent.parent
VENVS = ROOT / ".venvs"
REQUIREMENTS = Path(__file__).resolve().parent / "requirements"
STAMP = "movie-director-stamp.txt"
LISTS = ("demo", "test", "check")
"""The requirement lists; each holds all of those before it."""

REPORT_EVERY = 10.0
PAUSES = (1.0, 3.0)
"""Seconds before each further try of a download that failed; pip itself tries only to connect again."""

THIS_VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"

# Variables by which a user's pip or Python would install to, or import from, somewhere else.
MISLEADING = ("PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV")


class CannotPrepare(Exception):
    """The environment cannot be made; the text says what is missing and which command brings it."""


def say(text: str) -> None:
    print(text, flush=True)


def prepare(
    wanted: str,
    version: str = THIS_VERSION,
    base: str = sys.executable,
    venvs: Path = VENVS,
    pauses: Sequence[float] = PAUSES,
) -> Path:
    """Return the interpreter of an environment that holds the requirement list `wanted`, one of LISTS.

    `base` is the interpreter it is made from, of Python `version`; `venvs` is where the environments are;
    `pauses` are the seconds before each further try of a download. Raises CannotPrepare.
    """
    folder = venvs / version
    if not _holds(folder, wanted):
        with _lock(venvs):
            if not _holds(folder, wanted):
                _make(folder, wanted, base, pauses)
    return _python_of(folder)


def prepare_vendor_tree(python: Path) -> None:
    """Build vendor/tree, the third-party packages of the add-on, with `python`, unless it is up to date.

    Raises CannotPrepare; the reason has been printed by then.
    """
    if _processes.run([python, ROOT / "scripts" / "vendor.py"], env=environment_variables()):
        raise CannotPrepare("The third-party packages of the add-on could not be built, see above.")


def environment_variables() -> dict[str, str]:
    """Return our variables without those that would make Python look outside the environment."""
    return {name: value for name, value in os.environ.items() if name not in MISLEADING}


def _python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _short(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def _digest(name: str) -> str:
    return hashlib.sha256((REQUIREMENTS / f"{name}.txt").read_bytes()).hexdigest()


def _stamp_of(last: str) -> str:
    """Return the stamp of an environment in which `last`, and so every list before it, is installed."""
    names = LISTS[: LISTS.index(last) + 1]
    return "".join(f"{name} {_digest(name)}\n" for name in names)


def _stamp_in(folder: Path) -> str:
    """Return the stamp found in `folder`, or nothing if there is no usable environment."""
    try:
        return (folder / STAMP).read_text("utf-8") if _python_of(folder).exists() else ""
    except OSError:
        return ""


def _holds(folder: Path, wanted: str) -> bool:
    return _stamp_in(folder).startswith(_stamp_of(wanted))


def _make(folder: Path, wanted: str, base: str, pauses: Sequence[float]) -> None:
    """Create the environment, or add to a sound one that holds less."""
    start = time.monotonic()
    say(f"Preparing the Python environment {_short(folder)} (once; it is reused afterwards) ...")
    found = _stamp_in(folder)
    if not found or not _stamp_of(wanted).startswith(found):
        _create(folder, base)
    (folder / STAMP).unlink(missing_ok=True)
    _install(folder, wanted, pauses)
    half = folder / (STAMP + ".half")
    half.write_text(_stamp_of(wanted), "utf-8")
    os.replace(half, folder / STAMP)  # in one step: a reader sees all of it or none
    say(f"  ready after {time.monotonic() - start:.0f} s")


def _create(folder: Path, base: str) -> None:
    if base == sys.executable and not importlib.util.find_spec("ensurepip"):
        raise CannotPrepare(_no_venv(base))
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotPrepare(_not_writable(folder, error)) from error
    status, output = _run_quietly([base, "-m", "venv", folder], "creating it")
    if status:
        missing = "ensurepip" in output or "No module named venv" in output
        raise CannotPrepare(_no_venv(base) if missing else _failed(output))


def _install(folder: Path, name: str, pauses: Sequence[float]) -> None:
    list_file = REQUIREMENTS / f"{name}.txt"
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--retries=2"]
    options += ["--only-binary=:all:", "--require-hashes"]
    command = [str(_python_of(folder)), "-m", "pip", "install", *options, "-r", str(list_file)]
    for pause in (*pauses, None):
        status, output = _run_quietly(command, f"installing the packages in {_short(list_file)}")
        if not status:
            return
        if pause is None:
            raise CannotPrepare(_failed(output))
        say(f"  that failed; trying again in {pause:g} s ...")
        time.sleep(pause)


def _run_quietly(command: Sequence[str | Path], what: str) -> tuple[int, str]:
    """Run `command`, saying every ten seconds that it still runs; return its exit status and output."""
    say(f"  {what} ...")
    start = time.monotonic()
    with tempfile.TemporaryFile() as output:
        env = environment_variables()
        with _processes.child(command, env=env, stdout=output, stderr=subprocess.STDOUT) as process:
            while True:
                try:
                    status = process.wait(REPORT_EVERY)
                    break
                except subprocess.TimeoutExpired:
                    say(f"  ... {what}: {time.monotonic() - start:.0f} s")
        output.seek(0)
        return status, output.read().decode("utf-8", "replace")


@contextlib.contextmanager
def _lock(venvs: Path) -> Iterator[None]:
    """Let one process at a time change the environments."""
    try:
        venvs.mkdir(exist_ok=True)
        file = open(venvs / "lock", "a+b")  # noqa: SIM115  closed below
    except OSError as error:
        raise CannotPrepare(_not_writable(venvs, error)) from error
    with file:
        if not _try_lock(file):
            say("Another command is preparing the environment; waiting for it ...")
            while not _try_lock(file):
                time.sleep(0.2)
        yield  # closing the file gives the lock back


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


# --- what to tell -------------------------------------------------------------------------------------------


def _no_venv(base: str) -> str:
    if shutil.which("apt"):
        package = "python3-venv" if base.startswith("/usr/bin/") else f"python{THIS_VERSION}-venv"
        return (
            f"{base} cannot make a virtual environment: its modules venv and ensurepip are missing.\n"
            f"This brings them:\n    sudo apt install {package}"
        )
    return (
        f"{base} cannot make a virtual environment: its modules venv and ensurepip are missing.\n"
        "Install your system's complete Python (packages python3 and python3-pip), or one from python.org."
    )


def _not_writable(folder: Path, error: OSError) -> str:
    return (
        f"{folder} cannot be written ({error.strerror or error}).\n"
        "Run the command in a checkout of your own:\n"
        f"    git clone {ROOT} movie-director"
    )


def _failed(output: str) -> str:
    lines = [line for line in output.strip().splitlines() if not line.startswith("WARNING")]
    signs = ("NewConnectionError", "ConnectTimeout", "NameResolution", "ProxyError")
    network = any(sign in output for sign in signs)
    hint = (
        "The package index could not be reached. Check the network (behind a proxy: set HTTPS_PROXY), "
        if network
        else "The cause is in the lines above. Mend it, "
    )
    return "\n".join(lines[-8:]) + f"\n\n{hint}then run the same command again."
