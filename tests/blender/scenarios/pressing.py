# SPDX-License-Identifier: GPL-3.0-or-later
"""Press every button of the panel by the mouse, in each of its three places.

ComfyUI and LiteLLM run, RVC does not, the others are off. `options["opened"]` is the file in which a web
browser notes the addresses that it is given. Of texts, each of which copies itself, the first is pressed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import bpy
from inside.calls import Call, Calls, arguments, call_of
from inside.effects import Effects, is_open
from inside.gui import DRAW, Button, Gui, Steps
from inside.hands import close_what_opened, under_mouse
from inside.session import Session

TAB = "Movie Director"
LIMIT = 60.0
"""Seconds that anything may take."""
PATIENCE = 1.0
"""Seconds until a click is taken for one that did nothing."""
TRIES = 3
SMALL = 0.55
"""The size of the user interface at which all fits into the window, with one service folded out."""
LINE = 5
"""Pixels between two places where a line of text is looked for, which is lower than a button."""
STEP, FINE = 8, 2
"""Pixels between two places where a button is looked for, and to where it must be, too, to be clicked."""
HEIGHT = 20
"""Pixels that no button is higher than."""
LINES = 120
"""Pixels that the result of a test takes, and more."""
MOVED = 24
"""Pixels by which a button may have moved since it was seen, before all is looked at once more."""
FIRST, SECOND = 0.3, 0.7
"""Fractions of the width at which there is one of two buttons beside each other."""
TABS, MARGIN = 22, 30
"""Pixels, at a scale of 1, that the tabs of a sidebar take, and to the buttons at the edges."""
OPENING = ("open_settings", "show_help")
"""What opens a window or a menu."""
FOLD, TEST = "show_details", "test_connection"
HEAD, TEXT, LAST = Call("refresh_connections"), Call("copy_text"), Call("copy_diagnostics")
"""The button beside the head, what texts are, and the button below all others."""


def scenario(session: Session) -> Iterator[object]:
    gui = Gui(session)
    yield from gui.prepare()
    bpy.context.preferences.view.ui_scale = SMALL
    bpy.context.preferences.system.use_region_overlap = False
    session.install()
    panel = Panel(session, gui)
    yield session.until(panel.is_calm, LIMIT, "two services are connected, and the third was tried")
    yield from fill_window(gui)
    places = {}
    for place in (in_viewport, in_sequencer, in_scene_properties):
        fold_all_in()
        yield from place(gui)
        places[place.__name__] = yield from panel.press_all()
        yield from gui.picture(place.__name__)
    session.note(places=places)
    assert not bpy.data.is_dirty, "a button marked the file as changed"
    mistakes = session.addon("ui.bridge").mistakes()
    assert mistakes == (), mistakes
    session.disable()


# --- the places -----------------------------------------------------------------------------------------


def fill_window(gui: Gui) -> Steps[None]:
    """Give one area all of the window."""
    yield from gui.show_in("VIEW_3D")
    with bpy.context.temp_override(window=gui.window, area=gui.area, region=gui.region):
        bpy.ops.screen.screen_full_area()
    yield DRAW


def in_viewport(gui: Gui) -> Steps[None]:
    yield from gui.show_in("VIEW_3D")
    yield from gui.open_tab(TAB)


def in_sequencer(gui: Gui) -> Steps[None]:
    yield from gui.show_in("SEQUENCE_EDITOR")
    yield from gui.open_tab(TAB, area="SEQUENCE_EDITOR")


def in_scene_properties(gui: Gui) -> Steps[None]:
    yield from gui.show_in("PROPERTIES", context="SCENE")
    yield from gui.open_panel("MOVIE_DIRECTOR_PT_connection_status_scene")


def fold_all_in() -> None:
    status = bpy.context.window_manager.movie_director_status
    for each in (*status.services, status.llm):
        each.show_details = False


# --- the panel ------------------------------------------------------------------------------------------


class Panel:
    """The panel in the region where `gui` works."""

    def __init__(self, session: Session, gui: Gui) -> None:
        self._session = session
        self._gui = gui
        self._engine = session.addon("ui.engine")
        self._viewing = session.addon("ui.viewing")
        self._effects = Effects(session, Path(session.options["opened"]))
        self._calls = Calls()
        self._places: dict[Call, Button] = {}
        """Where each button was when it was last seen."""

    def is_calm(self) -> bool:
        """Whether nothing is about to change by itself, so that all stays where it is."""
        snapshot = self._engine.snapshot()
        if snapshot is None:
            return False
        services = snapshot.services
        return (
            all(services[name].state.value == "connected" for name in ("comfyui", "litellm"))
            and services["rvc"].problem is not None
            and not services["rvc"].attempting
            and all(test.finished for test in snapshot.tests.values())
            and (snapshot.discovery is None or snapshot.discovery.finished)
        )

    def press_all(self) -> Steps[list[str]]:
        """Fold out each service in turn and press each button once; what was pressed.

        From the bottom up: what a button changes moves only what is below it.
        """
        self._places.clear()
        pressed = []
        for call in self._upwards((yield from self._look())):
            yield from self._press(call)
            pressed.append(call)
            if call.operator == FOLD:
                assert is_open(call.service), call
                pressed += yield from self._press_inside(call)
        return sorted({str(call) for call in pressed})

    def _press_inside(self, title: Call) -> Steps[list[Call]]:
        """Press all of one service, which was just folded out."""
        inside = yield from self._look(below=title)
        # The result of the test stands above the buttons, and moves them.
        order = sorted(self._upwards(inside), key=lambda call: call.operator == TEST)
        for call in order:
            yield from self._press(call)
            if call.operator == TEST:
                yield from self._read(self._result(title.service), self._places[order[-2]].y + LINES)
        return order

    def _result(self, service: str) -> str:
        """What the panel has to say of the test: its result, or of one that failed the last line."""
        card = next(each for each in self._viewing.cards(bpy.context).cards if each.service == service)
        last = card.test.lines[-1].detail
        return str(card.test.result.sentence if card.test.result else f"{last.label}: {last.value}")

    def _upwards(self, calls: Iterable[Call]) -> list[Call]:
        return sorted(calls, key=lambda call: self._places[call].y)

    # --- one button ---

    def _press(self, call: Call) -> Steps[None]:
        """Click it, and wait for what is to be seen then."""
        for _ in range(TRIES):
            yield self._session.until(self.is_calm, LIMIT, "calm")
            button = yield from self._find(call)
            effect = self._effects.of(call, arguments(button).get("text", ""))
            with self._calls as calls:
                yield from self._gui.click(button.x, button.y)
                if not calls.seen:
                    yield PATIENCE
            if calls.seen:
                break
        assert calls.seen == [call], f"{call} was pressed, and this was called: {calls.seen}"
        yield self._session.until(effect, LIMIT, f"what {call} does")
        if call.operator in OPENING:
            yield from close_what_opened(self._gui)

    def _find(self, call: Call) -> Steps[Button]:
        """Where it is now."""
        for _ in range(TRIES):
            place = self._places.get(call)
            if place is not None:
                for off in sorted(range(-MOVED, MOVED + 1, FINE), key=abs):
                    found = yield from self._is_at(call, place.x, place.y + off)
                    if found is not None:
                        return found
            yield from self._look()
        yield from self._gui.picture("lost")
        raise AssertionError(f"there is no button {call}; there are {[str(each) for each in self._places]}")

    def _is_at(self, call: Call, x: int, y: int) -> Steps[Button | None]:
        """Whether it is there, and not only its edge, which takes no clicks."""
        button = None
        for near in (y - FINE, y + FINE, y):
            button = yield from under_mouse(self._gui, x, near)
            if call_of(button) != call:
                return None
        return button

    # --- all buttons ---

    def _look(self, below: Call | None = None) -> Steps[list[Call]]:
        """Go down the panel, or from one title to the next, and remember the middle of every button.

        Returns what was met, in this order; of a service without its title and its texts.
        """
        region = self._gui.region
        top = region.y + region.height - STEP if below is None else self._places[below].y
        found: dict[Call, list[Button]] = {}
        for y in range(top, region.y, -STEP):
            row = yield from self._row(y, with_head=below is None and HEAD not in found)
            if not row and LAST in found:
                break
            for button in row:
                call = call_of(button)
                if below is not None and (call == LAST or (call.operator == FOLD and call != below)):
                    return self._remember(found)
                if below is None or (call.service == below.service and call.operator != FOLD):
                    found.setdefault(call, []).append(button)
        return self._remember(found)

    def _remember(self, found: dict[Call, list[Button]]) -> list[Call]:
        for call, buttons in found.items():
            first = buttons[0]
            together = [each for each in buttons if each.x == first.x and first.y - each.y < HEIGHT]
            self._places[call] = together[len(together) // 2]
        return list(found)

    def _read(self, text: str, top: int) -> Steps[None]:
        """Go down until that text is met."""
        texts = set()
        for y in range(top, self._gui.region.y, -LINE):
            for button in (yield from self._row(y)):
                if call_of(button) == TEXT:
                    texts.add(arguments(button)["text"])
            if text in texts:
                return
        raise AssertionError(f"{text!r} is not to be read; there are {texts}")

    def _row(self, y: int, *, with_head: bool = False) -> Steps[list[Button]]:
        """The buttons of ours at this height, one or two beside each other; and with that of the head."""
        at_left, first, second, at_right = self._columns()
        buttons = yield from self._ours(first, y)
        if not buttons:
            buttons = yield from self._ours(at_left, y)
        elif call_of(buttons[0]) != TEXT:
            buttons += yield from self._ours(second, y)
        if with_head:
            buttons += yield from self._ours(at_right, y)
        return buttons

    def _ours(self, x: int, y: int) -> Steps[list[Button]]:
        button = yield from under_mouse(self._gui, x, y)
        return [] if button is None or call_of(button) is None else [button]

    def _columns(self) -> tuple[int, int, int, int]:
        """Where the mouse goes down, from the left."""
        region, scale = self._gui.region, bpy.context.preferences.view.ui_scale
        tabs = 0 if self._gui.area.type == "PROPERTIES" else TABS
        width, margin = region.width - int(scale * tabs), int(scale * MARGIN)
        inside = (margin, int(width * FIRST), int(width * SECOND), width - margin)
        return tuple(region.x + x for x in inside)
