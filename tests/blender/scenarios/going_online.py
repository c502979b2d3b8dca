# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's switch for online access is turned while a service on another computer is configured."""

from __future__ import annotations

from collections.abc import Iterator

import bpy
from inside.session import Session


def scenario(session: Session) -> Iterator[object]:
    assert not bpy.app.online_access
    session.install()
    yield session.until(lambda: problem() == "online-access-off", what="not contacted")
    assert "online access" in service().error_message
    assert service().status == "failed"
    bpy.context.preferences.system.use_online_access = True
    yield session.until(lambda: problem() not in ("", "online-access-off"), what="contacted")
    bpy.context.preferences.system.use_online_access = False
    yield session.until(lambda: problem() == "online-access-off", what="not contacted any more")
    session.disable()


def service() -> bpy.types.PropertyGroup:
    return bpy.context.window_manager.movie_director_status.services["comfyui"]


def problem() -> str:
    status = bpy.context.window_manager.movie_director_status
    return service().error_code if "comfyui" in status.services else ""
