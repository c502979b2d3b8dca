# SPDX-License-Identifier: GPL-3.0-or-later
"""Signs of life of a Gradio server, by its smallest addresses."""

from __future__ import annotations

from ...core import reading
from ...core.errors import ServerFailed
from ...core.facts import Queue
from .page import MOST_APP_IDS
from .visitor import Visitor

_MOST_QUEUED = 1_000_000
_APP_ID_SINCE = (3, 15)
"""3.14 has the address, but fails there with 500 and a traceback in the user's window."""


def has_app_id(generation: tuple[int, int]) -> bool:
    """Whether servers of this generation tell their ``app_id``."""
    return generation >= _APP_ID_SINCE


def app_id(visitor: Visitor, prefix: str, timeout: float | None = None) -> int:
    """The number that the server drew at its start: another one means that it was restarted.

    30 bytes, open without a log-in. Raises `ProtocolError` for an answer that is none.
    """
    answer = reading.mapping(visitor.get_json(f"{prefix}/app_id", timeout))
    number = reading.whole(answer.get("app_id"), 0, MOST_APP_IDS)
    if number is None:
        raise reading.malformed("/app_id: not the answer of a Gradio server")
    return number


def queue(visitor: Visitor, prefix: str, timeout: float | None = None) -> Queue | None:
    """The jobs that wait; those that run are not told. None when the program has switched its queue off.

    Without a queue 3.50 answers with 500, and breaks the connection. Raises `ProtocolError` for an answer
    that is none.
    """
    try:
        status = reading.mapping(visitor.get_json(f"{prefix}/queue/status", timeout))
    except ServerFailed:
        return None
    waiting = reading.whole(status.get("queue_size"), 0, _MOST_QUEUED)
    if waiting is None:
        raise reading.malformed("/queue/status: not the answer of a Gradio server")
    return Queue(waiting, waiting_only=True)


def prove_started(visitor: Visitor, prefix: str, timeout: float | None = None) -> None:
    """Ask for nothing but a sign of life: 5 bytes, in every generation. Raises `ProtocolError`."""
    if not isinstance(visitor.get_json(f"{prefix}/startup-events", timeout), bool):
        raise reading.malformed("/startup-events: not the answer of a Gradio server")
