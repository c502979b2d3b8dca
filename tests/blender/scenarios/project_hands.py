# SPDX-License-Identifier: GPL-3.0-or-later
"""Set a value in the panel by hand, undo and redo it, load a profile in between, and allow an address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy
from inside import project
from inside.gui import DRAW, Gui
from inside.session import Session

LAN = "http://192.0.2.7:8188"


def scenario(session: Session) -> Iterator[object]:
    gui = Gui(session)
    yield from gui.prepare()
    if hasattr(bpy.context.preferences.system, "use_online_access"):
        bpy.context.preferences.system.use_online_access = True
    session.install()
    yield project.ready(session)
    yield from gui.show_in("PROPERTIES")
    gui.area.spaces[0].context = "SCENE"
    yield from only_ours(gui)
    bpy.ops.ed.undo_push(message="the beginning")
    assert project.stored() == "", "drawing stores nothing"

    yield from gui.press("set_for_project")
    yield session.until(lambda: project.said(session), what="the first box is ticked")
    assert project.said(session) == {"auto_connect": True}
    yield from gui.picture("set")
    yield from gui.key("Z", ctrl=True)
    yield session.until(lambda: not project.said(session), what="undone")
    assert bpy.ops.movie_director.load_profile(name="Development") == {"FINISHED"}
    yield from gui.key("Z", ctrl=True, shift=True)
    yield session.until(lambda: project.said(session), what="done again")
    user = project.store(session).newest.user
    assert user.get("comfyui", "retry_count") == 10, "a profile is not of the .blend"

    project.props().comfyui_connection.url = LAN
    yield session.until(lambda: project.withheld(session, "comfyui") == "not-allowed", what="it waits")
    yield DRAW * 2
    yield from gui.picture("asked")
    yield from chosen_by_hand(session, gui)
    yield from gui.press("allow_address_once")
    yield session.until(lambda: not project.withheld(session, "comfyui"), what="it is allowed")
    assert not project.store(session).newest.consent.always
    assert session.addon("ui.bridge").mistakes() == ()
    session.disable()


def chosen_by_hand(session: Session, gui: Gui) -> Iterator[object]:
    """Called from the menu search, without an address, it lets an address be chosen."""
    for key, is_withheld in (("ESC", True), ("RET", False)):
        with bpy.context.temp_override(window=gui.window, area=gui.area, region=gui.region):
            bpy.ops.movie_director.allow_address_once("INVOKE_DEFAULT", service="comfyui")
        yield DRAW
        assert project.withheld(session, "comfyui") == "not-allowed", "nothing was chosen yet"
        if is_withheld:
            yield from gui.picture("choice")
        yield from gui.key(key)
        yield DRAW
        assert bool(project.withheld(session, "comfyui")) is is_withheld, key
    assert bpy.ops.movie_director.revoke_address(origin=LAN) == {"FINISHED"}
    yield session.until(lambda: project.withheld(session, "comfyui") == "not-allowed", what="it waits again")
    yield DRAW * 2


def only_ours(gui: Gui) -> Any:
    """Leave no panel in the tab but ours, folded out, so that its buttons are to be seen."""
    for name in dir(bpy.types):
        kind = getattr(bpy.types, name)
        is_panel = isinstance(kind, type) and issubclass(kind, bpy.types.Panel)
        if not is_panel or name.startswith("MOVIE_DIRECTOR") or not getattr(kind, "is_registered", False):
            continue
        if getattr(kind, "bl_space_type", "") == "PROPERTIES" and getattr(kind, "bl_context", "") == "scene":
            bpy.utils.unregister_class(kind)
    panel = bpy.types.Panel.bl_rna_get_subclass_py("MOVIE_DIRECTOR_PT_project_settings")
    bpy.utils.unregister_class(panel)
    panel.bl_options = set()
    del panel.bl_parent_id
    bpy.utils.register_class(panel)
    gui.region = next(each for each in gui.area.regions if each.type == "WINDOW")
    gui.area.tag_redraw()
    yield DRAW * 2
