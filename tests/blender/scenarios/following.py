# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a change on the board takes into the properties, what a tick costs, and what is drawn for it.

All services are off.
"""

from __future__ import annotations

import itertools
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import bpy
from inside.services import first_row_at_rest
from inside.session import Session
from inside.yardstick import slowness

CHANGES = 40
HEARTBEAT = 0.01
LATENCIES = 8
BETWEEN_LATENCIES = 0.3
"""Seconds: more than between two drawings."""
UNCHANGED, CHANGED = 2000, 300


def scenario(session: Session) -> Iterator[object]:
    session.install()
    engine, bridge = session.addon("ui.engine"), session.addon("ui.bridge")
    yield from first_row_at_rest(session)
    board = engine.application().board
    session.note(
        unchanged=costs(bridge.tick, lambda: None, UNCHANGED),
        changed=costs(bridge.tick, lambda: board.publish(changed(board)), CHANGED),
        slowness=statistics.median(slowness() for _ in range(10)),
    )
    if not bpy.app.background:
        yield from delays(session, board)
        yield from drawings(session, board)
    session.disable()


def costs(tick: Callable[[], object], before: Callable[[], object], count: int) -> dict[str, float]:
    """Milliseconds of the processor for a tick, which does not wait: the usual one, and one of a hundred."""
    tick()
    found = []
    for _ in range(count):
        before()
        start = time.thread_time()
        tick()
        found.append((time.thread_time() - start) * 1e3)
    return {"p50": statistics.median(found), "p99": statistics.quantiles(found, n=100)[98]}


def changed(board: Any) -> Any:
    """The first row with another latency, which no worker publishes while the service is off."""
    row = next(iter(board.snapshot().services.values()))
    return replace(row, latency=(row.latency or 0.0) + 0.001)


def delays(session: Session, board: Any) -> Iterator[object]:
    """Publish in a thread, note in ticks when it is shown, and measure the pulse of the main thread."""
    shown = session.addon("ui.status_properties").shown
    published: list[tuple[int, float]] = []
    seen = [(shown().version, time.monotonic())]

    def look(_now: float) -> bool:
        if shown().version != seen[-1][0]:
            seen.append((shown().version, time.monotonic()))
        return False

    def publish_and_wait() -> None:
        for number in range(CHANGES):
            threading.Event().wait(0.05 + number / CHANGES * 0.05)
            board.publish(changed(board))
            published.append((board.snapshot().version, time.monotonic()))
            while seen[-1][0] < published[-1][0]:
                threading.Event().wait(0.001)

    beats = [time.monotonic()]

    def beat() -> float:
        beats.append(time.monotonic())
        return HEARTBEAT

    session.addon("ui.bridge").at_every_tick(look)
    bpy.app.timers.register(beat)
    publisher = threading.Thread(target=publish_and_wait, name="publisher", daemon=True)
    publisher.start()
    yield session.until(lambda: not publisher.is_alive(), what="all changes shown")
    bpy.app.timers.unregister(beat)
    beats.append(time.monotonic())
    found = [(at, next(when for each, when in seen if each >= version)) for version, at in published]
    session.note(
        delays=[after - before for before, after in found],
        lateness=[lateness(beats, *each) for each in found],
    )


def lateness(beats: list[float], begin: float, end: float) -> float:
    """By how many seconds the timers of Blender were late, all told, between two moments."""
    met = [pair for pair in itertools.pairwise(beats) if pair[1] > begin and pair[0] < end]
    return sum(max(0.0, after - before - HEARTBEAT) for before, after in met)


def drawings(session: Session, board: Any) -> Iterator[object]:
    """How often our tab is drawn for nothing but latencies, with the details folded and open."""
    from inside.gui import DRAW, Gui

    gui = Gui(session)
    yield from gui.prepare()
    yield from gui.open_tab("Movie Director")
    drawn: list[float] = []
    shown = session.addon("ui.status_properties").shown

    def note(_panel: object, _context: object) -> None:
        drawn.append(time.monotonic())

    panel = bpy.types.MOVIE_DIRECTOR_PT_connection_status
    panel.append(note)
    model = session.addon("core.model")
    row = next(iter(board.snapshot().services.values()))
    long_ago = time.monotonic() - 3600.0
    connected = replace(row, state=model.State.CONNECTED, health=model.Health.READY, since=long_ago)
    board.publish(connected)
    yield session.until(lambda: drawn, what="drawn, because it is connected")
    counts = []
    item = bpy.context.window_manager.movie_director_status.services[row.service]
    for is_open in (False, True):
        item.show_details = is_open
        yield DRAW * 2
        drawn.clear()
        for _ in range(LATENCIES):
            board.publish(changed(board))
            version = board.snapshot().version
            yield session.until(lambda version=version: shown().version >= version, what="shown")
            yield BETWEEN_LATENCIES
        counts.append(len(drawn))
    item.show_details = False
    yield DRAW * 2
    drawn.clear()
    board.publish(replace(connected, health=model.Health.BUSY))
    yield session.until(lambda: drawn, what="drawn, because it is busy")
    session.note(drawn_folded=counts[0], drawn_open=counts[1], latencies=LATENCIES)
    panel.remove(note)
