# SPDX-License-Identifier: GPL-3.0-or-later
"""Window > Movie Director: where each entry is, and how a hand gets there."""

from __future__ import annotations

from typing import Any, TypeAlias

import bpy
from inside.calls import Call, call_of
from inside.gui import DRAW, SETTLE, Gui, Steps
from inside.hands import under_mouse

Place: TypeAlias = tuple[int, int]
"""Pixels of the window, from the left and from below."""

STEP, ASIDE = 10, 40
"""Pixels between two places where an entry is looked for, down and to the right."""
FINE = 5
MARGIN = 60
"""Pixels without an entry, below which there are no more."""
BAR = 12
"""Pixels from the upper edge of the window to the middle of its menus."""
UNFOLDING = 0.4
"""Seconds that the mouse rests on an entry until a menu opens beside it."""
OURS = "MOVIE_DIRECTOR_MT_services"


def can_be_asked() -> bool:
    """Whether Blender tells what is under the mouse in a menu at its top; 3.4 cannot be asked there."""
    return bool(bpy.app.version >= (3, 5))


class Menu:
    """Its entries are looked for once; where they are is kept."""

    def __init__(self, gui: Gui) -> None:
        self._gui = gui
        self._drawn: list[str] = []
        self._bar: Place = (0, 0)
        self._ours: Place = (0, 0)
        self._aside = 0
        self.entries: dict[str, int] = {}
        """By operator, its height in the window in pixels; from the top."""

    def find(self) -> Steps[None]:
        """Open it, and find out where everything is."""
        kinds = (bpy.types.TOPBAR_MT_window, getattr(bpy.types, OURS))
        for kind in kinds:
            kind.append(self._note)
        try:
            self._bar = yield from self._open_window_menu()
            self._ours = yield from self._unfold(*self._bar)
            self._aside = yield from self._beside(*self._ours)
            self.entries = yield from self._go_down(self._aside, self._ours[1])
        finally:
            for kind in reversed(kinds):
                kind.remove(self._note)
        yield from self._close()

    def click(self, operator: str) -> Steps[Place]:
        """Open the menus, and click the entry; returns where it is."""
        yield from self._gui.click(*self._bar)
        yield from under_mouse(self._gui, *self._ours)
        yield UNFOLDING
        place = (self._aside, self.entries[operator])
        # As a hand moves: a menu may take a leap for a way to somewhere else.
        for y in range(self._ours[1], place[1], -STEP):
            yield from under_mouse(self._gui, self._aside, y)
        found = yield from under_mouse(self._gui, *place)
        assert call_of(found) == Call(operator), f"{found} stands where {operator} was"
        yield from self._gui.click(*place)
        return place

    def _note(self, menu: Any, context: Any) -> None:
        self._drawn.append(type(menu).__name__)
        if self._drawn == ["TOPBAR_MT_window"]:
            # Blender tells what is under the mouse in a menu only if asked in the area that it belongs to.
            self._gui.area, self._gui.region = context.area, context.region

    def _open_window_menu(self) -> Steps[Place]:
        """Go along the bar until the menu opens; where it opened."""
        y = self._gui.window.height - BAR
        yield from self._gui.click(2 * ASIDE, y)
        for x in range(2 * ASIDE, 10 * ASIDE, STEP):
            yield from under_mouse(self._gui, x, y)
            yield SETTLE
            if self._drawn:
                return x + STEP, y
        raise AssertionError("there is no menu Window")

    def _unfold(self, x: int, bar: int) -> Steps[Place]:
        """Go down until ours opens; where its entry is."""
        for y in range(bar - 2 * BAR, bar // 2, -STEP):
            if (yield from under_mouse(self._gui, x, y)) is None:
                yield UNFOLDING
            if OURS in self._drawn:
                return x, y - FINE
        raise AssertionError("there is no menu of ours")

    def _beside(self, x: int, y: int) -> Steps[int]:
        """Go to the right until there are entries of ours."""
        for further in range(x, x + 10 * ASIDE, ASIDE):
            if call_of((yield from under_mouse(self._gui, further, y))) is not None:
                return further + ASIDE
        raise AssertionError("nothing stands beside our entry")

    def _go_down(self, x: int, top: int) -> Steps[dict[str, int]]:
        """The middle of each entry of the menu that is open at `x`."""
        found: dict[str, list[int]] = {}
        last = y = top + 2 * STEP
        while last - y < MARGIN:
            call = call_of((yield from under_mouse(self._gui, x, y)))
            if call is not None:
                found.setdefault(call.operator, []).append(y)
                last = y
            y -= FINE
        return {operator: sum(heights) // len(heights) for operator, heights in found.items()}

    def _close(self) -> Steps[None]:
        for _ in range(3):
            yield from self._gui.key("ESC")
        yield DRAW
