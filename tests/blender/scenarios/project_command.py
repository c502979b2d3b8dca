# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender film.blend --command movie_director config show`` tells what the film says."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator

import bpy
from inside import project
from inside.session import Session


def scenario(session: Session) -> Iterator[object]:
    session.install()
    yield project.ready(session)
    file = str(session.folder / "film.blend")
    project.props().comfyui_connection.url = "http://127.0.0.1:8199"
    project.props().rvc_connection.enabled = False
    bpy.ops.wm.save_as_mainfile(filepath=file)
    # As at Blender's start: the file is open, and nothing but the command runs.
    session.disable()
    bpy.ops.wm.open_mainfile(filepath=file)
    session.enable()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = session.addon("ui.commands").run(["config", "show"])
    session.note(code=code, printed=printed.getvalue())
