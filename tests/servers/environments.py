# SPDX-License-Identifier: GPL-3.0-or-later
"""The environments in which servers of other programs run, each with the packages of its time.

    python3 -m tests.servers.environments                 make all that are missing
    python3 -m tests.servers.environments gradio-3.14     make one

`requirements/<name>.lock` says what an environment holds, with versions and hashes. It is made on first use
under `.cache/servers/<name>-<hash>` and reused afterwards, see `made_once`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tests import made_once
from tests.made_once import EnvironmentMissing as EnvironmentMissing
from tests.made_once import python_in

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "servers"
REQUIREMENTS = Path(__file__).resolve().parent / "requirements"

PYTHONS = ("3.11", "3.10", "3.12")
"""The versions of Python with which the locks can be installed, the best first."""

MODULE = "tests.servers.environments"


def names() -> list[str]:
    """The names of all environments."""
    return sorted(path.stem for path in REQUIREMENTS.glob("*.lock"))


def python_of(
    name: str, *, make: bool = True, cache: Path = CACHE, pauses: Sequence[float] = made_once.PAUSES
) -> Path:
    """The interpreter of the environment `name`, which is made first when it is not there and `make` is true.

    `pauses` are the seconds before each further try of a download that failed. Raises EnvironmentMissing.
    """
    folder = folder_of(name, cache)
    python = python_in(folder)
    if not make and not made_once.is_complete(folder, python):
        raise EnvironmentMissing(f"The environment {name} has not been made yet. {_remedy(name)}")
    made_once.made_once(folder, python, f"the environment {name}", lambda: _make(name, folder, pauses))
    return python


def folder_of(name: str, cache: Path = CACHE) -> Path:
    """Where the environment is, or will be; EnvironmentMissing if there is none of that name."""
    try:
        lock = (REQUIREMENTS / f"{name}.lock").read_bytes()
    except OSError:
        raise EnvironmentMissing(
            f"There is no environment {name!r}; there are {', '.join(names())}"
        ) from None
    return cache / f"{name}-{made_once.hash_of(lock)}"


def _make(name: str, folder: Path, pauses: Sequence[float]) -> None:
    base = made_once.find_python(PYTHONS)
    if base is None:
        raise EnvironmentMissing(
            f"The environment {name} needs Python {' or '.join(PYTHONS)}; none was found."
        )
    lock = REQUIREMENTS / f"{name}.lock"
    made_once.make_venv(folder, lock, base, f"The environment {name}", _remedy(name), pauses)


def _remedy(name: str) -> str:
    return f"This brings it: python3 -m {MODULE} {name}"


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
