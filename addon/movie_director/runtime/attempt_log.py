# SPDX-License-Identifier: GPL-3.0-or-later
"""What the log says of a connection: every attempt, its reason and its wait; every change, once."""

from __future__ import annotations

import logging
import re

from ..core.connection import Connection
from ..core.endpoint import Endpoint
from ..core.errors import Problem
from ..core.events import Answered, Blocked, CheckFailed, Event, Failed, StreamFailed
from ..core.model import Stream

log = logging.getLogger(__name__)


def log_change(
    service: str, before: Connection, event: Event, after: Connection, endpoint: Endpoint | None, now: float
) -> None:
    """Write what one event brought. What merely goes on as before is written at DEBUG only."""
    place = endpoint.url if endpoint is not None else "the usual addresses"
    if after.attempting and not before.attempting:
        log.info("%s: attempt %d begins (%s)", service, after.attempt + 1, _words(event))
    if isinstance(event, Answered):
        log.info("%s: %s answered after %.0f ms", service, place, event.latency * 1000)
    elif isinstance(event, Failed):
        log.info("%s: attempt %d at %s failed: %s", service, after.attempt, place, _text(event.problem))
    elif isinstance(event, (Blocked, CheckFailed, StreamFailed)):
        level = logging.INFO if _is_news(before, event) else logging.DEBUG
        log.log(level, "%s: %s at %s: %s", service, _words(event), place, _text(event.problem))
    if after.state is not before.state:
        log.info("%s: %s -> %s", service, before.state.value, after.state.value)
    if isinstance(event, Failed) and after.due is not None:
        log.info("%s: next attempt in %.1f s", service, after.due - now)


def _is_news(before: Connection, event: Event) -> bool:
    if isinstance(event, CheckFailed):
        return before.failures == 0
    if isinstance(event, StreamFailed):
        return before.stream is not Stream.MISSING or before.problem is None
    return True


def _words(event: Event) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", type(event).__name__).lower()


def _text(what: Problem) -> str:
    return f"{what.code.value} ({what.detail})" if what.detail else what.code.value
