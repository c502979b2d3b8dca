# SPDX-License-Identifier: GPL-3.0-or-later
"""``test``: the connection, layer by layer, in the order in which it is made."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from ..backends.base import Backend
from ..core import units
from ..core.diagnosis import Diagnosis, Layer, LayerResult, Verdict
from ..core.errors import ConfigError, Parameter, ProblemCode
from ..core.messages import Message, explain, text
from ..core.presentation import Colour, context, device_text
from ..core.serialisation import diagnoses_json
from ..runtime.diagnose import LONGEST
from ..runtime.manager import Manager
from .arguments import UsageError, nearest_or_all
from .lines import EMPTY, Line, Span, Style, mark, pad, wrapped
from .session import Session, clocks, in_words, wait_for
from .table import problem_lines

LIMIT = LONGEST + 1.0
"""Seconds after which a test that does not end counts as failed."""

_COLOURS = {
    Verdict.PASSED: Colour.GREEN,
    Verdict.WARNING: Colour.YELLOW,
    Verdict.FAILED: Colour.RED,
    Verdict.NOT_NEEDED: Colour.OFF,
    Verdict.NOT_REACHED: Colour.OFF,
}
_LABEL_WIDTH = max(len(text(Message(f"layer.{layer.value}"))) for layer in Layer)
_STYLES = {Verdict.FAILED: Style.RED, Verdict.WARNING: Style.YELLOW}


def run(session: Session) -> int:
    """0 if the test passed; without a target, if those of all required services did. Else 1."""
    output, deadline = session.output, time.monotonic() + LIMIT
    with session.manager() as manager:
        keys = _begin(session, manager)
        if not keys and not session.options.json:
            output.text([(Span(text(Message("light.off")) + "."),)])
        if session.options.json:
            done = [list(_growing(manager, key, deadline))[-1] for key in keys]
        else:
            done = [_print(session, _growing(manager, key, deadline), key == keys[0]) for key in keys]
    passed = all(each.passed for each in done if _counts(each, session))
    if session.options.json:
        contexts = {each.target: known_about(each, session.backends) for each in done}
        output.json(diagnoses_json(done, clocks(), contexts, ok=passed))
    return 0 if passed else 1


def _begin(session: Session, manager: Manager) -> list[str]:
    """Start the tests, all at the same time."""
    target = session.options.target
    names = [backend.name for backend in session.backends]
    if target is None:
        return [manager.test(name) for name in names if session.is_enabled(name)]
    try:
        return [manager.test(target.lower() if target.lower() in names else target)]
    except ConfigError as error:
        if error.problem.code is ProblemCode.UNKNOWN_SERVICE:
            quoted = error.problem.parameter("value")
            hint = nearest_or_all(target, names)
            raise UsageError(f"'{quoted}' is neither a service nor an address. {hint}") from error
        raise UsageError(in_words(error)) from error


def _counts(diagnosis: Diagnosis, session: Session) -> bool:
    """Whether the exit code depends on it."""
    if session.options.target is not None:
        return True
    return any(each.name == diagnosis.target and session.is_required(each) for each in session.backends)


def _growing(manager: Manager, key: str, deadline: float) -> Iterator[Diagnosis]:
    """The test each time it has grown, until it is finished or the time is over."""
    seen = -1
    while True:
        left = deadline - time.monotonic()
        snapshot = wait_for(manager, lambda each: True, max(left, 0.01), seen)
        if snapshot is None and left > 0:
            continue
        newest = snapshot or manager.board.snapshot()
        assert newest is not None, "the board is never empty"
        seen = newest.version
        yield newest.tests[key]
        if newest.tests[key].finished or left <= 0:
            return


def _print(session: Session, growing: Iterator[Diagnosis], first: bool) -> Diagnosis:
    """Print a test while it grows; return it as it ended."""
    output, known = session.output, session.backends
    printed = -1
    diagnosis = None
    for diagnosis in growing:
        if printed < 0 and (diagnosis.layers or diagnosis.finished):
            output.text(([] if first else [EMPTY]) + [heading(diagnosis, known)])
            printed = 0
        if printed >= 0:
            output.text(layer_line(result) for result in diagnosis.layers[printed:])
            printed = len(diagnosis.layers)
    assert diagnosis is not None, "a test that was begun is on the board"
    output.text(conclusion(diagnosis, known, output.width, details=session.options.verbose))
    return diagnosis


# --- pure --------------------------------------------------------------------------------------------


def heading(diagnosis: Diagnosis, known: Sequence[Backend]) -> Line:
    """What is tested: the name of the service, or the URL that was given."""
    url = diagnosis.endpoint.url if diagnosis.endpoint else ""
    label = label_of(diagnosis, known)
    if label:
        return (Span(label, Style.STRONG), Span(f"  {url}" if url else ""))
    return (Span(url or diagnosis.target, Style.STRONG),)


def layer_line(result: LayerResult) -> Line:
    """One layer: its mark, what was to be seen, whether it was, how long that took."""
    took = "" if result.seconds is None else units.milliseconds(result.seconds)
    return (
        Span("  "),
        mark(_COLOURS[result.verdict]),
        Span(f" {pad(text(Message(f'layer.{result.layer.value}')), _LABEL_WIDTH)}{took:>8}  "),
        Span(text(Message(f"verdict.{result.verdict.value}")), _STYLES.get(result.verdict, Style.PLAIN)),
    )


def conclusion(
    diagnosis: Diagnosis, known: Sequence[Backend], width: int | None, *, details: bool
) -> list[Line]:
    """Whether it passed and how long it took, or the one thing to mend first."""
    lines: list[Line] = []
    if diagnosis.passed:
        seconds = sum(result.seconds or 0.0 for result in diagnosis.layers)
        passed = f"Passed in {units.milliseconds(seconds)}{_found(diagnosis)}."
        lines += wrapped(passed, width, (mark(Colour.GREEN), Span(" ")))
    elif not diagnosis.finished:
        late = f"Not finished after {units.duration(LONGEST)}."
        lines += wrapped(late, width, (mark(Colour.RED), Span(" ")))
    if diagnosis.problem is not None:
        told = explain(diagnosis.problem, known_about(diagnosis, known))
        shown = Colour.YELLOW if diagnosis.passed else Colour.RED
        lines += problem_lines(told, diagnosis.problem, shown, width, diagnosis.service, details=details)
    return lines


def _found(diagnosis: Diagnosis) -> str:
    """What was found, as the end of a sentence."""
    info = diagnosis.info
    if info is None:
        return ""
    parts = [f"{info.program} {info.version}".rstrip(), *map(device_text, info.devices)]
    return f": {', '.join(parts)}"


def label_of(diagnosis: Diagnosis, known: Sequence[Backend]) -> str:
    """The label of the service that was expected or recognised; empty if neither."""
    return next((each.label for each in known if each.name == diagnosis.service), "")


def known_about(diagnosis: Diagnosis, known: Sequence[Backend]) -> dict[str, Parameter]:
    """What `core.messages.explain` wants to know of the place of a problem."""
    hints = [each.start_hint for each in known if each.name == diagnosis.service]
    return context(label_of(diagnosis, known), diagnosis.endpoint, "".join(hints))
