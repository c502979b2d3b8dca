# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Blenders the tests run in, and how each is started.

A wheel is Blender as a Python module: no window, nothing is drawn, timers never fire. A GUI is a program with
windows: the one that the system installed, or one of a newer Debian in a folder that becomes its root.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.blender import environments
from tests.made_once import EnvironmentMissing

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = Path(__file__).resolve().parent / "inside" / "launch.py"
X_SOCKETS = Path("/tmp/.X11-unix")

BOTH = ("legacy", "extension")
FAILED = 3
"""Exit status of a GUI whose Python code raised something."""


@dataclass(frozen=True)
class Blender:
    """One Blender and how it is started."""

    name: str
    """Such as "wheel-4.2"."""
    version: str
    kind: str
    """"wheel" or "gui"."""
    python: str
    """The version of its Python."""
    modes: tuple[str, ...]
    environment: str = ""
    """Name of what has to be prepared for it, see `environments`; empty: the system's own program."""

    def start_command(
        self, order: Path, *, background: bool, needed: Sequence[Path], arguments: Sequence[str] = ()
    ) -> list[str]:
        """The command that runs the launcher with `order`; EnvironmentMissing if this Blender is not here.

        `needed` are the folders that it has to see under the same paths as we; `arguments` go to a GUI.
        """
        if self.kind == "wheel":
            return [str(environments.wheel_python(self.environment)), str(LAUNCHER), str(order)]
        options = ["-b"] if background else ["--enable-event-simulate", "--window-geometry", "0", "0", *SIZE]
        options += [*arguments, "--python-exit-code", str(FAILED)]
        options += ["--python", str(LAUNCHER), "--", str(order)]
        return self.program_command(options, needed=needed)

    def program_command(self, options: Sequence[str], *, needed: Sequence[Path]) -> list[str]:
        """As `start_command`, a GUI with these options."""
        program = ["blender", *options]
        if self.environment:
            folder = environments.system_root(self.environment)
            return environments.inside_system(folder, program, [ROOT, X_SOCKETS, *needed])
        found = installed_version()
        if not found.startswith(f"{series(self.version)}."):
            raise EnvironmentMissing(
                f"Blender here is {found or 'missing'}; the tests are for {series(self.version)}. "
                "This brings it: apt-get install blender, on Debian 12"
            )
        return program

    def missing(self) -> str:
        """Why it cannot be run here, with the command that brings what it needs; empty if it can."""
        try:
            self.start_command(Path("order.json"), background=True, needed=())
        except EnvironmentMissing as problem:
            return str(problem)
        return missing_display() if self.kind == "gui" else ""


SIZE = ("1200", "800")
"""Pixels of the screen and of the window on it."""

WHEELS = (
    Blender("wheel-4.2", "4.2.23", "wheel", "3.11", BOTH, "bpy-4.2"),
    Blender("wheel-4.5", "4.5.15", "wheel", "3.11", BOTH, "bpy-4.5"),
    Blender("wheel-5.0", "5.0.1", "wheel", "3.11", BOTH, "bpy-5.0"),
    Blender("wheel-5.2", "5.2.3", "wheel", "3.13", BOTH, "bpy-5.2"),
)
GUIS = (
    Blender("gui-3.4", "3.4.1", "gui", "3.11", ("legacy",)),
    Blender("gui-4.3", "4.3.2", "gui", "3.13", BOTH, "debian-trixie"),
    Blender("gui-5.2", "5.2.2", "gui", "3.14", BOTH, "debian-sid"),
)


def missing_display() -> str:
    """Why no window can be opened here; empty if one can."""
    for program, package, purpose in (
        ("Xvfb", "xvfb", "open windows on"),
        ("convert", "imagemagick", "keep pictures with"),
    ):
        if shutil.which(program) is None:
            return f"There is no {program} to {purpose}. This brings it: apt-get install {package}"
    return ""


def search_path() -> str:
    """The PATH with which the system's own Blender is to be started: its folder first.

    Debian's takes the library that belongs to the first python3 on the PATH, and cannot use that of another.
    """
    program = shutil.which("blender")
    first = [] if program is None else [str(Path(program).parent)]
    return os.pathsep.join([*first, os.environ.get("PATH", "")])


@functools.cache
def installed_version() -> str:
    """The version of the system's own Blender, such as "3.4.1"; empty if there is none."""
    surroundings = {**os.environ, "PATH": search_path()}
    try:
        answer = subprocess.run(
            ["blender", "--version"], env=surroundings, capture_output=True, text=True, timeout=60.0
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"^Blender ([0-9.]+)", answer.stdout, re.MULTILINE)
    return found[1] if found else ""


def series(version: str) -> str:
    """The first two numbers of a version: the third changes without a change of what an add-on may use."""
    return ".".join(version.split(".")[:2])
