# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the pictures of the documents: the panel in several states, and the preferences.

`options["pipe"]` takes what is asked of the five services, which are where they usually are. For each picture
the part to keep is noted: left, top, width and height in pixels of the screen.
"""

from __future__ import annotations

from collections.abc import Iterator

import bpy
from inside import preferences, project
from inside.gui import DRAW, Gui, Steps
from inside.services import ask, service, states
from inside.session import Session

LIMIT = 60.0
TAB = "Movie Director"
CALM = 3.0
"""Seconds after a change, until what follows from it is on the screen."""
ABOVE = 250
"""Pixels of the preferences above ours: the search, and what Blender itself tells of every add-on."""
OF_ONE_SERVICE = 430
"""Pixels down to below the first service with the result of its test."""
ABOVE_PROJECT, OF_PROJECT = 360, 290
"""The same of the project's settings, below the panel and above what Blender has there."""
CORNER, ADD_ONS_HEIGHT = 24, 300
"""Pixels from the upper right corner of the list of add-ons to its menu, and what is enough of the list."""
WIDER = 90
"""Pixels by which the sidebar is drawn open, so that details have two columns."""


def scenario(session: Session) -> Iterator[object]:
    session.note(parts={})
    gui = Gui(session)
    yield from gui.prepare()
    yield from menu_that_installs(session, gui)
    session.install()
    bpy.context.preferences.system.use_region_overlap = False
    yield session.until(lambda: states() == {"connected"}, LIMIT, "all are connected")
    yield from gui.show_in("VIEW_3D")
    yield from gui.open_tab(TAB)
    # Nothing is under the mouse, so nothing is lit up.
    yield from gui.button_at(5, 5)
    yield CALM
    yield from picture(session, gui, "window", whole=True)
    yield from fill_window(gui)
    yield from picture(session, gui, "panel-ready")
    yield from unfolded(session, gui, "comfyui", "panel-details")
    yield from unfolded(session, gui, "llm", "panel-language-models")
    yield from something_missing(session, gui)
    yield from in_preferences(session, gui)
    yield from back(gui)
    yield from in_scene_properties(session, gui)


def menu_that_installs(session: Session, gui: Gui) -> Steps[None]:
    """Where Blender 4.2 and newer has "Install from Disk"."""
    yield from gui.show_in("PREFERENCES")
    bpy.context.preferences.active_section = "ADDONS"
    with bpy.context.temp_override(window=gui.window, area=gui.area, region=gui.region):
        bpy.ops.screen.screen_full_area()
    yield CALM
    gui.area = gui.window.screen.areas[0]
    gui.region = next(each for each in gui.area.regions if each.type == "WINDOW")
    yield from gui.click(gui.region.x + gui.region.width - CORNER, gui.region.y + gui.region.height - CORNER)
    yield 2 * DRAW
    yield from picture(session, gui, "install-from-disk", whole=True, height=ADD_ONS_HEIGHT)
    yield from gui.key("ESC")
    yield from back(gui)


def fill_window(gui: Gui) -> Steps[None]:
    """Give the area all of the window, so that everything folded out fits."""
    with bpy.context.temp_override(window=gui.window, area=gui.area, region=gui.region):
        bpy.ops.screen.screen_full_area(use_hide_panels=True)
    yield 2 * DRAW
    yield from gui.open_tab(TAB)
    region = gui.region
    yield from gui.drag(region.x, region.y + region.height // 2, -WIDER)
    yield from gui.button_at(5, 5)


def unfolded(session: Session, gui: Gui, name: str, picture_name: str) -> Steps[None]:
    status = bpy.context.window_manager.movie_director_status
    item = status.llm if name == "llm" else service(name)
    item.show_details = True
    yield from picture(session, gui, picture_name)
    item.show_details = False


def something_missing(session: Session, gui: Gui) -> Steps[None]:
    """A required service is killed, and an optional one."""
    ask(session, "kill wan2gp", "kill audioldm")
    yield session.until(lambda: states() == {"connected", "reconnecting"}, LIMIT, "two are lost")
    yield CALM
    yield from picture(session, gui, "panel-problem")
    ask(session, "restore")
    yield session.until(lambda: states() == {"connected"}, LIMIT, "all are connected again")


def in_preferences(session: Session, gui: Gui) -> Steps[None]:
    yield from back(gui)
    yield from preferences.ready(session)
    yield from preferences.show(session, gui)
    engine = session.addon("ui.engine")
    bpy.ops.movie_director.test_connection(service="comfyui")

    def finished() -> bool:
        test = engine.snapshot().tests.get("comfyui")
        return test is not None and bool(test.finished)

    yield session.until(finished, LIMIT, "the test of ComfyUI")
    yield from gui.button_at(5, 5)
    yield CALM
    yield from picture(session, gui, "preferences", above=ABOVE, height=OF_ONE_SERVICE)


def back(gui: Gui) -> Steps[None]:
    """To the window with several areas."""
    with bpy.context.temp_override(window=gui.window, area=gui.area, region=gui.region):
        bpy.ops.screen.back_to_previous()
    yield 2 * DRAW


def in_scene_properties(session: Session, gui: Gui) -> Steps[None]:
    """What a project says, below the panel."""
    yield project.ready(session)
    yield from gui.show_in("PROPERTIES", context="SCENE")
    yield from gui.open_panel("MOVIE_DIRECTOR_PT_connection_status_scene")
    yield from preferences.scroll(gui, down=True)
    yield from gui.open_panel("MOVIE_DIRECTOR_PT_project_settings")
    yield from preferences.scroll(gui, down=True)
    yield from gui.button_at(5, 5)
    yield from picture(session, gui, "project-settings", above=ABOVE_PROJECT, height=OF_PROJECT)


def picture(
    session: Session, gui: Gui, name: str, *, whole: bool = False, above: int = 0, height: int = 0
) -> Steps[None]:
    """Of the region in which we work without what is `above` (pixels), or of the whole window.

    It becomes no more than `height` pixels high, unless that is 0.
    """
    yield from gui.picture(name)
    region, window = gui.region, gui.window
    part = [region.x, window.height - region.y - region.height + above, region.width, region.height - above]
    if whole:
        part = [0, 0, window.width, window.height]
    session.facts["parts"][name] = [*part[:3], height or part[3]]
