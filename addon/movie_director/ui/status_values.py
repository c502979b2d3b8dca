# SPDX-License-Identifier: GPL-3.0-or-later
"""What each status property says of a snapshot. Imported when one is first read, see `ui.__init__`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from ..core.llm import LlmStatus, llm_status
from ..core.messages import Explanation
from ..core.presentation import Overview, Row, colour, explained, overview, row
from ..core.snapshot import ServiceStatus, Snapshot
from ..core.strangers_met import without_our_own
from ..core.units import duration


def of_service(snapshot: Snapshot, item: Any, name: str) -> Any:
    """The value of one property of the service of this item; None if it is not in the snapshot."""
    status = without_our_own(snapshot).services.get(item.name)
    return None if status is None else _SERVICE[name](status)


def of_llm(snapshot: Snapshot, group: Any, name: str) -> Any:
    """The value of one property of the language models; None where nothing writes texts."""
    llm = llm_status(snapshot)
    return None if llm is None else _LLM[name](llm)


def of_all(snapshot: Snapshot, group: Any, name: str) -> Any:
    """The value of one property of the whole."""
    return _ALL[name](overview(snapshot))


def _of_row(read: Callable[[Row], str]) -> Callable[[ServiceStatus], str]:
    return lambda status: read(row(status, time.monotonic()))


def _of_problem(read: Callable[[Explanation], str]) -> Callable[[ServiceStatus], str]:
    def words(status: ServiceStatus) -> str:
        told = explained(status)
        return "" if told is None else read(told)

    return words


def _ago(moment: float | None) -> str:
    return "" if moment is None else f"{duration(max(0.0, time.monotonic() - moment))} ago"


_SERVICE: Mapping[str, Callable[[ServiceStatus], Any]] = {
    "label": lambda status: status.label,
    "status": lambda status: status.state.value,
    "state_word": _of_row(lambda texts: texts.state),
    "colour": lambda status: colour(status).value,
    "url": _of_row(lambda texts: texts.address),
    "version": _of_row(lambda texts: texts.version),
    "latency": lambda status: status.latency or 0.0,
    "last_check": lambda status: _ago(status.last_attempt_at),
    "error_code": lambda status: "" if status.problem is None else status.problem.code.value,
    "error_message": _of_problem(lambda told: told.title),
    "advice": _of_problem(lambda told: told.advice),
    "is_required": lambda status: status.required,
}
_LLM: Mapping[str, Callable[[LlmStatus], Any]] = {
    "configured": lambda llm: llm.configured,
    "key": lambda llm: llm.key.value,
    "active_model": lambda llm: llm.active_model,
    "model_count": lambda llm: len(llm.models),
    "providers": lambda llm: ", ".join(llm.providers),
}
_ALL: Mapping[str, Callable[[Overview], Any]] = {
    "light": lambda all: all.colour.value,
    "ready": lambda all: all.ready,
    "total": lambda all: all.total,
}
