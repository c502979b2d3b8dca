# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets are entered wherever Blender has a place for one; everything that can be written is written.

`options`: the secrets by the place where they are entered, where to export to, and the address of a service.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
from inside import preferences, project
from inside.ending import all_were_tried
from inside.session import Session

OPS = bpy.ops.movie_director


def scenario(session: Session) -> Iterator[object]:
    session.install()
    yield from preferences.ready(session)
    yield project.ready(session)
    secrets, url = session.options["secrets"], session.options["url"]
    entered_in_preferences(session, secrets, url)
    entered_in_the_project(secrets, url)
    engine = session.addon("ui.engine")
    yield session.until(lambda: is_contacted(engine.snapshot(), url), what="an answer after a log-in")
    yield preferences.written(session)
    said = [shown_in_python(session)]
    for service in engine.snapshot().services:
        assert OPS.copy_details(service=service) == {"FINISHED"}
        said.append(bpy.context.window_manager.clipboard)
    OPS.save_profile(name="Night")
    OPS.export_settings(filepath=session.options["export"])
    bpy.ops.wm.save_as_mainfile(filepath=str(session.folder / "film.blend"), compress=False)
    bpy.ops.wm.save_userpref()
    brought = Path(session.folder / "brought.json")
    brought.write_text(json.dumps(with_secrets(secrets)))
    for call in (
        lambda: OPS.import_settings(filepath=str(brought), only_preview=True),
        lambda: OPS.import_settings(filepath=str(brought)),
    ):
        assert call() == {"FINISHED"}
    brought.unlink()
    said += [repr(each) for each in project.store(session).newest.problems]
    said += [str(project.cards_of(session)), repr(project.store(session).newest)]
    said += session.addon("ui.bridge").mistakes()
    bpy.ops.wm.save_as_mainfile(filepath=str(session.folder / "later.blend"), compress=False)
    yield preferences.written(session)
    session.note(said=said, kept=sorted(project.store(session).trust.keys.secrets))
    session.disable()


def is_contacted(snapshot: Any, url: str) -> bool:
    """Whether all were tried, and ComfyUI answered where it is."""
    comfyui = snapshot.services["comfyui"]
    is_there = comfyui.state.value == "connected" and comfyui.endpoint.url == url
    return is_there and all_were_tried(snapshot)


def entered_in_preferences(session: Session, secrets: dict[str, str], url: str) -> None:
    fields = preferences.properties(session)
    fields.litellm_key = secrets["preferences-key"]
    fields.comfyui_url = with_login(url, secrets["preferences-url"])
    fields.wan2gp_url = f"ftp://ada:{quoted(secrets['preferences-bad-url'])}@127.0.0.1"
    fields.rvc_custom_data = json.dumps({"api_key": secrets["preferences-custom"]})


def entered_in_the_project(secrets: dict[str, str], url: str) -> None:
    group = project.props()
    group.litellm_connection.url = with_login(url, secrets["project-url"])
    group.wan2gp_connection.url = f"ftp://ada:{quoted(secrets['project-bad-url'])}@127.0.0.1"
    group.audioldm_connection.custom_data = json.dumps({"token": secrets["project-custom"]})


def with_secrets(secrets: dict[str, str]) -> dict[str, Any]:
    """An export in which somebody has written secrets by hand."""
    fields = {
        "url": f"http://ada:{quoted(secrets['import-url'])}@127.0.0.1:1",
        "api_key": secrets["import-key"],
        "custom_data": {"password": secrets["import-custom"]},
        "timeout": 9.0,  # an import of which nothing can be used is refused
    }
    return {"format": "movie-director/settings", "version": 3, "settings": {"services": {"rvc": fields}}}


def shown_in_python(session: Session) -> str:
    """What a script reads from the fields of keys and addresses."""
    fields, shown = preferences.properties(session), []
    for service in ("comfyui", "wan2gp", "litellm", "rvc", "audioldm"):
        group = getattr(project.props(), f"{service}_connection")
        shown += [getattr(fields, f"{service}_key"), group.url, project.stored()]
    return " ".join(shown)


def with_login(url: str, password: str) -> str:
    return url.replace("//", f"//ada:{quoted(password)}@")


def quoted(password: str) -> str:
    return password.replace("/", "%2F")
