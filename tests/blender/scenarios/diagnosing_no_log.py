# SPDX-License-Identifier: GPL-3.0-or-later
"""Have the report made where no log can be written."""

from __future__ import annotations

from collections.abc import Iterator

from inside.session import Session


def scenario(session: Session) -> Iterator[object]:
    session.install()
    engine, report = session.addon("ui.engine"), session.addon("ui.diagnostics_operator").report
    yield session.until(lambda: engine.application() is not None, what="the services are watched")
    # Another thread opens the log; it may do so later than the services are watched.
    yield session.until(engine.log_problem, what="the reason why there is no log")
    session.note(report=report())
    session.disable()
