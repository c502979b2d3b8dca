# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose each entry of Window > Movie Director by the mouse, and every action by typing its name into F3.

`options["actions"]` are the operators to be searched for; those in menus further in are among them.
Actions that need a service ask for one: there the first is chosen with the keyboard. ComfyUI and LiteLLM run.
`options["opened"]` is the file in which a web browser notes the addresses that it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy
from inside import preferences
from inside.calls import Call, Calls
from inside.effects import Effects
from inside.gui import SETTLE, Gui, Steps
from inside.hands import close_what_opened, key_at, type_at, under_mouse
from inside.menus import Menu, Place, can_be_asked
from inside.session import Session

LIMIT = 60.0
"""Seconds that anything may take."""
FIRST = "comfyui"
CHOSEN = ("manual_reconnect", "open_web_page", "copy_details", "show_help")
"""What asks for a service, and is then done with the first."""
CONFIRMED = ("reset_settings",)
"""What asks whether it is meant."""
DONE = (
    "refresh_connections",
    "show_details",
    "test_connection",
    "open_settings",
    "copy_diagnostics",
    "discover",
    "reset_settings",
    "undo_reset",
)
"""What is done at once. Everything else opens a menu, which is closed again."""


def scenario(session: Session) -> Iterator[object]:
    gui = Gui(session)
    yield from gui.prepare()
    session.install()
    yield from preferences.ready(session)
    engine = session.addon("ui.engine")
    yield session.until(lambda: is_connected(engine.snapshot()), LIMIT, "ComfyUI and LiteLLM are connected")
    hands = Choosing(session, gui)
    if can_be_asked():
        yield from hands.menu.find()
    for operator in hands.menu.entries:
        yield from hands.choose(operator, hands.click)
    session.note(clicked=list(hands.menu.entries))
    for operator in session.options["actions"]:
        yield from hands.choose(operator, hands.search)
    mistakes = session.addon("ui.bridge").mistakes()
    assert mistakes == (), mistakes
    session.disable()


def is_connected(snapshot: Any) -> bool:
    if snapshot is None:
        return False
    return all(snapshot.services[name].state.value == "connected" for name in ("comfyui", "litellm"))


class Choosing:
    """The hands, and what they look at."""

    def __init__(self, session: Session, gui: Gui) -> None:
        self.menu = Menu(gui)
        self._session = session
        self._gui = gui
        self._effects = Effects(session, Path(session.options["opened"]))
        self._calls = Calls()
        view = next(each for each in gui.window.screen.areas if each.type == "VIEW_3D")
        self._rest = (view.x + view.width // 2, view.y + view.height // 2)

    def choose(self, operator: str, way: Callable[[str], Steps[Place]]) -> Steps[None]:
        """Go this way to the action, which leaves the mouse somewhere; look at what comes of it."""
        chosen = Call(operator, FIRST if operator in CHOSEN else "")
        is_seen = self._effects.of(chosen, "") if operator in (*CHOSEN, *DONE) else lambda: True
        with self._calls as calls:
            mouse = yield from way(operator)
            yield SETTLE
        assert calls.seen == [Call(operator)], f"{operator} was chosen, and this was called: {calls.seen}"
        if operator in CHOSEN:
            with self._calls as calls:
                for key in ("HOME", "RET"):
                    yield from key_at(self._gui, key, *mouse)
                yield SETTLE
            assert calls.seen == [chosen], calls.seen
        if operator in CONFIRMED:
            yield from key_at(self._gui, "RET", *mouse)
        yield self._session.until(is_seen, LIMIT, f"what {operator} does")
        yield from close_what_opened(self._gui)

    def click(self, operator: str) -> Steps[Place]:
        """In the menu, with the mouse."""
        return (yield from self.menu.click(operator))

    def search(self, operator: str) -> Steps[Place]:
        """Press F3, type its name, and press the return key."""
        # A key goes to the area over which the mouse was moved last.
        yield from under_mouse(self._gui, *self._rest)
        yield from key_at(self._gui, "F3", *self._rest)
        yield SETTLE
        name = getattr(bpy.ops.movie_director, operator).get_rna_type().name
        yield from type_at(self._gui, name, *self._rest)
        yield SETTLE
        yield from key_at(self._gui, "RET", *self._rest)
        return self._rest
