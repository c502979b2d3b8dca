# SPDX-License-Identifier: GPL-3.0-or-later
"""``services``: who can make what, ready or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..core.facts import Capability
from ..core.messages import Message, message, text
from ..core.presentation import Row, is_usable, row
from ..core.registry import MAKES, Offer, language_models, offers
from ..core.registry_texts import (
    counts_text,
    language_model_text,
    listed,
    makes_text,
    operation_text,
    seen_text,
    support_text,
)
from ..core.serialisation import Clocks
from ..core.services_json import services_json
from ..core.snapshot import Snapshot
from ..core.versions import VersionRule
from .lines import COLOUR_STYLES, EMPTY, Line, Span, Style, columns, mark, pad, wrapped
from .live import passing_note
from .session import Session, clocks, wait_for
from .status import LIMIT, is_settled
from .table import support_lines

_LABELS = ("makes", "operations", "models", "last-seen")
_LABEL_WIDTH = max(len(text(Message(f"registry.{label}"))) for label in _LABELS) + 2
_NO_RULE = VersionRule()


def run(session: Session) -> int:
    """0 if a service that matches is ready, else 1."""
    options, output = session.options, session.output
    snapshot = _look(session)
    found = offers(snapshot, MAKES if options.make is None else (options.make,), ready_only=options.ready)
    rules = session.version_rules
    if options.json:
        output.json(
            services_json(snapshot, found, clocks(), rules, make=options.make, ready_only=options.ready)
        )
    elif found:
        output.text(services_lines(snapshot, found, clocks(), output.width, rules, all_names=options.verbose))
    else:
        output.text(wrapped(nothing_text(options.make, ready_only=options.ready), output.width))
    return 0 if any(offer.ready for offer in found) else 1


def _look(session: Session) -> Snapshot:
    """How things are when every service is read, or as far as they are when the time is over."""
    with session.manager(connects=True) as manager:
        with passing_note(session.output, "Connecting …"):
            read = wait_for(manager, lambda snapshot: _is_read(snapshot, session), LIMIT)
        return read or manager.board.snapshot() or Snapshot()


def _is_read(snapshot: Snapshot, session: Session) -> bool:
    connected = [status for status in snapshot.services.values() if is_usable(status)]
    complete = all(status.info is not None and status.info.complete for status in connected)
    return complete and snapshot.memory_read and is_settled(snapshot, session)


# --- pure --------------------------------------------------------------------------------------------


def nothing_text(make: str | None, *, ready_only: bool) -> str:
    known = {"makes": makes_text([make])} if make is not None else {}
    return text(message(f"registry.{'nothing-ready' if ready_only else 'nothing-makes'}", **known))


def services_lines(
    snapshot: Snapshot,
    found: Sequence[Offer],
    at: Clocks,
    width: int | None,
    rules: Mapping[str, VersionRule],
    *,
    all_names: bool,
) -> list[Line]:
    """Each offer with what is known of it, then the language models, apart."""
    heads = columns([_head(offer, row(offer.status, at.monotonic)) for offer in found])
    lines: list[Line] = []
    for offer, head in zip(found, heads, strict=True):
        rule = rules.get(offer.status.service, _NO_RULE)
        lines += [head, *_details(offer, at, width, rule, all_names=all_names), EMPTY]
    if any(capability.makes == "text" for offer in found for capability in offer.capabilities):
        lines += _language_models(snapshot, width, all_names=all_names)
    return lines[:-1] if lines[-1] == EMPTY else lines


def _head(offer: Offer, shown: Row) -> list[Span]:
    return [
        mark(shown.colour),
        Span(f"{shown.label} {shown.version}".rstrip(), Style.STRONG),
        Span(shown.state, COLOUR_STYLES[shown.colour]),
        Span(shown.address),
        Span(shown.queue_told),
    ]


def _details(
    offer: Offer, at: Clocks, width: int | None, rule: VersionRule, *, all_names: bool
) -> list[Line]:
    makes = makes_text(dict.fromkeys(each.makes for each in offer.capabilities))
    lines = _labelled("makes", [makes], width)
    lines += _labelled("operations", _operations(offer.capabilities, all_names=all_names), width)
    if offer.last_seen is not None:
        lines += _labelled("last-seen", [seen_text(offer.last_seen, at.wall)], width)
        if all_names:
            lines += _labelled("models", _models(offer, all_names=True), width)
    else:
        lines += _labelled("models", _models(offer, all_names=all_names), width)
    told = support_text(offer.status, rule) if offer.last_seen is None else ""
    return lines + (support_lines(offer.status.support, told, width) if told else [])


def _operations(capabilities: Iterable[Capability], *, all_names: bool) -> list[str]:
    """One line for each operation; one that makes several things stands there once."""
    told = dict.fromkeys(operation_text(each, all_names=all_names) for each in capabilities)
    return [each for each in told if each]


def _models(offer: Offer, *, all_names: bool) -> list[str]:
    """How many in each folder and which; that they are still being read while that is so."""
    info = offer.info
    if info is None:
        return []
    if not all_names:
        found = [counts_text(info)]
    else:
        found = [f"{folder or 'models'}: {', '.join(names)}" for folder, names in info.models if names]
    if not info.complete:
        found.append(text(Message("registry.reading")))
    return [each for each in found if each]


def _labelled(label: str, texts: Sequence[str], width: int | None) -> list[Line]:
    """The texts below each other, and the label before the first."""
    lines: list[Line] = []
    for number, each in enumerate(texts):
        word = text(Message(f"registry.{label}")) if number == 0 else ""
        first = (Span("  "), Span(pad(word, _LABEL_WIDTH), Style.FAINT))
        lines += wrapped(each, width, first, indent=_LABEL_WIDTH + 2)
    return lines


def _language_models(snapshot: Snapshot, width: int | None, *, all_names: bool) -> list[Line]:
    names = [language_model_text(model) for _, model in language_models(snapshot)]
    if not names:
        return []
    heading = (Span(text(Message("registry.language-models")), Style.STRONG),)
    return [heading, *wrapped(listed(names, all_names=all_names), width, (Span("  "),))]
