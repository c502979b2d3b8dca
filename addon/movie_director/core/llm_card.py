# SPDX-License-Identifier: GPL-3.0-or-later
"""The card of the language models: whether texts can be written, by which model, with which key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .card_parts import LLM, MARKS, Detail, Mark, Viewing, tip, word
from .llm import LlmStatus, llm_status, text_service
from .llm_texts import key_text, llm_row
from .messages import Message, message, text
from .model import State
from .registry_texts import language_model_text, listed
from .snapshot import ServiceStatus, Snapshot

_MOST_MODELS = 20
"""Models that are listed one by one."""


@dataclass(frozen=True)
class LlmCard:
    """How the LLM integration stands; `service` is the one that writes texts."""

    service: str
    title: str
    mark: Mark
    state: str
    sentence: str
    """Which model of how many, or what is missing."""
    tooltip: str
    details: tuple[Detail, ...] = ()
    models: tuple[str, ...] = ()
    """Their names, with the provider; of many the first, and how many more there are."""


def llm_card(snapshot: Snapshot, at: Viewing) -> LlmCard | None:
    """The card; None where no service writes texts."""
    service, llm = text_service(snapshot), llm_status(snapshot)
    if service is None or llm is None:
        return None
    shown = llm_row(snapshot)
    open_now = LLM in at.unfolded and service.state is not State.DISABLED
    return LlmCard(
        service=service.service,
        title=text(Message("registry.language-models")),
        mark=_mark(service, llm, snapshot),
        state=_state(service, llm),
        sentence=shown.text if shown is not None else "",
        tooltip=word("tip.llm"),
        details=tuple(_details(llm, service.label)) if open_now else (),
        models=_models(llm) if open_now else (),
    )


def _mark(service: ServiceStatus, llm: LlmStatus, snapshot: Snapshot) -> Mark:
    if service.state is State.FAILED:
        return Mark.NEEDS_YOU
    if service.state is State.CONNECTING:
        return Mark.CONNECTING
    shown = llm_row(snapshot)
    return Mark.OFF if shown is None else MARKS[shown.colour]


def _state(service: ServiceStatus, llm: LlmStatus) -> str:
    if service.state is State.DISABLED:
        return text(Message("state.disabled"))
    return text(Message("panel.set-up" if llm.configured else "panel.not-set-up"))


def _details(llm: LlmStatus, program: str) -> Iterator[Detail]:
    if llm.active_model:
        yield _line("model", llm.active_model, program)
    yield _line("key", key_text(llm.key), program)
    if llm.models:
        count = str(len(llm.models))
        tooltip = tip("tip.language-models", program)
        yield Detail(word("label.models"), count, tooltip)
    if llm.providers:
        yield _line("providers", ", ".join(llm.providers), program)
    if llm.variables:
        value = text(message("panel-value.variables", variables=listed(llm.variables), program=program))
        every = ", ".join(llm.variables)
        yield Detail(word("label.variables"), value, f"{tip('tip.variables', program)} {every}")


def _line(name: str, value: str, program: str) -> Detail:
    return Detail(word(f"label.{name}"), value, tip(f"tip.{name}", program))


def _models(llm: LlmStatus) -> tuple[str, ...]:
    names = tuple(language_model_text(each) for each in llm.models[:_MOST_MODELS])
    left = len(llm.models) - len(names)
    return (*names, text(message("panel.more-names", count=left))) if left else names
