# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that says "not by itself" is open when the add-on begins: nothing is contacted until a file says so.

In a window alone: without one nobody tells the services what the file says. `options`: where a ComfyUI is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy
from inside import project
from inside.session import Session


def scenario(session: Session) -> Iterator[object]:
    session.install()
    yield project.ready(session)

    def snapshot() -> Any:
        return session.addon("ui.engine").snapshot()

    def row() -> Any:
        return snapshot().services["comfyui"]

    project.props().comfyui_connection.url = session.options["url"]
    yield session.until(lambda: row().state.value == "connected", what="ComfyUI")
    project.props().auto_connect = False
    assert row().state.value == "connected", "said later, it ends nothing"
    file = str(session.folder / "quiet.blend")
    bpy.ops.wm.save_as_mainfile(filepath=file)

    session.disable()
    session.enable()
    yield project.ready(session)
    # Looked at often, from its first moment on: it must never begin.
    states = set()
    application = session.addon("ui.engine").application()
    key = application.test("comfyui")

    def is_tested() -> bool:
        states.add(row().state.value)
        return bool(snapshot().tests[key].finished)

    yield session.until(is_tested, what="the test that was asked for")
    assert snapshot().tests[key].passed
    assert states == {"disabled"}, states
    assert application.waits_for_user

    project.props().auto_connect = True
    yield session.until(lambda: row().state.value == "connected", what="ComfyUI once the file says so")
    assert session.addon("ui.bridge").mistakes() == ()
