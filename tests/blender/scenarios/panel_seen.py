# SPDX-License-Identifier: GPL-3.0-or-later
"""Open the tab in a window, fold a service out, press its buttons, and look at it at two scales."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy
from inside.gui import DRAW, Gui
from inside.session import Session


def scenario(session: Session) -> Iterator[object]:
    gui = Gui(session)
    yield from gui.prepare()
    session.install()
    engine = session.addon("ui.engine")

    def state(service: str) -> str:
        snapshot = engine.snapshot()
        return "" if snapshot is None else str(snapshot.services[service].state.value)

    yield session.until(lambda: state("comfyui") == "connected", what="ComfyUI is connected")
    yield from gui.open_tab("Movie Director")
    yield from gui.picture("folded")
    status = bpy.context.window_manager.movie_director_status

    yield from gui.press("show_details")
    yield session.until(lambda: status.services["comfyui"].show_details, what="the first card folds out")
    yield from gui.picture("unfolded")
    yield from gui.press("copy_details")
    wm = bpy.context.window_manager
    yield session.until(lambda: "ComfyUI: Connected" in wm.clipboard, what="the details on the clipboard")
    session.note(report=wm.clipboard)
    refresh = yield from gui.find("refresh_connections", columns=(0.78, 0.82, 0.86))
    yield from gui.click(refresh.x, refresh.y)
    yield session.until(lambda: is_over(engine.snapshot().discovery), what="a look around")
    yield DRAW
    yield from gui.press("test_connection")
    yield session.until(lambda: is_over(engine.snapshot().tests.get("comfyui")), what="a test")

    bpy.context.preferences.view.ui_scale = 2.0
    yield 1.0
    yield from gui.picture("twice")
    bpy.context.preferences.view.ui_scale = 1.0
    session.disable()


def is_over(report: Any) -> bool:
    """Whether there is one to which nothing more comes, so that the panel stays as it is."""
    return report is not None and bool(report.finished)
