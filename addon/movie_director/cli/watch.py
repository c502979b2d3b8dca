# SPDX-License-Identifier: GPL-3.0-or-later
"""``watch``: stay connected and show every change, until Ctrl-C."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from ..core.changes import Change, ChangeLog, change_text
from ..core.model import State
from ..core.presentation import colour
from ..core.serialisation import Clocks, change_json
from ..core.snapshot import Snapshot
from ..runtime.manager import Manager
from .lines import EMPTY, Line, Span, Style, mark, wrapped
from .live import Screen
from .session import Session, clocks
from .table import llm_lines, other_instances, problems, summary, table

REMEMBERED = 200
"""Changes that are kept for tall terminals."""
_TICK = 1.0
"""Seconds between two looks at the clock, for countdowns and the size of the terminal."""


def run(session: Session) -> int:
    """Ends only by a signal, and then with what that stands for."""
    with session.manager(connects=True) as manager:
        if session.output.is_drawable and not session.options.json and not session.options.verbose:
            _live(session, manager)
        else:
            _in_lines(session, manager)
    raise AssertionError("a watch has no end of its own")


def _snapshots(session: Session, manager: Manager) -> Iterator[Snapshot]:
    """Each new snapshot, and the newest again after every tick, once every worker has begun."""
    newest = None
    while True:
        newest = manager.board.wait(newest.version if newest else -1, _TICK) or newest
        if newest is not None and _have_begun(newest, session):
            yield newest


def _have_begun(snapshot: Snapshot, session: Session) -> bool:
    off = (row.service for row in snapshot.services.values() if row.state is State.DISABLED)
    return not any(session.is_enabled(service) for service in off)


def _in_lines(session: Session, manager: Manager) -> None:
    news = ChangeLog()
    for snapshot in _snapshots(session, manager):
        for change in news.update(snapshot, time.monotonic()):
            if session.options.json:
                hint = session.start_hints[change.status.service]
                session.output.json(change_json(change, clocks(), hint), one_line=True)
            else:
                session.output.text(change_lines(change, clocks(), None))


def _live(session: Session, manager: Manager) -> None:
    news = ChangeLog()
    told: deque[Change] = deque(maxlen=REMEMBERED)
    last: list[Line] = []
    try:
        with Screen(session.output) as screen:
            for snapshot in _snapshots(session, manager):
                at = clocks()
                told.extend(news.update(snapshot, at.monotonic))
                width, height = screen.size()
                last = frame(snapshot, tuple(told), at, width, height, session.start_hints)
                screen.draw(last)
    finally:
        session.output.text([*last[1:], EMPTY])


# --- pure --------------------------------------------------------------------------------------------


def change_lines(change: Change, at: Clocks, width: int | None) -> list[Line]:
    """``14:03:07  ● ComfyUI  back after 2.1 s``."""
    moment = time.localtime(at.wall + change.at - at.monotonic)
    head = (
        Span(time.strftime("%H:%M:%S", moment), Style.FAINT),
        Span("  "),
        mark(colour(change.status)),
        Span(f" {change.status.label}  ", Style.STRONG),
    )
    return wrapped(change_text(change), width, head, indent=10)


def frame(
    snapshot: Snapshot,
    told: Sequence[Change],
    at: Clocks,
    width: int,
    height: int,
    start_hints: Mapping[str, str],
) -> list[Line]:
    """What fills the screen: how things stand on top, below as many of the last changes as fit."""
    moment = time.strftime("%H:%M:%S", time.localtime(at.wall))
    top = [
        (Span("Movie Director", Style.STRONG), Span(f"  {moment}  Ctrl-C ends", Style.FAINT)),
        EMPTY,
        *table(list(snapshot.services.values()), at.monotonic, width, steady=True),
        *llm_lines(snapshot, width),
        EMPTY,
        summary(snapshot),
        *problems(snapshot, width, start_hints),
        *other_instances(snapshot, width),
        EMPTY,
        (Span("Last changes", Style.FAINT),),
    ]
    room = max(0, height - len(top))
    changes = [line for change in told for line in change_lines(change, at, width)]
    return [*top, *changes[-room:]] if room else top
