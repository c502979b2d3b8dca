# SPDX-License-Identifier: GPL-3.0-or-later
"""ComfyUI is found, shown and killed, a file is saved, loaded and changed, and the main thread opens nothing.

The add-on's properties must follow, and the file must know nothing of it. `options` has its url and pid.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import bpy
from inside.guard import forbid_sockets_on_the_main_thread
from inside.session import Session

FILE = "film.blend"


def scenario(session: Session) -> Iterator[object]:
    forbidden = forbid_sockets_on_the_main_thread()
    session.install()
    yield session.until(lambda: status("comfyui") == "connected", what="ComfyUI connected")
    url = session.options["url"]
    assert service("comfyui").url == url
    assert service("comfyui").version
    assert service("comfyui").label == "ComfyUI"
    assert shown().services[0].name == "comfyui"

    yield from a_file_is_saved_and_loaded(session, url)
    yield from undo_knows_nothing(session)
    if not bpy.app.background:
        yield from a_window_comes_and_goes(session)

    os.kill(session.options["pid"], signal.SIGKILL)
    yield session.until(lambda: status("comfyui") == "reconnecting", what="the loss")
    assert service("comfyui").error_message
    assert shown().light == "red"
    assert is_clean()
    assert "lost" in [change.kind.value for change in session.addon("ui.bridge").news()]
    assert session.addon("ui.bridge").mistakes() == ()
    session.disable()
    assert forbidden == [], forbidden


def a_file_is_saved_and_loaded(session: Session, url: str) -> Iterator[object]:
    """The file holds nothing of the status, and stays as clean as it was."""
    file = session.folder / FILE
    bpy.ops.wm.save_as_mainfile(filepath=str(file), compress=False)
    assert url.encode() not in file.read_bytes()
    before = session.addon("ui.status_properties").shown().version
    yield session.until(
        lambda: session.addon("ui.status_properties").shown().version > before, what="another snapshot"
    )
    assert is_clean()
    bpy.ops.wm.open_mainfile(filepath=str(file))
    assert status("comfyui") == "connected"
    bpy.ops.wm.read_homefile()
    assert status("comfyui") == "connected"
    tick = session.addon("ui.bridge").tick
    assert bpy.app.timers.is_registered(tick)
    bpy.ops.wm.open_mainfile(filepath=str(file))
    yield


def undo_knows_nothing(session: Session) -> Iterator[object]:
    """Undo and redo leave the status, and what is folded out, as they are."""
    service("comfyui").show_details = True
    bpy.ops.ed.undo_push(message="before")
    bpy.context.scene.frame_end += 1
    bpy.ops.ed.undo_push(message="after")
    service("comfyui").show_details = False
    if bpy.ops.ed.undo.poll():
        bpy.ops.ed.undo()
    yield 0.2
    assert status("comfyui") == "connected"
    assert not service("comfyui").show_details
    bpy.ops.wm.open_mainfile(filepath=str(session.folder / FILE))
    yield 0.2


def a_window_comes_and_goes(session: Session) -> Iterator[object]:
    windows = bpy.context.window_manager.windows
    # A file that a timer loaded leaves no window in the context.
    with bpy.context.temp_override(window=windows[0]):
        bpy.ops.wm.window_new()
    yield 0.5
    windows = bpy.context.window_manager.windows
    assert len(windows) == 2
    with bpy.context.temp_override(window=windows[-1]):
        bpy.ops.wm.window_close()
    yield 0.5
    assert len(bpy.context.window_manager.windows) == 1
    assert bpy.app.timers.is_registered(session.addon("ui.bridge").tick)


def shown() -> Any:
    return bpy.context.window_manager.movie_director_status


def service(name: str) -> Any:
    return shown().services[name]


def status(name: str) -> str:
    """Where the connection stands; empty before there is a row."""
    return service(name).status if name in shown().services else ""


def is_clean() -> bool:
    """Whether Blender takes the file for unchanged; without windows it never does."""
    return bpy.app.background or not bpy.data.is_dirty
