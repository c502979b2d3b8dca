# SPDX-License-Identifier: GPL-3.0-or-later
"""Feel Blender's pulse while five services come, die, freeze and come back, and as long without the add-on.

The viewport is hidden, because drawing it takes longer than what is looked for; the sequencer's sidebar shows
our panel. What is done to the services is asked for through the pipe `options["pipe"]`, a line each.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import Any

import bpy
from inside.guard import forbid_sockets_on_the_main_thread
from inside.gui import Gui, Steps
from inside.services import ask, service, states
from inside.session import Session

HEARTBEAT = 0.01
LONG = 0.2
"""Seconds between two beats that a person would feel."""
LIMIT = 120.0
"""Seconds until a change of a service must be shown, on a computer with much else to do."""
CALM = 2.0
KILLED, FROZEN = ("comfyui", "rvc"), ("wan2gp", "litellm", "audioldm")
AREA = "SEQUENCE_EDITOR"


class Pulse:
    """The times at which a timer of Blender fires that wants to fire every 10 ms."""

    def __init__(self) -> None:
        self._beats = [time.monotonic()]
        self._timer = self._beat  # kept, because Blender knows it again only by its identity
        bpy.app.timers.register(self._timer, persistent=True)

    def end(self) -> list[float]:
        """Stop; the seconds between beats."""
        bpy.app.timers.unregister(self._timer)
        return [after - before for before, after in itertools.pairwise(self._beats)]

    def _beat(self) -> float:
        self._beats.append(time.monotonic())
        return HEARTBEAT


def scenario(session: Session) -> Iterator[object]:
    forbidden = forbid_sockets_on_the_main_thread()
    gui = Gui(session)
    yield from gui.prepare()
    session.install(enable=False)
    yield from gui.show_in(AREA, region="UI")
    rounds: list[dict[str, Any]] = []
    for _ in range(session.options["rounds"]):
        rounds.append((yield from once(session, gui)))
        if len(rounds[-1]["with"]) <= len(rounds[-1]["without"]) + 1:
            break
    session.note(rounds=rounds)
    assert forbidden == [], forbidden


def once(session: Session, gui: Gui) -> Steps[dict[str, Any]]:
    """The long gaps with the add-on, and those of the same time without it.

    In both the sidebar is drawn as often: how long that takes is a matter of the graphics card.
    """
    ask(session, *(f"kill {name}" for name in (*KILLED, *FROZEN)))
    session.enable()
    yield from gui.open_tab("Movie Director", area=AREA)
    yield CALM
    drawn: list[bool] = []

    def note(_panel: object, _context: object) -> None:
        drawn.append(True)

    panel = bpy.types.MOVIE_DIRECTOR_PT_connection_status_sequencer
    panel.append(note)
    start, pulse = time.monotonic(), Pulse()
    yield from come_and_go(session)
    gaps = pulse.end()
    taken = time.monotonic() - start
    panel.remove(note)
    mistakes = session.addon("ui.bridge").mistakes()
    assert mistakes == (), mistakes
    session.disable()
    yield CALM
    without = yield from gaps_without(gui, taken, len(drawn))
    return {
        "with": felt(gaps),
        "without": felt(without),
        "longest": {"with": max(gaps), "without": max(without)},
        "seconds": taken,
        "drawn": len(drawn),
        "beats": {"with": len(gaps), "without": len(without)},
    }


def gaps_without(gui: Gui, seconds: float, draws: int) -> Steps[list[float]]:
    pulse = Pulse()
    for _ in range(draws):
        gui.region.tag_redraw()
        yield seconds / draws
    return pulse.end()


def come_and_go(session: Session) -> Iterator[object]:
    """All five are started, some killed and the others frozen, and all restored."""
    ask(session, "restore")
    yield session.until(lambda: states() == {"connected"}, LIMIT, "all are connected")
    yield CALM
    ask(session, *(f"kill {name}" for name in KILLED), *(f"freeze {name}" for name in FROZEN))
    yield session.until(
        lambda: all(service(name).colour != "green" for name in (*KILLED, *FROZEN)), LIMIT, "all lost"
    )
    yield CALM
    ask(session, "restore")
    yield session.until(lambda: states() == {"connected"}, LIMIT, "all are connected again")
    yield CALM
    ask(session, *(f"kill {name}" for name in (*KILLED, *FROZEN)))
    yield session.until(lambda: "connected" not in states(), LIMIT, "all are gone")


def felt(gaps: list[float]) -> list[float]:
    return [gap for gap in gaps if gap > LONG]
