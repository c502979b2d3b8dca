# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on with a file that cannot be imported: the panel says that it did not start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import bpy
from inside.session import Session
from scenarios.panel_drawn import PANELS, load_recording_layout, texts


def scenario(session: Session) -> Iterator[object]:
    recording = load_recording_layout(Path(session.options["recording_layout"]))
    session.install(enable=False)
    resources = Path(bpy.utils.resource_path("USER"))
    (broken,) = resources.rglob("movie_director/runtime/application.py")
    broken.write_text("raise ImportError('a damaged installation')\n", "utf-8")
    session.enable()
    engine = session.addon("ui.engine")
    yield session.until(lambda: engine.failure() is not None, what="the start failed")
    shown = texts(recording, PANELS[0], 229)
    assert (shown[0], shown[-1]) == ("It could not start.", "Copy error")
    session.note(told=session.addon("ui.operators").start_failure())
    session.disable()
