# SPDX-License-Identifier: GPL-3.0-or-later
"""What "Copy details" puts on the clipboard: all that is known of one service, without secrets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .card_parts import Detail, Viewing
from .cards import Card, panel_cards
from .printable import visible
from .redact import Redactor
from .settings import Settings
from .snapshot import Snapshot


def report(snapshot: Snapshot, service: str, settings: Settings, at: Viewing) -> str:
    """Plain text for a bug report, lines ended by line feeds.

    Every key of the settings is taken out, and all that looks like one. Raises `KeyError` for a service that
    the snapshot does not have.
    """
    status = snapshot.services[service]
    shown = panel_cards(snapshot, settings, replace(at, unfolded=frozenset({service})))
    card = next(each for each in shown.cards if each.service == service)
    lines = [at.clocks.moment(), *_lines(card)]
    if status.problem is not None:
        lines.append(f"Details: {status.problem.code.value}, {status.problem.detail}")
    hide = Redactor(settings.secrets)
    return "".join(f"{hide(visible(line))}\n" for line in lines)


def _lines(card: Card) -> Iterator[str]:
    yield f"{card.label}: {card.state}"
    if card.trouble is not None:
        yield card.trouble.sentence
        yield card.trouble.advice
    yield from map(_line, card.details)
    yield from (note.sentence for note in card.notes)
    yield from (other.sentence for other in card.others)
    if card.test is not None:
        yield from (_line(line.detail) for line in card.test.lines)
        if card.test.trouble is not None:
            yield card.test.trouble.sentence


def _line(detail: Detail) -> str:
    return f"{detail.label}: {detail.value}"
