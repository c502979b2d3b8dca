# SPDX-License-Identifier: GPL-3.0-or-later
"""Press the button of the sample add-on and fill its field, as a person does."""

from __future__ import annotations

from collections.abc import Iterator

import bpy
from inside.gui import Gui
from inside.session import Session


def scenario(session: Session) -> Iterator[object]:
    gui = Gui(session)
    yield from gui.prepare()
    session.install()
    manager = bpy.context.window_manager
    yield from gui.open_tab("Sample")
    buttons = yield from gui.buttons()
    session.note(buttons=[button.what for button in buttons])
    yield from gui.press("movie_director_sample.count")
    yield session.until(lambda: manager.movie_director_sample_count == 1, what="the button was pressed")
    yield from gui.fill("movie_director_sample_text", "http://[::1]:8188/é")
    yield session.until(lambda: manager.movie_director_sample_text != "", what="the text is there")
    session.note(text=manager.movie_director_sample_text)
    yield from gui.picture("sample")
