# SPDX-License-Identifier: GPL-3.0-or-later
"""One of those who follow the ticks fails at each: the others and the display go on. All services are off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from inside.services import first_row_at_rest
from inside.session import Session

TICKS = 3


def scenario(session: Session) -> Iterator[object]:
    session.install()
    engine, bridge = session.addon("ui.engine"), session.addon("ui.bridge")
    yield from first_row_at_rest(session)
    times: list[float] = []

    def fails(_now: float) -> bool:
        raise RuntimeError("planted")

    def counts(now: float) -> bool:
        times.append(now)
        return False

    bridge.at_every_tick(fails)
    bridge.at_every_tick(counts)
    board = engine.application().board
    row = next(iter(board.snapshot().services.values()))
    board.publish(replace(row, latency=0.123))
    yield session.until(lambda: len(times) >= TICKS, what="ticks of the other")
    shown = session.addon("ui.status_properties").shown()
    assert shown.services[row.service].latency == 0.123
    assert len(bridge.mistakes()) == 1, bridge.mistakes()
    session.disable()
