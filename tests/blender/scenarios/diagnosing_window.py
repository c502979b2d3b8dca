# SPDX-License-Identifier: GPL-3.0-or-later
"""Have the report copied in a window, where there is a clipboard."""

from __future__ import annotations

from collections.abc import Iterator

import bpy
from inside.session import Session


def scenario(session: Session) -> Iterator[object]:
    session.install()
    engine, manager = session.addon("ui.engine"), bpy.context.window_manager
    yield session.until(engine.application, what="the engine")
    assert bpy.ops.movie_director.copy_diagnostics() == {"FINISHED"}
    yield session.until(lambda: manager.clipboard, what="the clipboard")
    session.note(clipboard=manager.clipboard)
    session.disable()
