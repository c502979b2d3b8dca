# SPDX-License-Identifier: GPL-3.0-or-later
"""The LLM integration in words."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import ProblemCode
from .llm import KeyState, LlmStatus, llm_status, text_service
from .messages import Message, message, text
from .model import State
from .presentation import Colour, colour
from .snapshot import ServiceStatus, Snapshot


@dataclass(frozen=True)
class LlmRow:
    """The one line that tells how the LLM integration stands."""

    colour: Colour
    text: str
    """Which model of how many, or what is missing."""
    configured: bool

    @property
    def alone(self) -> str:
        """The text for a place where nothing else says whether it is set up."""
        return self.text if self.configured else text(message("llm.not-set-up", value=self.text))


def llm_row(snapshot: Snapshot) -> LlmRow | None:
    """The line for this snapshot; None where no service writes texts, or it is switched off."""
    service, llm = text_service(snapshot), llm_status(snapshot)
    if service is None or llm is None or service.state is State.DISABLED:
        return None
    return LlmRow(_colour(service, llm), _sentence(service, llm), llm.configured)


def key_text(key: KeyState) -> str:
    """``key accepted``, ``needs a key``, ``key rejected``, ``key not checked``, ``no key needed``."""
    return text(Message(f"llm.key-{key.value}"))


def _colour(service: ServiceStatus, llm: LlmStatus) -> Colour:
    shown = colour(service)
    return Colour.YELLOW if shown is Colour.GREEN and not llm.configured else shown


def _sentence(service: ServiceStatus, llm: LlmStatus) -> str:
    if llm.configured:
        names = ", ".join(llm.providers)
        said = message("llm.model", model=llm.active_model, count=len(llm.models), **_given(names=names))
        return f"{text(said)}; {key_text(llm.key)}"
    return text(message(f"llm.{_obstacle(service, llm)}", program=service.label, **_given_variables(llm)))


def _obstacle(service: ServiceStatus, llm: LlmStatus) -> str:
    if llm.key in (KeyState.MISSING, KeyState.REJECTED):
        return f"without-{llm.key.value}"
    if service.state is not State.CONNECTED:
        return "without-connection"
    return "without-model" if _has_no_model(llm) else "without-answer"


def _has_no_model(llm: LlmStatus) -> bool:
    return llm.reason is not None and llm.reason.code is ProblemCode.NO_MODELS


def _given_variables(llm: LlmStatus) -> dict[str, str]:
    named = llm.reason.parameter("variables") if llm.reason is not None else ""
    return _given(variables=str(named))


def _given(**values: str) -> dict[str, str]:
    """Those that say something: a sentence without them is a simpler one."""
    return {name: value for name, value in values.items() if value}
