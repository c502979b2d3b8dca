# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's threads in a scenario: when they have begun to work, and whether they have ended.

They have half a second to end. On a computer with much else to do that may be too little, and then the add-on
rightly leaves its modules. So what is late is done again: because of a mistake of ours it is late each time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from inside.session import Session

TRIES = 3


def no_thread_lives() -> bool:
    return not any(thread.name.startswith("md-") for thread in threading.enumerate())


def all_were_tried(snapshot: Any) -> bool:
    """Whether every worker has loaded what it needs, and has looked for its service."""
    return snapshot is not None and all(each.last_attempt_at for each in snapshot.services.values())


def disabled_in_time(session: Session) -> Iterator[object]:
    """Disable it while the services are watched; no thread is left, or AssertionError if some always are."""
    for _ in range(TRIES):
        engine = session.addon("ui.engine")
        yield session.until(lambda engine=engine: all_were_tried(engine.snapshot()), what="attempts")
        session.disable()
        if no_thread_lives():
            return
        yield session.until(no_thread_lives, what="no thread left")
        session.enable()
    raise AssertionError("its threads never ended in time")
