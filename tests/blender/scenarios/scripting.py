# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the `blocks` of code in `options`, as a user's script would, and reports what they print.

With a `url` the open .blend says that ComfyUI is there, and that Wan2GP is not used.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import Any

import bpy
from inside import project
from inside.session import Session


def scenario(session: Session) -> Iterator[object]:
    session.install()
    if session.options["url"]:
        yield from open_a_film(session)
    names: dict[str, Any] = {}
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        for block in session.options["blocks"]:
            exec(block, names)
    session.note(said=said.getvalue().splitlines())
    session.disable()


def open_a_film(session: Session) -> Iterator[object]:
    """As at Blender's start: the file is open, and nothing is watched yet."""
    file = str(session.folder / "film.blend")
    yield project.ready(session)
    project.props().comfyui_connection.url = session.options["url"]
    project.props().wan2gp_connection.enabled = False
    bpy.ops.wm.save_as_mainfile(filepath=file)
    session.disable()
    bpy.ops.wm.open_mainfile(filepath=file)
    session.enable()
