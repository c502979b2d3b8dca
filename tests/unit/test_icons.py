# SPDX-License-Identifier: GPL-3.0-or-later
"""The marks: one picture each, all of them drawn by the script, and told apart by more than colour."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from movie_director.core.card_parts import Mark

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "addon" / "movie_director" / "ui" / "icons"


def test_every_mark_has_its_picture_and_no_picture_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{mark.value}.png" for mark in Mark}


def test_the_pictures_are_what_the_script_draws() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "draw_icons.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
