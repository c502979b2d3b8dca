# SPDX-License-Identifier: GPL-3.0-or-later
"""Project settings within one Blender: set, saved, loaded, undone, copied, appended, linked, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
from inside.session import Session

URL = "http://127.0.0.1:9"
OTHER = "http://127.0.0.1:7"


def scenario(session: Session) -> Iterator[object]:
    session.install()
    yield session.until(lambda: is_ready(session), what="the properties of the services")
    yield from unset_follows_the_user(session)
    yield from set_means_said(session)
    yield from undone_and_redone(session)
    yield from every_scene_says_the_same(session)
    yield from what_is_appended_does_not_win(session)
    yield from taken_back(session)
    assert session.addon("ui.bridge").mistakes() == ()
    session.disable()


def unset_follows_the_user(session: Session) -> Iterator[object]:
    """Nothing is stored by looking, and what the user sets is seen through."""
    assert not any(scene.is_property_set("movie_director_props") for scene in bpy.data.scenes), (
        "stored by looking"
    )
    store(session).set_value("comfyui", "timeout", 7)
    assert comfyui().timeout == 7.0
    assert said(session) == {}
    assert comfyui().url == ""
    store(session).set_value("comfyui", "timeout", 2)
    yield


def set_means_said(session: Session) -> Iterator[object]:
    comfyui().url = URL
    comfyui().enabled = False
    comfyui().timeout = 2.1
    comfyui().custom_data = '{"busy_limit": 300}'
    props().auto_connect = True
    assert said(session) == {
        ("", "auto_connect"): True,
        ("comfyui", "url"): URL,
        ("comfyui", "enabled"): False,
        ("comfyui", "timeout"): 2.1,
        ("comfyui", "custom_data"): '{"busy_limit": 300.0}',
    }
    assert props().config_version == 3
    effective = store(session).newest.effective.get("comfyui", "url")
    assert (effective.value, effective.layer.value) == (URL, "project")
    before = bpy.context.scene.movie_director_props.stored
    comfyui().url = "ftp://ada:secret@host"
    comfyui().custom_data = '{"api_key": "sk-123"}'
    assert comfyui().url == "ftp://host", "it stays in the field"
    assert bpy.context.scene.movie_director_props.stored == before, "and does not come into the file"
    bpy.ops.movie_director.reset_project_settings(service="comfyui", setting="custom_data")
    comfyui().url = URL
    assert ("comfyui", "custom_data") not in said(session)

    file = session.folder / "film.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(file))
    expected = said(session)
    bpy.ops.wm.read_homefile()
    yield
    assert said(session) == {}
    bpy.ops.wm.open_mainfile(filepath=str(file))
    yield
    assert said(session) == expected
    effective = store(session).newest.effective.get("comfyui", "url")
    assert (effective.value, effective.detail) == (URL, "film.blend")


def undone_and_redone(session: Session) -> Iterator[object]:
    bpy.ops.ed.undo_push(message="before")
    comfyui().url = OTHER
    bpy.ops.ed.undo_push(message="after")
    yield
    bpy.ops.ed.undo()
    assert said(session)["comfyui", "url"] == URL
    yield 1.2
    assert said(session)["comfyui", "url"] == URL
    bpy.ops.ed.redo()
    assert said(session)["comfyui", "url"] == OTHER
    assert {scene.movie_director_props.stored for scene in bpy.data.scenes} == {props().stored}
    comfyui().url = URL
    yield


def every_scene_says_the_same(session: Session) -> Iterator[object]:
    empty = bpy.data.scenes.new("Empty")
    copy = bpy.context.scene.copy()
    comfyui().retry_count = 9
    assert {scene.movie_director_props.stored for scene in bpy.data.scenes} == {props().stored}
    copy.movie_director_props.comfyui_connection.retry_count = 3
    assert said(session)["comfyui", "retry_count"] == 3
    assert {scene.movie_director_props.stored for scene in bpy.data.scenes} == {props().stored}
    bpy.data.scenes.new("Later")
    yield session.until(lambda: stored("Later") == props().stored, what="a new scene says it too")
    bpy.data.scenes.new("Latest")
    bpy.ops.wm.save_as_mainfile(filepath=str(session.folder / "scenes.blend"))
    assert stored("Latest") == props().stored
    bpy.data.scenes.remove(empty)
    # The scene that decides may be removed.
    bpy.context.window_manager.windows[0].scene = copy
    bpy.data.scenes.remove(bpy.data.scenes["Scene"])
    yield 1.2
    assert said(session)["comfyui", "retry_count"] == 3


def what_is_appended_does_not_win(session: Session) -> Iterator[object]:
    """Neither appended nor linked scenes change what holds."""
    mine = said(session)
    stranger = Path(session.folder / "stranger.blend")
    bpy.ops.wm.save_as_mainfile(filepath=str(session.folder / "mine.blend"))
    bpy.ops.wm.read_homefile()
    bpy.context.scene.name = "Stranger"
    comfyui().url = "http://attacker.example:1"
    bpy.ops.wm.save_as_mainfile(filepath=str(stranger))
    bpy.ops.wm.open_mainfile(filepath=str(session.folder / "mine.blend"))
    for link in (False, True):
        with bpy.data.libraries.load(str(stranger), link=link) as (source, target):
            target.scenes = list(source.scenes)
        assert said(session) == mine
        yield 1.2
        assert said(session) == mine
    for scene in bpy.data.scenes:
        if scene.library is None:
            assert "attacker" not in scene.movie_director_props.stored
        else:
            assert "attacker" in scene.movie_director_props.stored, "what is linked is left alone"
    bpy.ops.wm.save_as_mainfile(filepath=str(session.folder / "mine.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(session.folder / "mine.blend"))
    yield
    assert said(session) == mine


def taken_back(session: Session) -> Iterator[object]:
    assert bpy.ops.movie_director.reset_project_settings(service="comfyui", setting="url") == {"FINISHED"}
    assert ("comfyui", "url") not in said(session)
    assert bpy.ops.movie_director.set_for_project(service="comfyui", setting="url") == {"FINISHED"}
    assert said(session)["comfyui", "url"] == ""
    assert bpy.ops.movie_director.reset_project_settings(service="comfyui") == {"FINISHED"}
    assert said(session) == {("", "auto_connect"): True}
    assert bpy.ops.movie_director.reset_project_settings() == {"FINISHED"}
    assert said(session) == {}
    assert bpy.ops.movie_director.reset_project_settings() == {"CANCELLED"}
    assert props().stored == ""
    assert props().config_version == 3
    yield


def is_ready(session: Session) -> bool:
    application = session.addon("ui.engine").application()
    if application is None or not application.settings.newest.loaded:
        return False
    return "config_version" in names_of_properties()


def names_of_properties() -> list[str]:
    kind = bpy.types.PropertyGroup.bl_rna_get_subclass_py("MOVIE_DIRECTOR_PG_project")
    return [] if kind is None else list(kind.bl_rna.properties.keys())


def props() -> Any:
    return bpy.context.scene.movie_director_props


def comfyui() -> Any:
    return props().comfyui_connection


def stored(name: str) -> str:
    scene = bpy.data.scenes[name]
    return scene.movie_director_props.stored if scene.is_property_set("movie_director_props") else ""


def store(session: Session) -> Any:
    return session.addon("ui.engine").application().settings


def said(session: Session) -> dict[tuple[str, str], Any]:
    """What the engine has of the project."""
    return {tuple(key): value for key, value in store(session).newest.project.entries.items()}
