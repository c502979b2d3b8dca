# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait, note and mark, as every scenario does."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import bpy
from inside.session import Session


def scenario(session: Session) -> Iterator[object]:
    begun = time.monotonic()
    yield 0.3
    assert time.monotonic() - begun >= 0.3
    session.mark("waited")
    yield session.until(lambda: time.monotonic() - begun > 0.5)
    session.mark("waited on")
    session.note(
        option=session.options["number"],
        home=os.environ["MOVIE_DIRECTOR_HOME"],
        user=bpy.utils.resource_path("USER"),
        background=bpy.app.background,
    )
