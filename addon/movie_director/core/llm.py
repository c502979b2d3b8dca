# SPDX-License-Identifier: GPL-3.0-or-later
"""The LLM integration: whether texts can be written, by which model, and what is missing.

A pure view of one snapshot. It stands apart from the services: a proxy can be reached and yet be of no
use, because it wants a key, or has no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .errors import Problem, ProblemCode, problem
from .facts import Access, LanguageModel, ServiceInfo
from .model import State
from .snapshot import ServiceStatus, Snapshot

_MOST_VARIABLES_NAMED = 4


class KeyState(str, Enum):
    """What is known of the key for the service that writes texts."""

    NOT_NEEDED = "not-needed"
    ACCEPTED = "accepted"
    MISSING = "missing"
    REJECTED = "rejected"
    NOT_CHECKED = "not-checked"
    """The service is not connected, or has not said."""


@dataclass(frozen=True)
class LlmStatus:
    """One picture of the LLM integration."""

    service: str
    configured: bool
    """The service is connected, lets us in, and has at least one model."""
    key: KeyState
    active_model: str = ""
    """The model that is used: the first of the list. Empty unless `configured`."""
    models: tuple[LanguageModel, ...] = ()
    providers: tuple[str, ...] = ()
    """Of the models, each once, in their order."""
    variables: tuple[str, ...] = ()
    """Environment variables of the service's own process that would bring it more models."""
    reason: Problem | None = None
    """Why it is not configured; None while that is not known, and for a service that is switched off."""


_KEY_PROBLEMS = {
    ProblemCode.KEY_MISSING: KeyState.MISSING,
    ProblemCode.KEY_REJECTED: KeyState.REJECTED,
}
_KEY_STATES = {
    Access.OPEN: KeyState.NOT_NEEDED,
    Access.ACCEPTED: KeyState.ACCEPTED,
    Access.NOT_CHECKED: KeyState.NOT_CHECKED,
}
_LET_IN = (KeyState.NOT_NEEDED, KeyState.ACCEPTED)


def text_service(snapshot: Snapshot) -> ServiceStatus | None:
    """The service that writes texts: the first of that kind; None if there is no such kind."""
    return next((status for status in snapshot.services.values() if "text" in status.makes), None)


def llm_status(snapshot: Snapshot) -> LlmStatus | None:
    """How the LLM integration stands; None where no service writes texts."""
    status = text_service(snapshot)
    return None if status is None else _view(status)


def _view(status: ServiceStatus) -> LlmStatus:
    info = status.info if status.state is State.CONNECTED else None
    key = _key_state(status, info)
    models = info.language_models if info is not None else ()
    configured = key in _LET_IN and bool(models)
    return LlmStatus(
        service=status.service,
        configured=configured,
        key=key,
        active_model=models[0].name if configured else "",
        models=models,
        providers=tuple(dict.fromkeys(model.provider for model in models if model.provider)),
        variables=info.variables if info is not None else (),
        reason=None if configured else _reason(status, info, key),
    )


def _key_state(status: ServiceStatus, info: ServiceInfo | None) -> KeyState:
    if info is not None:
        return _KEY_STATES[info.access]
    code = status.problem.code if status.problem is not None else None
    return _KEY_PROBLEMS.get(code, KeyState.NOT_CHECKED) if code is not None else KeyState.NOT_CHECKED


def _reason(status: ServiceStatus, info: ServiceInfo | None, key: KeyState) -> Problem | None:
    if info is None:
        return None if status.state is State.DISABLED else status.problem
    if key not in _LET_IN:
        return problem(ProblemCode.KEY_NOT_CHECKED, program=status.label)
    names = ", ".join(info.variables[:_MOST_VARIABLES_NAMED])
    return problem(ProblemCode.NO_MODELS, program=status.label, variables=names)
