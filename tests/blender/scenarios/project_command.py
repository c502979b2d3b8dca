# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender film.blend --command movie_director config`` tells what the film says and what is wrong there."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator

import bpy
from inside import project
from inside.session import Session

_WRONG = {
    "newer": json.dumps({"version": 99}),
    "broken": "{",
    "wrong": json.dumps({"version": 3, "settings": {"services": 5}}),
}


def scenario(session: Session) -> Iterator[object]:
    session.install()
    yield project.ready(session)
    file = str(session.folder / "film.blend")
    project.props().comfyui_connection.url = "http://127.0.0.1:8199"
    project.props().rvc_connection.enabled = False
    bpy.ops.wm.save_as_mainfile(filepath=file)
    said = project.stored()
    for name, text in _WRONG.items():
        project.props().stored = text
        bpy.ops.wm.save_as_mainfile(filepath=str(session.folder / f"{name}.blend"), copy=True)
    project.props().stored = said
    code, printed = _run(session, file, "show")
    session.note(code=code, printed=printed)
    told = {name: _run(session, str(session.folder / f"{name}.blend"), "check") for name in _WRONG}
    session.note(told=told)


def _run(session: Session, file: str, action: str) -> tuple[int, str]:
    """As at Blender's start: the file is open, and nothing but the command runs."""
    session.disable()
    bpy.ops.wm.open_mainfile(filepath=file)
    session.enable()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = session.addon("ui.commands").run(["config", action])
    return code, printed.getvalue()
