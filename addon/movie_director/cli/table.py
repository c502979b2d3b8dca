# SPDX-License-Identifier: GPL-3.0-or-later
"""A snapshot as lines of text; pure: the time and the width are arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ..core.errors import Problem
from ..core.llm_texts import llm_row
from ..core.messages import Explanation, Fix, Message, message, text
from ..core.model import State
from ..core.presentation import Colour, Row, colour, explained, is_usable, overview, row, worth_telling
from ..core.registry_texts import support_text
from ..core.snapshot import ServiceStatus, Snapshot
from ..core.strangers_met import without_our_own
from ..core.versions import Support, VersionRule
from .lines import COLOUR_STYLES, EMPTY, Line, Span, Style, columns, line_width, mark, wrapped

_HEADINGS = ("", "Service", "State", "Version", "Address", "Answer", "Device", "Queue")
_LEAST = (1, 0, len("Paused, next try in 30 s"))
_STATE, _ADDRESS, _DEVICE = 2, 4, 6
NO_RULES: Mapping[str, VersionRule] = MappingProxyType({})
_NO_RULE = VersionRule()


def status_lines(
    snapshot: Snapshot,
    now: float,
    width: int | None,
    start_hints: Mapping[str, str],
    rules: Mapping[str, VersionRule] = NO_RULES,
    *,
    details: bool = False,
) -> list[Line]:
    """Everything that ``status`` prints: the table, the light over all, what to do, and unusual versions."""
    return [
        *table(list(snapshot.services.values()), now, width),
        *llm_lines(snapshot, width),
        EMPTY,
        summary(snapshot),
        *problems(snapshot, width, start_hints, details=details),
        *other_instances(snapshot, width),
        *version_notes(snapshot, width, rules),
    ]


def table(
    statuses: Sequence[ServiceStatus], now: float, width: int | None, *, steady: bool = False
) -> list[Line]:
    """One line per service; on narrow terminals what does not fit follows, indented.

    A `steady` table keeps columns in which there is nothing, so that they do not come and go.
    """
    rows = [row(status, now) for status in statuses]
    for kept in (len(_HEADINGS), _DEVICE, _ADDRESS):
        shown = _columns_of(rows, kept, steady)
        if width is None or all(line_width(line) < width for line in shown) or kept == _ADDRESS:
            break
    lines = [shown[0]]
    for each, line in zip(rows, shown[1:], strict=True):
        lines.append(line)
        rest = _rest(each, kept)
        if rest:
            lines += wrapped(rest, width, (Span("  "),))
    return lines


def _columns_of(rows: Sequence[Row], kept: int, steady: bool) -> list[Line]:
    """The table of the first `kept` columns, and always that of the answer."""
    chosen = [index for index in range(len(_HEADINGS)) if index < kept or _HEADINGS[index] == "Answer"]
    body = [_cells(each) for each in rows]
    kept_empty = len(_HEADINGS) if steady else _STATE
    filled = [index for index in chosen if index <= kept_empty or any(cells[index].text for cells in body)]
    heading = [Span(name, Style.FAINT) for name in _HEADINGS]
    return columns([[cells[index] for index in filled] for cells in (heading, *body)], _LEAST)


def _cells(each: Row) -> list[Span]:
    return [
        mark(each.colour),
        Span(each.label, Style.STRONG),
        Span(each.state, COLOUR_STYLES[each.colour]),
        Span(each.version),
        Span(each.address),
        Span(each.latency),
        Span(each.device),
        Span(each.queue),
    ]


def _rest(each: Row, kept: int) -> str:
    """What the columns had no room for."""
    parts = []
    if kept <= _ADDRESS:
        parts.append(each.address)
    if kept <= _DEVICE:
        parts += [each.device, each.queue_told]
    return "; ".join(part for part in parts if part)


def llm_lines(snapshot: Snapshot, width: int | None) -> list[Line]:
    """One sentence on the LLM integration; nothing where no service that writes texts is switched on."""
    shown = llm_row(snapshot)
    if shown is None:
        return []
    title = text(Message("llm.title"))
    return [EMPTY, *wrapped(shown.alone, width, (mark(shown.colour), Span(f" {title}  ", Style.STRONG)))]


def summary(snapshot: Snapshot) -> Line:
    """The light over all services, and how many are ready."""
    over = overview(snapshot)
    count = text(message("light.count", ready=over.ready, total=over.total))
    return (mark(over.colour), Span(f" {over.word}", COLOUR_STYLES[over.colour]), Span(f" ({count})"))


def problems(
    snapshot: Snapshot, width: int | None, start_hints: Mapping[str, str], *, details: bool = False
) -> list[Line]:
    """For each problem its sentence, and what to do."""
    lines: list[Line] = []
    for status in without_our_own(snapshot).services.values():
        told = explained(status, start_hints.get(status.service, ""))
        what = worth_telling(status)
        if told is not None and what is not None and status.state is not State.DISABLED:
            lines.append(EMPTY)
            lines += problem_lines(told, what, colour(status), width, status.service, details=details)
    return lines


def problem_lines(
    told: Explanation, what: Problem, shown: Colour, width: int | None, service: str | None, *, details: bool
) -> list[Line]:
    """A problem, the best thing to do, how that is done in a terminal, and if asked for the details."""
    lines = wrapped(told.title, width, (mark(shown), Span(" ")))
    for sentence in (told.advice, terminal_hint(told.fix, service)):
        if sentence:
            lines += wrapped(sentence, width, (Span("  "),))
    if details and what.detail:
        lines += wrapped(f"Details: {what.code.value}, {what.detail}", width, (Span("  "),))
    return lines


def terminal_hint(fix: Fix, service: str | None) -> str:
    """How a terminal does what a button would do in Blender."""
    if service is None:
        return ""
    if fix in (Fix.OPEN_SETTINGS, Fix.USE_OTHER_SCHEME):
        return f"Here: --url {service}=URL, or the variable MOVIE_DIRECTOR_{service.upper()}_URL."
    if fix is Fix.SET_KEY:
        return f"Here: the variable MOVIE_DIRECTOR_{service.upper()}_API_KEY."
    return ""


def other_instances(snapshot: Snapshot, width: int | None) -> list[Line]:
    """Further programs of the same kind, which the user may choose."""
    lines: list[Line] = []
    for status in snapshot.services.values():
        for sighting in status.others:
            version = f" {sighting.info.version}" if sighting.info and sighting.info.version else ""
            sentence = (
                f"Another {status.label}{version} answers at {sighting.endpoint.url};"
                f" to use it: --url {status.service}={sighting.endpoint.url}"
            )
            lines += [EMPTY, *wrapped(sentence, width, (mark(Colour.OFF), Span(" ")))]
    return lines


def version_notes(snapshot: Snapshot, width: int | None, rules: Mapping[str, VersionRule]) -> list[Line]:
    """A sentence for each service whose version is too old, or newer than what was tested."""
    lines: list[Line] = []
    for status in snapshot.services.values():
        told = support_text(status, rules.get(status.service, _NO_RULE)) if is_usable(status) else ""
        if told:
            lines += [EMPTY, *support_lines(status.support, told, width)]
    return lines


def support_lines(support: Support, told: str, width: int | None) -> list[Line]:
    """The sentence on a version: a warning if it is too old, faint if it is merely new."""
    if support is Support.TOO_OLD:
        return wrapped(told, width, (mark(Colour.YELLOW), Span(" ")))
    return [
        tuple(Span(span.text, Style.FAINT) for span in line) for line in wrapped(told, width, (Span("  "),))
    ]
