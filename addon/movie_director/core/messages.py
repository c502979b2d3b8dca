# SPDX-License-Identifier: GPL-3.0-or-later
"""From message ids and parameters to sentences.

What crosses threads is a `Message` (or a `Problem`, which carries the same two things), never a
finished sentence, so that the reader's language is chosen where it is drawn. Making a sentence never
fails: a missing parameter picks a simpler variant, a missing text shows its id.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

from . import units
from .english import ENGLISH, STAND_IN
from .errors import OtherProgram, Parameter, Problem, ProblemCode

_FORMATS = {"duration": units.duration, "countdown": units.countdown, "size": units.size}


@dataclass(frozen=True)
class Message:
    """A text that is not written yet: its id in the catalogue, and the values that belong into it."""

    id: str
    parameters: tuple[tuple[str, Parameter], ...] = ()


class Fix(str, Enum):
    """The one action that best helps against a problem; a user interface may draw it as a button."""

    RETRY_NOW = "retry-now"
    OPEN_SETTINGS = "open-settings"
    SET_KEY = "set-key"
    START_PROGRAM = "start-program"
    RESTART_PROGRAM = "restart-program"
    USE_OTHER_SCHEME = "use-other-scheme"
    CHECK_NETWORK = "check-network"
    ALLOW_ONLINE = "allow-online"
    COPY_DETAILS = "copy-details"
    ALLOW_ADDRESS = "allow-address"
    NONE = "none"


FIXES: Mapping[ProblemCode, Fix] = {
    ProblemCode.NAME_UNKNOWN: Fix.OPEN_SETTINGS,
    ProblemCode.REFUSED: Fix.START_PROGRAM,
    ProblemCode.NO_ROUTE: Fix.CHECK_NETWORK,
    ProblemCode.CONNECT_TIMEOUT: Fix.CHECK_NETWORK,
    ProblemCode.CONNECT_FAILED: Fix.RETRY_NOW,
    ProblemCode.NO_ANSWER: Fix.RESTART_PROGRAM,
    ProblemCode.CONNECTION_LOST: Fix.START_PROGRAM,
    ProblemCode.NOT_HTTP: Fix.OPEN_SETTINGS,
    ProblemCode.NEEDS_HTTPS: Fix.USE_OTHER_SCHEME,
    ProblemCode.NEEDS_HTTP: Fix.USE_OTHER_SCHEME,
    ProblemCode.CERTIFICATE: Fix.COPY_DETAILS,
    ProblemCode.CERTIFICATE_EXPIRED: Fix.NONE,
    ProblemCode.CERTIFICATE_TOO_EARLY: Fix.NONE,
    ProblemCode.CERTIFICATE_OTHER_NAME: Fix.OPEN_SETTINGS,
    ProblemCode.CERTIFICATE_SELF_SIGNED: Fix.OPEN_SETTINGS,
    ProblemCode.CERTIFICATE_UNKNOWN: Fix.OPEN_SETTINGS,
    ProblemCode.REDIRECTED: Fix.OPEN_SETTINGS,
    ProblemCode.MALFORMED: Fix.RESTART_PROGRAM,
    ProblemCode.TOO_LARGE: Fix.OPEN_SETTINGS,
    ProblemCode.WRONG_PROGRAM: Fix.OPEN_SETTINGS,
    ProblemCode.NOT_FOUND: Fix.START_PROGRAM,
    ProblemCode.KEY_MISSING: Fix.SET_KEY,
    ProblemCode.KEY_REJECTED: Fix.SET_KEY,
    ProblemCode.KEY_NOT_CHECKED: Fix.RETRY_NOW,
    ProblemCode.NO_MODELS: Fix.START_PROGRAM,
    ProblemCode.SERVER_ERROR: Fix.RESTART_PROGRAM,
    ProblemCode.STREAM_REFUSED: Fix.CHECK_NETWORK,
    ProblemCode.STREAM_LOST: Fix.NONE,
    ProblemCode.STREAM_MUTE: Fix.NONE,
    ProblemCode.BAD_URL: Fix.OPEN_SETTINGS,
    ProblemCode.BAD_SETTING: Fix.OPEN_SETTINGS,
    ProblemCode.UNKNOWN_SETTING: Fix.NONE,
    ProblemCode.SETTINGS_UNREADABLE: Fix.COPY_DETAILS,
    ProblemCode.SETTINGS_KEPT_ASIDE: Fix.COPY_DETAILS,
    ProblemCode.SETTINGS_NEWER: Fix.NONE,
    ProblemCode.SETTINGS_NOT_SAVED: Fix.RETRY_NOW,
    ProblemCode.IMPORT_UNREADABLE: Fix.NONE,
    ProblemCode.IMPORT_NEWER: Fix.NONE,
    ProblemCode.BAD_PROFILE: Fix.NONE,
    ProblemCode.UNKNOWN_PROFILE: Fix.NONE,
    ProblemCode.TOO_MANY_PROFILES: Fix.NONE,
    ProblemCode.ONLINE_ACCESS_OFF: Fix.ALLOW_ONLINE,
    ProblemCode.UNKNOWN_SERVICE: Fix.OPEN_SETTINGS,
    ProblemCode.NOT_ALLOWED: Fix.ALLOW_ADDRESS,
    ProblemCode.KEYS_WERE_OPEN: Fix.NONE,
    ProblemCode.CANCELLED: Fix.RETRY_NOW,
    ProblemCode.INTERNAL: Fix.COPY_DETAILS,
}


@dataclass(frozen=True)
class Explanation:
    """A problem in words: one sentence that says what is wrong, one that says what to do, one action."""

    title: str
    advice: str
    fix: Fix


def message(id: str, **parameters: Parameter) -> Message:
    """Build a `Message`; parameters are sorted so that equal messages compare equal."""
    return Message(id, tuple(sorted(parameters.items())))


def text(what: Message, catalogue: Mapping[str, Sequence[str]] = ENGLISH) -> str:
    """The message as a sentence or word; its id if the catalogue does not have it. Never raises."""
    return _written(what.id, dict(what.parameters), catalogue)


def explain(
    what: Problem,
    context: Mapping[str, Parameter] = MappingProxyType({}),
    catalogue: Mapping[str, Sequence[str]] = ENGLISH,
) -> Explanation:
    """Say what is wrong and what to do; never raises.

    `context` gives what the place of the problem knows (``program``, ``address``, ``start_hint``);
    parameters of the problem itself win. Empty texts count as not known.
    """
    known = {**context, **{name: value for name, value in what.parameters if value != ""}}
    if not known.get("program"):
        known["program"] = known.get("service", "")
    if what.met:
        known["strangers"] = ", ".join(_met(each, catalogue) for each in what.met)
        known["locked"] = next((each.address for each in what.met if each.is_locked), "")
    values = {name: value for name, value in known.items() if value != ""}
    prefix = f"problem.{what.code.value}"
    return Explanation(
        title=_written(f"{prefix}.title", values, catalogue),
        advice=_written(f"{prefix}.advice", values, catalogue),
        fix=FIXES.get(what.code, Fix.COPY_DETAILS),
    )


def _met(met: OtherProgram, catalogue: Mapping[str, Sequence[str]]) -> str:
    values: dict[str, Parameter] = {"address": met.address}
    if met.name:
        values["found"] = met.name
    return _written("stranger.locked" if met.is_locked else "stranger.met", values, catalogue)


class _Formatter(string.Formatter):
    """`str.format` with our units, and without a way from a parameter into the attributes of a value."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        return _FORMATS[format_spec](float(value)) if format_spec else str(value)


_formatter = _Formatter()


def _written(id: str, values: Mapping[str, Parameter], catalogue: Mapping[str, Sequence[str]]) -> str:
    variants = catalogue.get(id) or ENGLISH.get(id) or (id,)
    for known in (values, {"program": STAND_IN, **values}):
        for template in variants:
            written = _filled(template, known)
            if written is not None:
                return written
    return id


def _filled(template: str, values: Mapping[str, Parameter]) -> str | None:
    """The template with its parameters; None if one is missing or of the wrong kind."""
    try:
        return _sentence(template, _formatter.vformat(template, (), values))
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _sentence(template: str, written: str) -> str:
    """Begin with a capital letter where only the stand-in for a name took it away."""
    if template.startswith("{program}") and written.startswith(STAND_IN):
        return written[:1].upper() + written[1:]
    return written
