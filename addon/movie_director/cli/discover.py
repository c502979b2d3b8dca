# SPDX-License-Identifier: GPL-3.0-or-later
"""``discover``: what answers where."""

from __future__ import annotations

from collections.abc import Callable

from ..backends.base import Backend
from ..core import units
from ..core.messages import Message, explain, text
from ..core.model import Sighting
from ..core.presentation import Colour, context
from ..core.serialisation import discovery_json
from ..core.snapshot import DiscoveryReport
from ..runtime.discovery import LIMIT
from .lines import EMPTY, Line, Span, Style, columns, mark, wrapped
from .live import passing_note
from .session import Session, clocks, wait_for


def run(session: Session) -> int:
    """0 if every required service was found, else 1."""
    with passing_note(session.output, "Looking around …"):
        report = _look(session)
    found = {sighting.service for sighting in report.sightings}
    missing = [each for each in session.backends if session.is_enabled(each.name) and each.name not in found]
    complete = not any(session.is_required(backend) for backend in missing)
    if session.options.json:
        names = [backend.name for backend in missing]
        session.output.json(discovery_json(report, clocks(), names, ok=complete))
    else:
        lines = discovery_lines(report, session.backends, missing, session.is_required, session.output.width)
        session.output.text(lines)
    return 0 if complete else 1


def _look(session: Session) -> DiscoveryReport:
    """What is found until the look around ends, or until it should have ended long ago."""
    with session.manager() as manager:
        manager.discover(deep=session.options.deep, mdns=session.options.mdns)
        wait_for(manager, lambda seen: seen.discovery is not None and seen.discovery.finished, 2 * LIMIT)
        seen = manager.board.snapshot()
    return seen.discovery if seen is not None and seen.discovery is not None else DiscoveryReport()


def discovery_lines(
    report: DiscoveryReport,
    known: tuple[Backend, ...],
    missing: list[Backend],
    is_required: Callable[[Backend], bool],
    width: int | None,
) -> list[Line]:
    """A table of what answers, what is missing and how to start it, and what was tried."""
    labels = {backend.name: backend.label for backend in known}
    lines = columns([_row(sighting, labels) for sighting in report.sightings])
    for backend in missing:
        told = f"{backend.label} was not found. {backend.start_hint}"
        shown = Colour.RED if is_required(backend) else Colour.YELLOW
        lines += wrapped(told, width, (mark(shown), Span(" ")))
    if not report.addresses_tried:
        return [(Span(text(Message("light.off")) + "."),)]
    tried = f"{report.addresses_tried} addresses tried in {units.milliseconds(report.seconds)}."
    if report.advertised == 0:
        tried += " No answer to mDNS, which does not mean that nothing is there."
    elif report.advertised is not None:
        tried += f" {report.advertised} services advertised by mDNS."
    return [*lines, EMPTY, (Span(tried, Style.FAINT),)]


def _row(sighting: Sighting, labels: dict[str, str]) -> list[Span]:
    took = Span(units.milliseconds(sighting.seconds))
    place = Span(sighting.endpoint.url)
    if sighting.service is not None:
        version = sighting.info.version if sighting.info else ""
        name = f"{labels.get(sighting.service, sighting.service)} {version}".rstrip()
        return [mark(Colour.GREEN), Span(name, Style.STRONG), place, took]
    name = sighting.stranger or "another program"
    return [mark(Colour.OFF), Span(name), place, took, Span(_why(sighting), Style.FAINT)]


def _why(sighting: Sighting) -> str:
    """Why a program does not count as one of ours."""
    if sighting.problem is None:
        return "none of ours"
    return explain(sighting.problem, context("", sighting.endpoint)).title
