# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shown of addresses that projects name: a question where one waits, and what the user allowed."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import Problem, ProblemCode
from .keyring import Origin
from .messages import explain, message, text
from .settings_view import SettingsView


@dataclass(frozen=True)
class Question:
    """Whether a service may be contacted where the project says it is."""

    service: str
    origin: str
    sentence: str
    once: str
    once_tooltip: str
    always: str


@dataclass(frozen=True)
class Allowed:
    """An address that the user allowed."""

    origin: str
    until: str
    """For how long, in words."""


def question(view: SettingsView, service: str) -> Question | None:
    """The question that waits for an answer; None where there is none."""
    withheld = view.settings.of(service).withheld
    origin = asked_origin(withheld)
    if withheld is None or not origin:
        return None
    told = explain(withheld)
    program = str(withheld.parameter("program") or "")
    return Question(
        service=service,
        origin=origin,
        sentence=f"{told.title} {told.advice}",
        once=answer("once", origin),
        once_tooltip=answer_tip("once", origin, program),
        always=answer("always", origin),
    )


def asked_origin(withheld: Problem | None) -> str:
    """The address whose use is asked for, as `Origin` writes it; empty if none is."""
    if withheld is None or withheld.code is not ProblemCode.NOT_ALLOWED:
        return ""
    return str(withheld.parameter("origin") or "")


def answer(name: str, origin: str) -> str:
    """The label of the button ``once`` or ``always``."""
    return text(message(f"consent.{name}", address=origin))


def short_answer(name: str) -> str:
    """The label without the address, which the question has too."""
    return text(message(f"consent.{name}"))


def answer_tip(name: str, origin: str, program: str) -> str:
    """What a button does; in general where the address is not known, as in a menu."""
    known = {"address": origin, "program": program} if origin else {}
    return text(message(f"consent-tip.{name}", **known))


def allowed(view: SettingsView) -> tuple[Allowed, ...]:
    """Every address that the user allowed, in the order of their names."""
    always = view.consent.always
    return tuple(_allowed(origin, origin in always) for origin in sorted(always | view.consent.once))


def _allowed(origin: Origin, for_good: bool) -> Allowed:
    until = text(message("consent.for-good" if for_good else "consent.until-end"))
    return Allowed(str(origin), until)
