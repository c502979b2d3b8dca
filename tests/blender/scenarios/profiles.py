# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles are saved, loaded, renamed and deleted; everything goes to another computer in one file.

`options["import"]` is a file that another run has exported; without it, one is written to
`options["export"]`.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import bpy
from inside import project
from inside.session import Session

URLS = {"comfyui": "http://192.168.1.20:8188", "wan2gp": "http://127.0.0.1:7861"}
BAD = (
    '{"version": 3, "settings": {"services": {"comfyui": {"timeout": "soon", "url": "http://127.0.0.1:5"}}}}'
)
OPS = bpy.ops.movie_director


def scenario(session: Session) -> Iterator[object]:
    session.install()
    yield project.ready(session)
    yield session.until(lambda: hasattr(bpy.types, "MOVIE_DIRECTOR_OT_import_settings"), what="the operators")
    if session.options.get("import"):
        yield from taken_over(session, session.options["import"])
    else:
        yield from profiles(session)
        yield from sent(session, session.options["export"])
    assert session.addon("ui.bridge").mistakes() == ()


def profiles(session: Session) -> Iterator[object]:
    store = project.store(session)
    assert not OPS.undo_profile.poll()
    for service, url in URLS.items():
        store.set_value(service, "url", url)
    assert OPS.save_profile(name="Home") == {"FINISHED"}
    store.set_value("comfyui", "timeout", 30)
    assert OPS.load_profile(name="LAN studio") == {"FINISHED"}
    assert holds(session, "comfyui", "timeout") == 10.0
    assert holds(session, "comfyui", "url") == URLS["comfyui"]

    # Blender's own undo is of the .blend; ours brings back what the profile replaced.
    bpy.ops.ed.undo_push(message="a")
    bpy.context.scene.frame_end += 1
    bpy.ops.ed.undo_push(message="b")
    bpy.ops.ed.undo()
    bpy.ops.ed.redo()
    assert holds(session, "comfyui", "timeout") == 10.0
    assert OPS.undo_profile() == {"FINISHED"}
    assert holds(session, "comfyui", "timeout") == 30.0
    assert not OPS.undo_profile.poll()

    assert OPS.load_profile(name="Home") == {"FINISHED"}
    assert holds(session, "comfyui", "timeout") == 2.0
    assert OPS.rename_profile(name="Home", new_name="At home") == {"FINISHED"}
    assert OPS.save_profile(name="Spare") == {"FINISHED"}
    assert list(store.user.profiles) == ["At home", "Spare"]
    assert OPS.delete_profile(name="Spare") == {"FINISHED"}
    assert list(store.user.profiles) == ["At home"]
    for refused in (
        lambda: OPS.save_profile(name="Local"),
        lambda: OPS.load_profile(name="Hom"),
        lambda: OPS.delete_profile(name="Hom"),
        lambda: OPS.rename_profile(name="At home", new_name=""),
    ):
        assert "ERROR" in raised(refused) or "Error" in raised(refused)
    assert holds(session, "comfyui", "url") == URLS["comfyui"]
    yield
    typed_while_loading(session)
    yield


def typed_while_loading(session: Session) -> None:
    """What is typed when a profile is loaded is used where it is in order, and gone where it is not."""
    store, values = project.store(session), session.addon("ui.preference_properties").values
    for service, text in (("rvc", "http://127.0.0.1:7001"), ("litellm", "http://127.0.")):
        key = session.addon("core.schema").Key(service, "url")
        values.write(store, key, store.schema.find(key), text, time.monotonic())
    assert OPS.load_profile(name="LAN studio") == {"FINISHED"}
    assert holds(session, "rvc", "url") == "http://127.0.0.1:7001"
    assert not values.drafts
    assert OPS.undo_profile() == {"FINISHED"}
    assert holds(session, "rvc", "url") == "http://127.0.0.1:7001"
    store.set_value("rvc", "url", "")


def waited_for_the_disk(_file: int) -> None:
    assert threading.current_thread() is not threading.main_thread(), "Blender stood still for a disk"


def sent(session: Session, path: str) -> Iterator[object]:
    with mock.patch("os.fsync", side_effect=waited_for_the_disk):
        assert OPS.export_settings(filepath=path) == {"FINISHED"}
    assert "cannot be written" in raised(lambda: OPS.export_settings(filepath="/nowhere/at/all.json"))
    folder = session.folder / "folder.json"
    folder.mkdir()
    assert "it is no file" in raised(lambda: OPS.export_settings(filepath=str(folder)))
    kept = session.folder / "kept.json"
    chosen = SimpleNamespace(filepath=str(session.folder / "kept"))
    assert bpy.types.MOVIE_DIRECTOR_OT_export_settings.check(chosen, bpy.context)
    assert chosen.filepath == str(kept), "Blender asks before it overwrites what it knows the name of"
    assert not bpy.types.MOVIE_DIRECTOR_OT_export_settings.check(chosen, bpy.context)
    session.note(
        user={key.dotted: value for key, value in project.store(session).user.values.entries.items()}
    )
    yield from broken(session, kept)


def broken(session: Session, kept: Path) -> Iterator[object]:
    """Settings that cannot be read take the place of no good export."""
    store = project.store(session)
    yield session.until(lambda: not store.is_unsaved, what="the settings are saved")
    kept.write_text("kept")
    Path(os.environ["MOVIE_DIRECTOR_HOME"], "settings.json").write_text("{")
    yield session.until(lambda: store.problems_of("user"), what="the broken settings are noticed")
    assert "settings.json cannot be read" in raised(lambda: OPS.export_settings(filepath=str(kept)))
    assert kept.read_text() == "kept"


def taken_over(session: Session, path: str) -> Iterator[object]:
    """On another computer: a preview changes nothing, then everything is there; mistakes are told."""
    store = project.store(session)
    store.set_value("rvc", "timeout", 77)
    assert OPS.import_settings(filepath=path, only_preview=True) == {"FINISHED"}
    assert (holds(session, "comfyui", "url"), holds(session, "rvc", "timeout")) == ("", 77.0)
    assert OPS.import_settings(filepath=path) == {"FINISHED"}
    assert {service: holds(session, service, "url") for service in URLS} == URLS
    assert holds(session, "rvc", "timeout") == 2.0, "what was set here is replaced"
    assert OPS.undo_profile() == {"FINISHED"}
    assert (holds(session, "comfyui", "url"), holds(session, "rvc", "timeout")) == ("", 77.0)
    assert not store.user.profiles
    assert OPS.import_settings(filepath=path) == {"FINISHED"}
    assert OPS.load_profile(name="At home") == {"FINISHED"}
    session.note(user={key.dotted: value for key, value in store.user.values.entries.items()})

    bad = Path(session.folder / "bad.json")
    bad.write_text(BAD)
    assert OPS.import_settings(filepath=str(bad)) == {"FINISHED"}
    assert holds(session, "comfyui", "url") == "http://127.0.0.1:5", "what is right is taken over"
    for text in ("{", '{"version": 9}', ""):
        bad.write_text(text)
        assert "bad.json" in raised(lambda: OPS.import_settings(filepath=str(bad)))
    assert "cannot be read" in raised(lambda: OPS.import_settings(filepath=str(session.folder / "none.json")))
    if hasattr(os, "mkfifo"):
        pipe = session.folder / "pipe.json"
        os.mkfifo(pipe)
        assert "cannot be read" in raised(lambda: OPS.import_settings(filepath=str(pipe)))
    assert holds(session, "comfyui", "url") == "http://127.0.0.1:5"
    yield


def holds(session: Session, service: str, name: str) -> Any:
    return project.store(session).newest.effective.get(service, name).value


def raised(call: Any) -> str:
    """What an operator reports that fails."""
    try:
        call()
    except RuntimeError as error:
        return str(error)
    return ""
