# SPDX-License-Identifier: GPL-3.0-or-later
"""The Blenders that are not part of the system, each made on first use under `.cache/blenders`.

    python3 -m tests.blender.environments                 make all that are missing
    python3 -m tests.blender.environments bpy-4.2         make one

A wheel is a virtual environment with Blender as the module `bpy`; `requirements/<name>.lock` says what it
holds. A GUI of a newer Debian lives in a folder that becomes the root of its process; making and running one
needs Linux, the rights of root and mmdebstrap.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import made_once
from tests.made_once import EnvironmentMissing

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "blenders"
REQUIREMENTS = Path(__file__).resolve().parent / "requirements"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
MODULE = "tests.blender.environments"

IN_PRIVATE = ("unshare", "--mount")
"""Before a command: what it mounts is seen by it and its children alone, and is gone with them."""

WHEELS = {"bpy-4.2": "3.11", "bpy-4.5": "3.11", "bpy-5.0": "3.11", "bpy-5.2": "3.13"}
"""Each wheel and the one version of Python that it is for."""

DISPLAY_PACKAGES = "libgl1-mesa-dri,libgl1,libegl1"


@dataclass(frozen=True)
class System:
    """A newer Debian with its Blender."""

    suite: str
    version: str
    """How the version of its Blender begins; another one is not what the tests are for."""
    packages: str


SYSTEMS = {
    "debian-trixie": System("trixie", "4.3.", f"blender,{DISPLAY_PACKAGES},python3-numpy"),
    "debian-sid": System(
        "sid", "5.2.", f"blender,{DISPLAY_PACKAGES},python3-numpy,python3-cattr,python3-zstandard"
    ),
}


def names() -> list[str]:
    """The names of all."""
    return [*WHEELS, *SYSTEMS]


# --- wheels -------------------------------------------------------------------------------------------------


def wheel_python(name: str, *, make: bool = False, cache: Path = CACHE) -> Path:
    """The interpreter in which `import bpy` gives this Blender; made first when it is not there and `make`.

    Raises EnvironmentMissing.
    """
    lock = REQUIREMENTS / f"{name}.lock"
    folder = cache / f"{name}-{made_once.hash_of(lock.read_bytes())}"
    python = made_once.python_in(folder)
    _there_or_made(name, folder, python, make, lambda: _make_wheel(name, folder, lock))
    return python


def _make_wheel(name: str, folder: Path, lock: Path) -> None:
    if sys.platform != "linux":
        raise EnvironmentMissing(f"{name} is not made here: its lock is for Linux on x86-64.")
    base = made_once.find_python([WHEELS[name]])
    if base is None:
        raise EnvironmentMissing(
            f"{name} needs Python {WHEELS[name]}, which is not here. "
            f"This brings it: pyenv install {WHEELS[name]}"
        )
    made_once.make_venv(folder, lock, base, f"The environment {name}", _remedy(name))


# --- other systems ------------------------------------------------------------------------------------------


def system_root(name: str, *, make: bool = False, cache: Path = CACHE) -> Path:
    """The root folder of a system that has this Blender; made first when it is not there and `make`.

    Raises EnvironmentMissing.
    """
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("unshare") is None:
        raise EnvironmentMissing(f"{name} needs the rights of root on Linux, to change the root folder.")
    system = SYSTEMS[name]
    folder = cache / f"{name}-{made_once.hash_of(repr(system).encode())}"
    program = folder / "usr" / "bin" / "blender"
    _there_or_made(name, folder, program, make, lambda: _make_system(name, system, folder))
    return folder


def _make_system(name: str, system: System, folder: Path) -> None:
    if shutil.which("mmdebstrap") is None:
        raise EnvironmentMissing(
            f"{name} needs mmdebstrap. This brings it: apt-get install mmdebstrap, then {_command(name)}"
        )
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", f"--keyring={KEYRING}"]
    # The archive's lists expire; a machine whose clock is ahead, or a mirror that lags, is no reason to stop.
    command += ['--aptopt=Acquire::Check-Valid-Until "false"', '--aptopt=APT::Install-Recommends "false"']
    command += ['--aptopt=Acquire::Retries "3"', f"--include={system.packages}"]
    command += [system.suite, str(folder), _mirror(name)]
    what = f"The environment {name}"
    made_once.run_step([*IN_PRIVATE, *command], what, _remedy(name))
    ask = ["chroot", str(folder), "dpkg-query", "--show", "--showformat=${Version}", "blender"]
    version = made_once.run_step(ask, what, _remedy(name))
    if not version.startswith(system.version):
        raise EnvironmentMissing(f"{name} has Blender {version} now; the tests are for {system.version}x.")


def _mirror(name: str) -> str:
    """The Debian archive that this machine uses itself; EnvironmentMissing if it uses none."""
    wanted = ["--format", "$(REPO_URI) $(ORIGIN) $(LABEL)", "Created-By: Packages"]
    try:
        answer = subprocess.run(
            ["apt-get", "indextargets", *wanted], capture_output=True, text=True, timeout=60.0, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EnvironmentMissing(f"{name} needs a Debian archive, and apt knows none: {error}") from error
    for line in answer.stdout.splitlines():
        uri, _, of = line.partition(" ")
        if of == "Debian Debian":
            return uri
    raise EnvironmentMissing(
        f"{name} needs a Debian archive, and apt knows none. This may help: apt-get update, "
        f"then {_command(name)}"
    )


def inside_system(folder: Path, command: Sequence[str], shared: Sequence[Path]) -> list[str]:
    """The command that runs `command` with `folder` as its root, where it sees `shared` under the same paths.

    What is mounted for it is gone with it, whatever ends it.
    """
    lines = ["set -e", 'root="$1"; shift']
    lines += ['mount -t proc proc "$root/proc"', 'mount --rbind /dev "$root/dev"']
    lines.append('mount -t tmpfs tmpfs "$root/tmp"')  # most of `shared` is there: no empty folders stay
    for path in shared:
        inside = f'"$root"{shlex.quote(str(path))}'
        lines += [f"mkdir -p {inside}", f"mount --bind {shlex.quote(str(path))} {inside}"]
    lines.append('exec chroot "$root" "$@"')
    return [*IN_PRIVATE, "sh", "-c", "\n".join(lines), "sh", str(folder), *command]


# --- both ---------------------------------------------------------------------------------------------------


def _there_or_made(name: str, folder: Path, program: Path, make: bool, fill: made_once.Filling) -> None:
    if not make and not made_once.is_complete(folder, program):
        raise EnvironmentMissing(f"{name} has not been made yet. {_remedy(name)}")
    made_once.made_once(folder, program, name, fill)


def _command(name: str) -> str:
    return f"python3 -m {MODULE} {name}"


def _remedy(name: str) -> str:
    return f"This brings it: {_command(name)}"


def main(wanted: list[str]) -> int:
    """Make the environments `wanted`, or all; return 0 when each is there."""
    status = 0
    for name in wanted or names():
        try:
            if name in WHEELS:
                wheel_python(name, make=True)
            elif name in SYSTEMS:
                system_root(name, make=True)
            else:
                raise EnvironmentMissing(f"There is no {name!r}; there are {', '.join(names())}")
        except EnvironmentMissing as missing:
            print(missing, file=sys.stderr)
            status = 2
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
