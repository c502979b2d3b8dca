# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a service and the one button that helps; other instances; how its last test went."""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import units
from .card_parts import Action, Button, Detail, Mark, Note, Viewing, button, mark, word
from .consent_cards import answer, asked_origin, short_answer
from .diagnosis import Diagnosis, LayerResult, Verdict
from .errors import Problem, ProblemCode
from .messages import Explanation, Fix, Message, explain, message, text
from .model import Sighting, Source, State
from .presentation import context, explained, is_usable, worth_telling
from .snapshot import ServiceStatus

_TEST_MARKS = {
    Verdict.PASSED: Mark.READY,
    Verdict.WARNING: Mark.ATTENTION,
    Verdict.FAILED: Mark.MISSING,
    Verdict.NOT_NEEDED: Mark.OFF,
    Verdict.NOT_REACHED: Mark.OFF,
}
SYSTEM = "SYSTEM"
"""The section of Blender's preferences in which online access is allowed."""
_HELP = (Fix.START_PROGRAM, Fix.RESTART_PROGRAM, Fix.CHECK_NETWORK)


@dataclass(frozen=True)
class Trouble:
    """A problem in words: what is wrong, what to do, and the one best action."""

    sentence: str
    advice: str
    mark: Mark
    button: Button | None
    also: Button | None = None
    """Where the best action is a question with two answers, the further-reaching one."""


@dataclass(frozen=True)
class Instance:
    """Another program of the same kind, which can be used instead."""

    sentence: str
    tooltip: str
    button: Button


@dataclass(frozen=True)
class TestLine:
    """One layer of a test."""

    mark: Mark
    detail: Detail


@dataclass(frozen=True)
class TestCard:
    """A connection test, complete or still growing."""

    running: bool
    lines: tuple[TestLine, ...]
    result: Note | None
    """None while it runs."""
    trouble: Trouble | None


def trouble(status: ServiceStatus, at: Viewing) -> Trouble | None:
    """What is to be told of a problem now; None where there is none, or it does not matter yet."""
    told, what = explained(status, at.start_hints.get(status.service, "")), worth_telling(status)
    if told is None or what is None or status.state is State.DISABLED:
        return None
    origin = asked_origin(what)
    if origin:
        once, always = (_allow(each, status, origin) for each in (Action.ALLOW_ONCE, Action.ALLOW_ALWAYS))
        return Trouble(told.title, told.advice, mark(status), once, always)
    return Trouble(told.title, told.advice, mark(status), fix_button(told, what, status))


def _allow(action: Action, status: ServiceStatus, origin: str) -> Button:
    name = action.value.removeprefix("allow-")
    return Button(action, answer(name, origin), status.service, origin, short_answer(name))


def fix_button(told: Explanation, what: Problem, status: ServiceStatus) -> Button | None:
    """The action that best helps; None where nothing needs to be done."""
    if what.code is ProblemCode.REFUSED and status.others:
        # The advice names the other instance: one found by itself is taken over by trying again.
        if status.source is Source.CONFIGURED:
            return _use(status, status.others[0].endpoint.url)
        return button(Action.RETRY, "retry", status)
    if told.fix is Fix.NONE:
        return None
    return replace(_button_of(told.fix, status), label=_label(told.fix, status))


def _label(fix: Fix, status: ServiceStatus) -> str:
    return text(message(f"fix.{fix.value}", program=status.label))


def _button_of(fix: Fix, status: ServiceStatus) -> Button:
    if fix in _HELP:
        return Button(Action.HELP, "", status.service, fix.value)
    if fix is Fix.ALLOW_ONLINE:
        return Button(Action.OPEN_SETTINGS, "", status.service, SYSTEM)
    if fix is Fix.RETRY_NOW:
        return button(Action.RETRY, "retry", status)
    if fix is Fix.COPY_DETAILS:
        return button(Action.COPY_DETAILS, "copy", status)
    if fix is Fix.USE_OTHER_SCHEME and status.endpoint is not None:
        other = "http" if status.endpoint.secure else "https"
        return _use(status, replace(status.endpoint, scheme=other).url)
    return button(Action.OPEN_SETTINGS, "settings", status)


def _use(status: ServiceStatus, url: str) -> Button:
    return button(Action.USE_ADDRESS, "use", status, url)


def instances(status: ServiceStatus) -> tuple[Instance, ...]:
    """The other programs of its kind; none while the service is off."""
    return tuple(_instance(status, each) for each in status.others if status.state is not State.DISABLED)


def _instance(status: ServiceStatus, sighting: Sighting) -> Instance:
    version = sighting.info.version if sighting.info is not None else ""
    known = {"version": version} if version else {}
    url = sighting.endpoint.url
    sentence = text(message("panel.instance", program=status.label, url=url, **known))
    return Instance(sentence, word("tip.instance"), _use(status, url))


def help_text(status: ServiceStatus, topic: str, start_hint: str = "") -> str:
    """The sentences behind a help button; `topic` is the value of a `Fix`."""
    known = {"program": status.label}
    if start_hint:
        known["start_hint"] = start_hint
    if status.endpoint is not None:
        known["host"] = status.endpoint.host
    return text(message(f"panel-help.{topic}", **known))


def test_card(test: Diagnosis | None, status: ServiceStatus, at: Viewing) -> TestCard | None:
    """How the newest test of this service went, or goes; None if there is none, or it is outdated."""
    if test is None or _is_outdated(test, status):
        return None
    lines = tuple(_test_line(each) for each in test.layers)
    return TestCard(not test.finished, lines, _result(test), _test_trouble(test, status, at))


def told_once(test: TestCard, above: Trouble | None) -> TestCard:
    """The test without its problem where that stands above it already."""
    again = test.trouble is not None and above is not None and test.trouble.sentence == above.sentence
    return replace(test, trouble=None) if again else test


def _is_outdated(test: Diagnosis, status: ServiceStatus) -> bool:
    """Whether the connection came, went or moved after the test, so that what it says is no longer true."""
    if test.finished_at is None or status.since <= test.finished_at:
        return False
    has_moved = test.endpoint is not None and status.endpoint not in (None, test.endpoint)
    return has_moved or test.passed is not is_usable(status)


def _test_line(result: LayerResult) -> TestLine:
    verdict = text(Message(f"verdict.{result.verdict.value}"))
    took = "" if result.seconds is None else f", {units.milliseconds(result.seconds)}"
    label = text(Message(f"layer.{result.layer.value}"))
    return TestLine(_TEST_MARKS[result.verdict], Detail(label, verdict + took, word("tip.layer")))


def _result(test: Diagnosis) -> Note | None:
    if not test.passed:
        return None
    seconds = sum(result.seconds or 0.0 for result in test.layers)
    shown = Mark.READY if test.problem is None else Mark.ATTENTION
    sentence = text(message("panel.passed", value=units.milliseconds(seconds)))
    return Note(sentence, word("tip.layer"), shown)


def _test_trouble(test: Diagnosis, status: ServiceStatus, at: Viewing) -> Trouble | None:
    """The one problem to mend first."""
    what = test.problem
    if what is None or not test.finished:
        return None
    place = context(status.label, test.endpoint, at.start_hints.get(status.service, ""))
    told = explain(what, place)
    shown = Mark.ATTENTION if test.passed else Mark.MISSING
    return Trouble(told.title, told.advice, shown, fix_button(told, what, status))
