# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the pictures of the documents; scripts/draw_screenshots.py runs it."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.blender.blenders import GUIS, ROOT
from tests.blender.display import display
from tests.blender.running import InBlender
from tests.blender.stage import Stage, obeying

PICTURES = ROOT / "docs" / "pictures"
PORTS = {"comfyui": 8188, "wan2gp": 7860, "litellm": 4000, "rvc": 7865, "audioldm": 7863}
"""Where a person's programs are."""
BLENDER = "gui-4.3"
LIMIT = 300.0
COLOURS = "128"
"""So many are enough for a user interface, and make small files."""
TABS = 28
"""Pixels at the right edge of a sidebar, which go on below what is in it."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/draw_screenshots.py", description="Takes docs/pictures.")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="folder for what the run leaves")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="movie-director-pictures-") as folder:
        return take(options.keep or Path(folder))


def take(folder: Path) -> int:
    """Run the scenario, and keep its pictures."""
    (blender,) = [each for each in GUIS if each.name == BLENDER]
    missing = blender.missing()
    if missing:
        print(missing, file=sys.stderr)
        return 2
    files = folder / "blender"
    files.mkdir(parents=True)
    zip_file: Path = importlib.import_module("build").build(folder)
    with display() as screen, Stage(PORTS) as stage, obeying(stage, files / "wishes"):
        run = InBlender(blender, "extension", "movie_director", zip_file, files, screen)
        report = run.run("screenshots", options={"pipe": str(files / "wishes")}, limit=LIMIT)
    PICTURES.mkdir(exist_ok=True)
    for name, part in report.facts["parts"].items():
        target = PICTURES / f"{name}.png"
        cut(report.pictures[name], part, target)
        print(f"{target.relative_to(ROOT)}: {target.stat().st_size / 1000:.0f} kB")
    return 0


def cut(picture: Path, part: Sequence[int], target: Path) -> None:
    """Keep a part of a picture, down to the last line in which there is anything, with few colours."""
    left, top, width, height = part
    crop = ["-crop", f"{width - TABS}x{height}+{left}+{top}", "+repage", "-fuzz", "2%"]
    box = convert([str(picture), *crop, "-format", "%@", "info:"])
    used, lower = box.partition("x")[2].split("+")[::2]
    height = min(height, int(used) + int(lower) + TABS // 4)
    crop = ["-crop", f"{width}x{height}+{left}+{top}", "+repage"]
    convert([str(picture), *crop, "+dither", "-colors", COLOURS, "-strip", f"png8:{target}"])


def convert(arguments: Sequence[str]) -> str:
    command = ["convert", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60.0).stdout


if __name__ == "__main__":
    sys.exit(main())
