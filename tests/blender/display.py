# SPDX-License-Identifier: GPL-3.0-or-later
"""A screen that nobody looks at: Xvfb, whose picture lies in a file."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.blender.blenders import SIZE
from tests.blender.processes import group


@dataclass(frozen=True)
class Display:
    """A running X server."""

    name: str
    """Such as ":103"."""
    picture: Path
    """What is on the screen now, in xwd's format."""


@contextlib.contextmanager
def display() -> Iterator[Display]:
    """Run an X server of our own, on a number that is free; it and its files are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="movie-director-screen-"))
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{'x'.join(SIZE)}x24"]
    command += ["+extension", "GLX", "-nocursor", "-nolisten", "tcp", "-noreset", "-fbdir", str(folder)]
    try:
        with group(command, pass_fds=[writing], graceful=True):
            os.close(writing)
            with os.fdopen(reading) as numbers:
                number = numbers.readline().strip()  # ends without a line when the server ends
            if not number:
                raise RuntimeError("Xvfb did not start")
            yield Display(f":{number}", folder / "Xvfb_screen0")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def to_png(picture: Path) -> Path:
    """Turn a picture in xwd's format into a PNG beside it, and remove it; AssertionError if it is black."""
    png = picture.with_suffix(".png")
    subprocess.run(["convert", f"xwd:{picture}", str(png)], check=True, timeout=60.0)
    mean = subprocess.run(
        ["convert", str(png), "-colorspace", "Gray", "-format", "%[fx:mean]", "info:"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60.0,
    )
    assert float(mean.stdout) > 0.01, f"{png.name} is black"
    picture.unlink()
    return png
