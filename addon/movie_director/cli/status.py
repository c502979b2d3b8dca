# SPDX-License-Identifier: GPL-3.0-or-later
"""``status``: connect, show how everything is, end."""

from __future__ import annotations

import time

from ..core.model import State
from ..core.presentation import is_down, is_usable, required_are_ready
from ..core.serialisation import status_json
from ..core.snapshot import Snapshot
from .live import passing_note
from .session import Session, clocks, wait_for
from .table import status_lines

LIMIT = 5.0
"""Seconds after which the status is shown as it is then."""


def run(session: Session) -> int:
    """0 if every required service can be used, else 1."""
    with session.manager(connects=True) as manager:
        with passing_note(session.output, "Connecting …"):
            settled = wait_for(manager, lambda snapshot: is_settled(snapshot, session), LIMIT)
            snapshot = settled or manager.board.snapshot() or Snapshot()
        ready = has_begun(snapshot, session) and required_are_ready(snapshot)
        if session.options.json:
            session.output.json(status_json(snapshot, clocks(), session.start_hints) | {"ok": ready})
        else:
            output = session.output
            lines = status_lines(
                snapshot,
                time.monotonic(),
                output.width,
                session.start_hints,
                session.version_rules,
                details=session.options.verbose,
            )
            output.text(lines)
    return 0 if ready else 1


def has_begun(snapshot: Snapshot, session: Session) -> bool:
    """Whether every enabled service is at least being tried; before that nothing can be said of it."""
    rows = snapshot.services.values()
    return all(row.state is not State.DISABLED for row in rows if session.is_enabled(row.service))


def is_settled(snapshot: Snapshot, session: Session) -> bool:
    """Whether each enabled service is connected, or has failed once."""
    enabled = [status for status in snapshot.services.values() if session.is_enabled(status.service)]
    return all(is_usable(each) or (is_down(each) and each.problem is not None) for each in enabled)
