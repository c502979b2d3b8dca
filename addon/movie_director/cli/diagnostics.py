# SPDX-License-Identifier: GPL-3.0-or-later
"""``diagnostics``: connect, collect all that a report needs, end."""

from __future__ import annotations

import json
import os
import time
from collections import deque
from pathlib import Path

from .. import VERSION
from ..core.changes import Change, ChangeLog
from ..core.diagnostics import MOST, diagnostics
from ..core.diagnostics_text import diagnostics_text
from ..core.evidence import Evidence
from ..core.serialisation import Json
from ..core.snapshot import Snapshot
from ..runtime.log_files import newest_logs
from ..runtime.manager import Manager
from ..runtime.surroundings import surroundings
from .lines import Span
from .live import passing_note
from .session import Session, clocks, wait_for, write_file
from .status import LIMIT, is_settled


def run(session: Session) -> int:
    """0 once the report is written; raises `UsageError` for a file that cannot be."""
    changes: deque[Change] = deque(maxlen=MOST)
    with session.manager(connects=True) as manager:
        with passing_note(session.output, "Connecting …"):
            snapshot = _watched(manager, session, changes)
        document = diagnostics(_evidence(session, snapshot, tuple(changes)))
    if session.options.output is not None:
        _write(session, Path(os.path.expanduser(session.options.output)), document)
    elif session.options.json:
        session.output.json(document)
    else:
        session.output.text((Span(line),) for line in diagnostics_text(document).splitlines())
    return 0


def _write(session: Session, path: Path, document: Json) -> None:
    text = json.dumps(document, indent=2) + "\n" if session.options.json else diagnostics_text(document)
    write_file(path, text)
    session.output.text([(Span(f"Written to {path}. Read it before you publish it."),)])


def _watched(manager: Manager, session: Session, changes: deque[Change]) -> Snapshot:
    """How things stand once every service is connected or has failed; what happened goes to `changes`."""
    news = ChangeLog()

    def settled(snapshot: Snapshot) -> bool:
        changes.extend(news.update(snapshot, time.monotonic()))
        return is_settled(snapshot, session)

    return wait_for(manager, settled, LIMIT) or manager.board.snapshot() or Snapshot()


def _evidence(session: Session, snapshot: Snapshot, changes: tuple[Change, ...]) -> Evidence:
    application = session.application
    version, project = ".".join(map(str, VERSION)), session.project.folder if session.project else ""
    return Evidence(
        clocks=clocks(),
        surroundings=surroundings(
            version, os.environ, session.home, blender=session.blender, project=project
        ),
        schema=application.schema,
        view=application.settings.newest,
        snapshot=snapshot,
        start_hints=session.start_hints,
        changes=changes,
        logs=newest_logs(Path(session.home.logs)),
        log_problem=session.log_problem,
    )
