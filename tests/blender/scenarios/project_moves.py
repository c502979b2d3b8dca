# SPDX-License-Identifier: GPL-3.0-or-later
"""A project names another address of one service: that one reconnects, and no other; a save notes it.

`options` has the addresses of two ComfyUI and a LiteLLM.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
from inside import project
from inside.session import Session

LIMIT = 4096
"""Bytes that the settings of a project may add to its file."""


def scenario(session: Session) -> Iterator[object]:
    session.install()
    yield project.ready(session)
    engine, options = session.addon("ui.engine"), session.options

    def status(service: str) -> Any:
        return engine.snapshot().services[service]

    def is_connected(service: str, url: str) -> bool:
        if engine.snapshot() is None:
            return False
        row = status(service)
        return row.state.value == "connected" and row.endpoint is not None and row.endpoint.url == url

    project.props().litellm_connection.url = options["litellm"]
    project.props().comfyui_connection.url = options["first"]
    yield session.until(lambda: is_connected("comfyui", options["first"]), what="the first ComfyUI")
    yield session.until(lambda: is_connected("litellm", options["litellm"]), what="LiteLLM")
    before = {name: row.since for name, row in engine.snapshot().services.items()}
    project.props().comfyui_connection.url = options["second"]
    yield session.until(lambda: is_connected("comfyui", options["second"]), what="the second ComfyUI")
    assert status("litellm").since == before["litellm"], "it did not reconnect"
    assert status("comfyui").since != before["comfyui"]
    project.props().comfyui_connection.timeout = 9
    project.props().rvc_connection.enabled = False
    yield session.until(lambda: status("rvc").state.value == "disabled", what="RVC is off")
    assert status("litellm").since == before["litellm"]
    yield session.until(lambda: is_connected("comfyui", options["second"]), what="ComfyUI with a longer wait")

    yield from what_a_save_notes(session)
    yield from how_much_it_takes(session)
    assert session.addon("ui.bridge").mistakes() == ()


def what_a_save_notes(session: Session) -> Iterator[object]:
    file = str(session.folder / "film.blend")
    assert project.props().comfyui_connection.last_connection == ""
    bpy.ops.wm.save_as_mainfile(filepath=file)
    bpy.ops.wm.read_homefile()
    assert project.props().comfyui_connection.last_connection == ""
    bpy.ops.wm.open_mainfile(filepath=file)
    noted = project.props().comfyui_connection.last_connection
    assert noted.startswith(f"{session.options['second']} 20"), noted
    assert not bpy.data.is_dirty or bpy.app.background
    # What nobody set for the project leaves no trace, wherever the services are.
    bpy.ops.movie_director.reset_project_settings()
    bpy.ops.wm.save_as_mainfile(filepath=file, compress=False)
    assert session.options["second"].encode() not in Path(file).read_bytes()
    yield


def how_much_it_takes(session: Session) -> Iterator[object]:
    """Everything is set for all services, shown in the panel, and saved."""
    bpy.ops.wm.read_homefile()
    empty = size(session)
    services = ("comfyui", "wan2gp", "litellm", "rvc", "audioldm")
    for service in services:
        group = getattr(project.props(), f"{service}_connection")
        group.enabled, group.required, group.retry_count = True, True, 7
        group.url = "http://render-node-07.studio.example:18188"
        group.timeout, group.check_interval, group.breaker_interval = 12.5, 8.25, 120
        group.custom_data = '{"busy_limit": 300, "slow_answer": 2.5}'
    project.props().auto_connect = False
    project.props().profile = "The night shift in the studio"
    hints = {
        service: ["http://render-node-07.studio.example:18188", "2026-11-21T06:30Z"] for service in services
    }
    project.props().last_connections = json.dumps(hints)
    everything = size(session) - empty
    bpy.ops.movie_director.reset_project_settings()
    project.props().comfyui_connection.url = "http://192.168.1.20:8188"
    one = size(session) - empty
    session.note(bytes=everything, bytes_of_one=one)
    assert everything <= LIMIT, everything
    yield


def size(session: Session) -> int:
    file = str(session.folder / "size.blend")
    bpy.ops.wm.save_as_mainfile(filepath=file, compress=False)
    return os.path.getsize(file)
