# SPDX-License-Identifier: GPL-3.0-or-later
"""A test begins, or the add-on or Blender ends, while an address is typed that was not used yet.

`options["phase"]` is "type" or "read".
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import bpy
from inside import preferences
from inside.session import Session

TESTED, DISABLED, ENDED = "http://127.0.0.1:7000", "http://127.0.0.1:7001", "http://127.0.0.1:7002"


def scenario(session: Session) -> Iterator[object]:
    session.install()
    yield from preferences.ready(session)
    if session.options["phase"] == "type":
        type_address(session, "litellm", TESTED)
        assert bpy.ops.movie_director.test_connection(service="litellm") == {"FINISHED"}
        assert preferences.properties(session).litellm_url == TESTED
        settings = session.addon("ui.engine").application().settings
        assert settings.newest.effective.get("litellm", "url").value == TESTED, "another address is tested"
        type_address(session, "rvc", DISABLED)
        type_address(session, "comfyui", "http://127.0.")
        session.disable()
        session.enable()
        yield from preferences.ready(session)
    ours = preferences.properties(session)
    yield session.until(lambda: ours.rvc_url == DISABLED, what="what was typed when it was disabled")
    assert ours.comfyui_url == "", "half an address was used"
    if session.options["phase"] == "type":
        type_address(session, "wan2gp", ENDED)
    session.note(kept=ours.wan2gp_url == ENDED)


def type_address(session: Session, service: str, text: str) -> None:
    """As by hand in a window; what a script sets in background mode is used at once."""
    settings = session.addon("ui.engine").application().settings
    key = session.addon("core.schema").Key(service, "url")
    values = session.addon("ui.preference_properties").values
    values.write(settings, key, settings.schema.find(key), text, time.monotonic())
    assert settings.newest.user.get(service, "url") is None
