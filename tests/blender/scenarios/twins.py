# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on is switched on twice: in the way of this mode, and then in the other way."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import bpy
from inside.session import Session

OTHER = {"legacy": "extension", "extension": "legacy"}


def scenario(session: Session) -> Iterator[object]:
    session.install()
    first = session.module_name
    status = bpy.context.window_manager.movie_director_status
    yield session.until(lambda: len(status.services) >= 5, what="services of the first")

    session.mode = OTHER[session.mode]
    session.install()
    second = session.module_name
    assert owner() == first
    assert second in bpy.context.preferences.addons
    assert f"{second}.ui.bridge" not in sys.modules
    assert notice().bl_idname == second
    assert len(status.services) >= 5
    session.disable()
    assert notice() is None
    assert owner() == first

    session.enable()
    session.mode = OTHER[session.mode]
    session.disable()
    assert owner() is None
    session.mode = OTHER[session.mode]
    session.disable()
    session.enable()
    assert owner() == second
    assert notice() is None
    status = bpy.context.window_manager.movie_director_status
    yield session.until(lambda: len(status.services), what="services of the second")
    session.disable()


def owner() -> str | None:
    """Whose classes are registered."""
    found = bpy.types.PropertyGroup.bl_rna_get_subclass_py("MOVIE_DIRECTOR_PG_status", None)
    return None if found is None else found.__module__.rpartition(".ui.")[0]


def notice() -> type | None:
    """What stands in the preferences of a copy that stays off."""
    return bpy.types.AddonPreferences.bl_rna_get_subclass_py("MOVIE_DIRECTOR_TWIN_preferences", None)
