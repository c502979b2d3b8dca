# SPDX-License-Identifier: GPL-3.0-or-later
"""A file of another Blender is opened, with the add-on off and on, saved, and opened again.

`options`: the file, and what it says.
"""

from __future__ import annotations

from collections.abc import Iterator

import bpy
from inside import project
from inside.session import Session


def scenario(session: Session) -> Iterator[object]:
    copy = str(session.folder / "copy.blend")
    try:
        bpy.ops.wm.open_mainfile(filepath=session.options["file"])
    except RuntimeError as error:
        session.note(refused=str(error))
        return
    # Somebody without the add-on saves it.
    bpy.ops.wm.save_as_mainfile(filepath=copy)
    session.install()
    yield project.ready(session)
    expected = session.options["said"]
    assert project.said(session) == expected, (project.said(session), expected)
    bpy.ops.wm.read_homefile()
    assert project.said(session) == {}
    bpy.ops.wm.open_mainfile(filepath=copy)
    assert project.said(session) == expected
    assert project.stored() == session.options["text"]
    bpy.ops.wm.save_as_mainfile(filepath=copy)
    session.disable()
    bpy.ops.wm.open_mainfile(filepath=copy)
    session.enable()
    yield project.ready(session)
    assert project.said(session) == expected
    assert session.addon("ui.bridge").mistakes() == ()
