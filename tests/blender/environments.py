# SPDX-License-Identifier: GPL-3.0-or-later
"""Blenders that are not part of the system: made under `.cache/blenders`."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "blenders-draft"
DRAFTS = {"bpy-4.2": "bpy-4.2.23", "bpy-4.5": "bpy-4.5.15", "bpy-5.0": "bpy-5.0.1", "bpy-5.2": "bpy-5.2.3"}


class EnvironmentMissing(Exception):
    """A Blender is not there; the text says why and which command brings it."""


def wheel_python(name: str) -> Path:
    """The interpreter in which `import bpy` gives this Blender; EnvironmentMissing."""
    python = CACHE / DRAFTS[name] / "bin" / "python"
    if not python.exists():
        raise EnvironmentMissing(f"The environment {name} has not been made yet.")
    return python


def chroot(name: str) -> Path:
    """The root folder of a system that has this Blender; EnvironmentMissing."""
    folder = CACHE / name
    if not (folder / "usr/bin/blender").exists():
        raise EnvironmentMissing(f"The environment {name} has not been made yet.")
    return folder


def inside_chroot(folder: Path, command: Sequence[str], shared: Sequence[Path]) -> list[str]:
    """The command that runs `command` with `folder` as its root, where it sees `shared` under the same paths.

    What is mounted for it is seen by this process and its children alone, and is gone with the last of them.
    """
    lines = [
        "set -e",
        'root="$1"; shift',
        'mount -t proc proc "$root/proc"',
        'mount --rbind /dev "$root/dev"',
    ]
    for path in shared:
        inside = f'"$root"{shlex.quote(str(path))}'
        lines += [f"mkdir -p {inside}", f"mount --bind {shlex.quote(str(path))} {inside}"]
    lines.append('exec chroot "$root" "$@"')
    return ["unshare", "--mount", "sh", "-c", "\n".join(lines), "sh", str(folder), *command]
