# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender ends while the add-on, if it is on, watches services that accept connections and never answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from inside.session import Session


def scenario(session: Session) -> Iterator[object]:
    session.install(enable=session.options["enabled"])
    if session.options["enabled"]:
        engine = session.addon("ui.engine")
        yield session.until(lambda: all_try(engine.snapshot()), what="an attempt at every service")
        if session.options["disable"]:
            start = time.perf_counter()
            session.addon().unregister()
            session.note(unregister=time.perf_counter() - start)
            threads = [thread.name for thread in threading.enumerate()]
            session.note(left=[name for name in threads if name.startswith("md-")])


def all_try(snapshot: object) -> bool:
    """Whether an attempt is under way at every service."""
    services = getattr(snapshot, "services", {})
    return len(services) >= 5 and all(each.attempting for each in services.values())
