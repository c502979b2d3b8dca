"""Finds the Blender that is installed on this computer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

OLDEST = (3, 6, 0)
"""The first version that the add-on is made for."""

EXTENSIONS = (4, 2, 0)
"""The first version that installs the add-on as an extension, and lets a script choose a sidebar's tab."""

VERSION_LIMIT = 60.0
"""Seconds that Blender may take to tell its version; the first start after an installation is slow."""

PLACES: Mapping[str, tuple[str, ...]] = {
    "win32": (
        "{ProgramFiles}/Blender Foundation/Blender */blender.exe",
        "{ProgramFiles(x86)}/Steam/steamapps/common/Blender/blender.exe",
        "{LOCALAPPDATA}/Programs/Blender*/blender.exe",
    ),
    "darwin": (
        "/Applications/Blender*.app/Contents/MacOS/Blender",
        "{HOME}/Applications/Blender*.app/Contents/MacOS/Blender",
    ),
    "linux": (
        "/opt/blender*/blender",
        "/usr/local/blender*/blender",
        "/snap/bin/blender",
        "{HOME}/blender*/blender",
        "{HOME}/Applications/blender*/blender",
        "{HOME}/.local/share/flatpak/exports/bin/org.blender.Blender",
        "/var/lib/flatpak/exports/bin/org.blender.Blender",
        "{HOME}/.steam/steam/steamapps/common/Blender/blender",
    ),
}
"""By `sys.platform`, where Blender's installers put it, as patterns of paths with variables in braces."""

WITHIN = ("blender", "blender.exe", "Contents/MacOS/Blender")
"""Where the program is in a folder, or a bundle of macOS, that somebody names."""


@dataclass(frozen=True)
class Blender:
    """One that starts."""

    path: Path
    version: tuple[int, int, int]

    def __str__(self) -> str:
        return f"Blender {'.'.join(map(str, self.version))} ({self.path})"


class NoBlender(Exception):
    """There is none, or not where it should be; the text says what to do."""


def find(named: str = "", environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Blender:
    """Return the Blender at the path `named`; else the one that the variable BLENDER names, else the first
    that starts of those on the PATH and in the usual places. Raises NoBlender.
    """
    for path, source in ((named, "--blender"), (environ.get("BLENDER", ""), "the variable BLENDER")):
        if path:
            return _asked(_program(Path(path).expanduser()), source)
    for candidate in installed(environ, platform):
        try:
            return _asked(candidate, "")
        except NoBlender:  # a broken one; there may be another
            continue
    raise NoBlender(
        "No Blender was found: not on the PATH, and not where it is usually installed.\n"
        "Install Blender 3.6 or newer from https://www.blender.org/download/, or say where it is:\n"
        "    python3 scripts/run.py --blender /path/to/blender"
    )


def installed(environ: Mapping[str, str], platform: str) -> Iterator[Path]:
    """Give the programs on the PATH and in the usual places, of each place the newest first."""
    on_path = shutil.which("blender", path=environ.get("PATH", ""))
    if on_path:
        yield Path(on_path)
    for place in PLACES[platform if platform in PLACES else "linux"]:
        try:
            pattern = Path(place.format_map(environ))
        except KeyError:  # a variable that is not set here
            continue
        found = Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor)))
        yield from sorted(found, key=_by_number, reverse=True)


def _by_number(path: Path) -> list[int]:
    """Sort "Blender 4.2" before "Blender 4.10"."""
    return [int(digits) for digits in re.findall(r"\d+", str(path))]


def _program(path: Path) -> Path:
    """Return the program in the folder `path`, if it is one."""
    inside = [path / name for name in WITHIN if (path / name).is_file()]
    return inside[0] if path.is_dir() and inside else path


def _asked(path: Path, source: str) -> Blender:
    """Let the program tell its version. Raises NoBlender."""
    named = f", which {source} names," if source else ""
    try:
        answer = subprocess.run(
            [str(path), "--version"],
            env={**os.environ, "PATH": search_path(path)},
            capture_output=True,
            text=True,
            timeout=VERSION_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoBlender(f"{path}{named} cannot be started: {error}") from error
    told = re.search(r"^Blender (\d+)\.(\d+)(?:\.(\d+))?", answer.stdout, re.MULTILINE)
    if told is None:
        raise NoBlender(f"{path}{named} does not say that it is Blender.")
    major, minor, patch = (int(part or 0) for part in told.groups())
    return Blender(path, (major, minor, patch))


def search_path(blender: Path, environ: Mapping[str, str] = os.environ) -> str:
    """Return the PATH with which to start `blender`: its own folder first.

    A Blender that was built to use the system's Python takes the library that belongs to the first python3 on
    the PATH, so that one of pyenv, or of a virtual environment, would break it.
    """
    return os.pathsep.join(each for each in (str(blender.parent), environ.get("PATH", "")) if each)


def without_screen(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether there is surely no screen to open a window on; only Linux tells."""
    return platform.startswith("linux") and not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))
