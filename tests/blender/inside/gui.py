# SPDX-License-Identifier: GPL-3.0-or-later
"""The hands and eyes of a scenario in a window: open a tab, find a button, click it, type, take a picture.

Everything that needs Blender to handle an event or to draw is a generator: `yield from gui.open_tab(...)`.
Places are in pixels of the window, from its lower left corner.
"""

from __future__ import annotations

import shutil
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeVar

import bpy
from inside.session import Session

T = TypeVar("T")
Steps = Generator[object, None, T]

STEP = 6
"""Pixels between two places where a button is looked for; each is higher than that."""

HEADER = 15
"""Pixels between two places where the header of a panel is looked for, at a scale of 1."""

EVENT = 0.01
"""Seconds that Blender has to handle an event before the next."""

SETTLE = 0.1
"""Seconds after a click until what it opens takes events."""

DRAW = 0.5
"""Seconds that a picture may take until it is on the screen."""


@dataclass(frozen=True)
class Button:
    """Something under the mouse that tells what it does."""

    what: str
    """What it calls or shows, such as "bpy.ops.movie_director.refresh_connections()" or a data path."""
    x: int
    y: int


class Gui:
    """The first window of a Blender."""

    def __init__(self, session: Session) -> None:
        assert not bpy.app.background, "there is no window"
        self._session = session
        self.area: Any = None
        """The area in which buttons are looked for and clicked."""
        self.region: Any = None

    @property
    def window(self) -> Any:
        return bpy.context.window_manager.windows[0]

    def prepare(self) -> Steps[None]:
        """Away with what catches events or takes time: splash screen, animations, costly drawing."""
        preferences = bpy.context.preferences
        preferences.view.show_splash = False
        preferences.view.smooth_view = 0
        preferences.system.viewport_aa = "OFF"
        for area in self.window.screen.areas:
            if area.type == "VIEW_3D":
                area.spaces[0].shading.type = "WIREFRAME"
                area.spaces[0].overlay.show_overlays = False
        yield DRAW
        yield from self.key("ESC")

    # --- where to work --------------------------------------------------------------------------------------

    def open_tab(self, tab: str, area: str = "VIEW_3D") -> Steps[None]:
        """Show the sidebar of the first area of the type `area`, with this tab, and work there."""
        self.area = next(each for each in self.window.screen.areas if each.type == area)
        self.area.spaces[0].show_region_ui = True
        self.region = next(each for each in self.area.regions if each.type == "UI")
        yield self._session.until(lambda: self.region.width > 1, what="the sidebar opens")
        yield DRAW
        if hasattr(self.region, "active_panel_category"):
            try:
                self.region.active_panel_category = tab
            except (AttributeError, TypeError) as error:
                if "read-only" not in str(error):
                    raise
                yield from self._click_tab(tab)
        else:
            yield from self._click_tab(tab)
        self.region.tag_redraw()
        yield DRAW

    def _click_tab(self, tab: str) -> Steps[None]:
        """Click down the strip of tabs until a panel of `tab` is drawn; for versions that cannot be asked."""
        drawn: list[bool] = []
        panels = [
            kind
            for kind in bpy.types.Panel.__subclasses__()
            if getattr(kind, "bl_category", "") == tab and kind.bl_space_type == self.area.type
        ]
        assert panels, f"there is no panel with the tab {tab!r} in {self.area.type}"

        def note(_panel: object, _context: object) -> None:
            drawn.append(True)

        for kind in panels:
            kind.append(note)
        try:
            region = self.region
            for y in range(region.y + region.height - 20, region.y + 20, -15):
                drawn.clear()
                yield from self.click(region.x + region.width - 8, y)
                region.tag_redraw()
                yield DRAW
                if drawn:
                    return
            raise AssertionError(f"no tab {tab!r} was found")
        finally:
            for kind in panels:
                kind.remove(note)

    def show_in(self, area_type: str, region: str = "WINDOW", **settings: Any) -> Steps[None]:
        """Turn the largest area into `area_type`, with the attributes `settings` of its space; work there."""
        self.area = max(self.window.screen.areas, key=lambda each: each.width * each.height)
        self.area.type = area_type
        yield DRAW
        for name, value in settings.items():
            setattr(self.area.spaces[0], name, value)
        self.region = next(each for each in self.area.regions if each.type == region)
        yield DRAW

    def open_panel(self, name: str) -> Steps[None]:
        """Click headers from the bottom up until this panel is drawn, which was closed."""
        drawn: list[bool] = []

        def note(_panel: object, _context: object) -> None:
            drawn.append(True)

        kind, region = getattr(bpy.types, name), self.region
        step = int(HEADER * bpy.context.preferences.view.ui_scale)
        kind.append(note)
        try:
            for y in range(region.y + STEP, region.y + region.height, step):
                yield from self._tap(region.x + 60, y)
                if drawn:
                    yield DRAW
                    return
            raise AssertionError(f"there is no panel {name}")
        finally:
            kind.remove(note)

    # --- what is there --------------------------------------------------------------------------------------

    def button_at(self, x: int, y: int) -> Steps[Button | None]:
        """Move the mouse there; return what is under it."""
        yield from self._event("MOUSEMOVE", "NOTHING", x, y)
        manager = bpy.context.window_manager
        with bpy.context.temp_override(window=self.window, area=self.area, region=self.region):
            for ask in (bpy.ops.ui.copy_python_command_button, self._copy_data_path):
                manager.clipboard = ""
                try:
                    ask()
                except RuntimeError:  # nothing under the mouse, or nothing of this kind
                    continue
                if manager.clipboard:
                    return Button(manager.clipboard, x, y)
        return None

    @staticmethod
    def _copy_data_path() -> None:
        bpy.ops.ui.copy_data_path_button(full_path=True)

    def buttons(self, columns: tuple[float, ...] = (0.15, 0.5, 0.85)) -> Steps[list[Button]]:
        """Everything in the region that tells what it does, from the top; one place for each.

        The mouse goes down at these fractions of the region's width.
        """
        region = self.region
        found: dict[str, Button] = {}
        for fraction in columns:
            x = region.x + int(region.width * fraction)
            for y in range(region.y + region.height - STEP, region.y, -STEP):
                button = yield from self.button_at(x, y)
                if button is not None:
                    found.setdefault(button.what, button)
        return sorted(found.values(), key=lambda each: -each.y)

    def find(self, text: str, columns: tuple[float, ...] = (0.5, 0.15, 0.85)) -> Steps[Button]:
        """The first button that has `text` in what it does; AssertionError if there is none."""
        region = self.region
        seen = set()
        for fraction in columns:
            x = region.x + int(region.width * fraction)
            for y in range(region.y + region.height - STEP, region.y, -STEP):
                button = yield from self.button_at(x, y)
                if button is not None:
                    seen.add(button.what)
                    # A few pixels on: the place may be the edge, which does not take clicks.
                    met = (yield from self._met(text, x, y - 3)) if text in button.what else None
                    if met is not None:
                        return met
        raise AssertionError(f"there is no button {text!r}; there are {sorted(seen)}")

    def _met(self, text: str, x: int, y: int) -> Steps[Button | None]:
        """The button there, or above: until it has drawn, Blender tells of where the mouse was before."""
        for near in range(y, self.region.y + self.region.height, STEP):
            yield from self.button_at(x, near)
            yield SETTLE
            button = yield from self.button_at(x, near)
            if button is not None and text in button.what:
                return button
        return None

    # --- what to do -----------------------------------------------------------------------------------------

    def press(self, text: str) -> Steps[None]:
        """Find the button that has `text` in what it does, and click it."""
        button = yield from self.find(text)
        yield from self.click(button.x, button.y)

    def click(self, x: int, y: int, button: str = "LEFTMOUSE") -> Steps[None]:
        """Click there; the event is handled when this ends."""
        yield from self._tap(x, y, button)
        yield SETTLE

    def _tap(self, x: int, y: int, button: str = "LEFTMOUSE") -> Steps[None]:
        yield from self._event("MOUSEMOVE", "NOTHING", x - 1, y)
        yield from self._event("MOUSEMOVE", "NOTHING", x, y)
        yield from self._event(button, "PRESS", x, y)
        yield from self._event(button, "RELEASE", x, y)

    def double_click(self, x: int, y: int) -> Steps[None]:
        """Open a text field for typing."""
        yield from self.click(x, y)
        yield from self._event("LEFTMOUSE", "PRESS", x, y)
        yield from self._event("LEFTMOUSE", "RELEASE", x, y)
        yield SETTLE

    def drag(self, x: int, y: int, right: int) -> Steps[None]:
        """Pull what is there to the right, or with a negative number to the left, such as a region's edge."""
        yield from self._event("MOUSEMOVE", "NOTHING", x, y)
        yield SETTLE
        yield from self._event("LEFTMOUSE", "PRESS", x, y)
        for part in (0.3, 0.6, 1.0):
            yield from self._event("MOUSEMOVE", "NOTHING", x + int(right * part), y)
            yield SETTLE
        yield from self._event("LEFTMOUSE", "RELEASE", x + right, y)
        yield DRAW

    def key(self, name: str, **modifiers: bool) -> Steps[None]:
        """Press and release a key by Blender's name, such as "RET"; `ctrl=True` and so on hold others."""
        x, y = self._middle()
        yield from self._event(name, "PRESS", x, y, **modifiers)
        yield from self._event(name, "RELEASE", x, y, **modifiers)

    def type(self, text: str) -> Steps[None]:
        """Type a text into the field that is open."""
        x, y = self._middle()
        for character in text:
            yield from self._event("A", "PRESS", x, y, unicode=character)
            yield from self._event("A", "RELEASE", x, y)

    def fill(self, what: str, text: str) -> Steps[None]:
        """Replace what is in the text field of the property `what`, and confirm with the return key."""
        button = yield from self.find(what)
        yield from self.double_click(button.x, button.y)
        yield from self.key("A", ctrl=True)
        yield from self.type(text)
        yield from self.key("RET")
        yield SETTLE

    def picture(self, name: str) -> Steps[None]:
        """Keep what is on the screen; the test finds it in the report's `pictures`, as a PNG."""
        assert self._session.screen is not None
        for area in self.window.screen.areas:
            area.tag_redraw()
        yield DRAW * 2
        shutil.copyfile(self._session.screen, self._session.folder / f"{name}.xwd")

    def _middle(self) -> tuple[int, int]:
        region = self.region
        if region is None:
            return self.window.width // 2, self.window.height // 2
        return region.x + region.width // 2, region.y + region.height // 2

    def _event(self, kind: str, value: str, x: int, y: int, **more: Any) -> Steps[None]:
        self.window.event_simulate(type=kind, value=value, x=x, y=y, **more)
        yield EVENT
