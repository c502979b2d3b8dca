# SPDX-License-Identifier: GPL-3.0-or-later
"""Set every field of the preferences by script, or read them as an earlier run left them.

`options["said"]` are values by property; `options["phase"]` is "set", "read" or "overridden".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy
from inside import preferences
from inside.session import Session


def scenario(session: Session) -> Iterator[object]:
    session.install()
    yield from preferences.ready(session)
    settings = session.addon("ui.engine").application().settings
    ours = preferences.properties(session)
    said = session.options["said"]
    session.note(fields=sorted(ours.bl_rna.properties.keys()))
    phase = session.options["phase"]
    if phase == "set":
        for name, value in said.items():
            setattr(ours, name, value)
        yield from _check_unfit(ours, settings)
        bpy.ops.wm.save_userpref()
        yield preferences.written(session)
    for name in said:
        if not name.endswith("_key"):
            session.note(**{name: _plain(getattr(ours, name))})
    session.note(
        key=ours.litellm_key,
        effective={key.dotted: each.value for key, each in settings.newest.effective if not _is_secret(key)},
        secrets=len(settings.trust.keys.secrets),
        userpref=bpy.utils.user_resource("CONFIG", path="userpref.blend"),
    )
    if phase == "set":
        _check_reset(settings)
        yield preferences.written(session)
    _check_operators()
    mistakes = session.addon("ui.bridge").mistakes()
    assert not mistakes, mistakes


def _check_unfit(ours: Any, settings: Any) -> Iterator[object]:
    """What cannot be used raises nothing, stays in its field, and changes nothing."""
    before = settings.newest.user
    ours.rvc_url = "http://192.168.1"
    yield
    assert ours.rvc_url == "http://192.168.1"
    assert settings.newest.user == before
    ours.rvc_key = "sk-for-no-address"
    assert "sk-for-no-address" not in settings.trust.keys.secrets, "it was kept for another address"
    ours.rvc_url = ""
    ours.rvc_timeout = 1e9
    assert ours.rvc_timeout == 300.0
    bpy.ops.movie_director.reset_settings(service="rvc")
    assert settings.newest.user == before


def _check_reset(settings: Any) -> None:
    before = settings.newest.user
    assert bpy.ops.movie_director.reset_settings() == {"FINISHED"}
    assert not settings.newest.user
    assert bpy.ops.movie_director.reset_settings() == {"CANCELLED"}
    assert bpy.ops.movie_director.undo_reset() == {"FINISHED"}
    assert settings.newest.user == before
    assert not bpy.ops.movie_director.undo_reset.poll()


def _check_operators() -> None:
    """Each can be found and says what it does."""
    for name in ("reset_settings", "undo_reset", "discover", "forget_key", "test_connection"):
        described = getattr(bpy.ops.movie_director, name).get_rna_type().description
        assert described, name
        assert not described.endswith("."), "Blender adds the full stop"


def _is_secret(key: Any) -> bool:
    return bool(key.name == "api_key")


def _plain(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value
