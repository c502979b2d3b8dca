# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel shows of a snapshot: the light over all, one card per service, one for language models.

Pure: the clocks, the time zone and everything else that is not in the snapshot come in as a `Viewing`. The
panel draws what stands here and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .card_details import details
from .card_parts import MARKS, URGENT, Action, Button, Detail, Mark, Note, Viewing, button, mark, word
from .card_problems import Instance, TestCard, Trouble, instances, test_card, told_once, trouble
from .english import ENGLISH
from .llm_card import LlmCard, llm_card
from .messages import Message, message, text
from .model import State
from .presentation import Overview, counts_down, is_ready, is_usable, overview, state_message
from .registry_texts import support_text
from .settings import Settings
from .snapshot import ServiceStatus, Snapshot
from .strangers_met import without_our_own
from .versions import Support, VersionRule

_NO_RULE = VersionRule()
_SOON = 60.0
"""Seconds for which "12 s ago" changes every second."""


@dataclass(frozen=True)
class Head:
    """The light over all services."""

    mark: Mark
    word: str
    count: str
    tooltip: str


@dataclass(frozen=True)
class Card:
    """One service. What folds out is empty while it is folded."""

    service: str
    label: str
    required: bool
    mark: Mark
    state: str
    tooltip: str
    unfolded: bool
    trouble: Trouble | None = None
    """What is wrong; of services that are needed it is shown while the card is folded, too."""
    details: tuple[Detail, ...] = ()
    notes: tuple[Note, ...] = ()
    others: tuple[Instance, ...] = ()
    buttons: tuple[Button, ...] = ()
    test: TestCard | None = None


@dataclass(frozen=True)
class PanelCards:
    """All that is to be drawn, in this order."""

    head: Head
    notices: tuple[Note, ...] = ()
    cards: tuple[Card, ...] = ()
    llm: LlmCard | None = None


def starting() -> PanelCards:
    """What is shown before there is a snapshot."""
    return PanelCards(Head(Mark.CONNECTING, _text("starting"), "", word("tip.light")))


def panel_cards(snapshot: Snapshot | None, settings: Settings, at: Viewing) -> PanelCards:
    """Everything for this snapshot at this moment; costs well under a millisecond."""
    if snapshot is None:
        return starting()
    snapshot = without_our_own(snapshot)
    statuses = tuple(snapshot.services.values())
    if not at.waits_for_user and statuses and all(begins(each, settings) for each in statuses):
        return starting()
    return PanelCards(
        head=_head(snapshot, at),
        notices=_notices(snapshot, at),
        cards=tuple(_card(each, snapshot, settings, at) for each in statuses),
        llm=llm_card(snapshot, at),
    )


def begins(status: ServiceStatus, settings: Settings) -> bool:
    """Whether its worker has not begun yet, though the service is switched on."""
    return status.state is State.DISABLED and settings.of(status.service).enabled


def is_ticking(snapshot: Snapshot, unfolded: frozenset[str], now: float) -> bool:
    """Whether a text that is shown changes by itself every second: a countdown, or "12 s ago"."""
    return any(
        counts_down(each, now) or (each.service in unfolded and _is_recent(each, now))
        for each in snapshot.services.values()
        if each.state is not State.DISABLED
    )


def _text(name: str) -> str:
    return text(Message(f"panel.{name}"))


def _is_recent(status: ServiceStatus, now: float) -> bool:
    moments = (status.since, status.last_attempt_at)
    return any(moment is not None and now - moment < _SOON for moment in moments)


def _head(snapshot: Snapshot, at: Viewing) -> Head:
    if at.waits_for_user:
        return Head(Mark.OFF, _text("waiting"), "", word("tip.light"))
    over = overview(snapshot)
    if not over.total:
        return Head(Mark.OFF, over.word, "", word("tip.light"))
    count = text(message("light.count", ready=over.ready, total=over.total))
    return Head(_light(snapshot, over), over.word, count, word("tip.light"))


def _light(snapshot: Snapshot, over: Overview) -> Mark:
    """The worst colour of all; while everything that is not ready is being connected, that."""
    open_points = [
        each.state
        for each in snapshot.services.values()
        if each.state is not State.DISABLED and not is_ready(each)
    ]
    if open_points and all(state is State.CONNECTING for state in open_points):
        return Mark.CONNECTING
    return MARKS[over.colour]


def _notices(snapshot: Snapshot, at: Viewing) -> tuple[Note, ...]:
    looking = snapshot.discovery is not None and not snapshot.discovery.finished
    told = ["looking-around"] if looking else []
    if at.waits_for_user:
        told.append("waits-for-you")
    if at.loopback_only:
        told.append("loopback-only")
    problems = (Note(sentence, word("tip.settings-problem")) for sentence in at.notices)
    return (*(Note(_text(name), word(f"tip.{name}")) for name in told), *problems)


def _card(status: ServiceStatus, snapshot: Snapshot, settings: Settings, at: Viewing) -> Card:
    now, unfolded = at.clocks.monotonic, status.service in at.unfolded
    starts = begins(status, settings) and not at.waits_for_user
    state = _text("starting") if starts else text(state_message(status, now))
    need = _text("required" if status.required else "optional").lower()
    shown = Mark.CONNECTING if starts else mark(status)
    wrong = trouble(status, at)
    card = Card(
        service=status.service,
        label=status.label,
        required=status.required,
        mark=shown,
        state=state,
        tooltip=text(message("panel-tip.service", program=status.label, value=state, name=need)),
        unfolded=unfolded,
        trouble=wrong if unfolded or shown in URGENT else None,
    )
    return _with_details(card, status, snapshot, at) if unfolded else card


def _with_details(card: Card, status: ServiceStatus, snapshot: Snapshot, at: Viewing) -> Card:
    test = test_card(snapshot.tests.get(status.service), status, at)
    return replace(
        card,
        details=details(status, snapshot.remembered.get(status.service), at),
        notes=_notes(status, at),
        others=instances(status),
        buttons=_buttons(status),
        test=None if test is None else told_once(test, card.trouble),
    )


def _notes(status: ServiceStatus, at: Viewing) -> tuple[Note, ...]:
    notes = []
    rule = at.version_rules.get(status.service, _NO_RULE)
    told = support_text(status, rule) if is_usable(status) else ""
    if told:
        shown = Mark.ATTENTION if status.support is Support.TOO_OLD else None
        notes.append(Note(told, word("tip.note"), shown))
    credit = f"credit.{status.service}"
    if credit in ENGLISH:
        notes.append(Note(text(Message(credit)), word("tip.credit")))
    return tuple(notes)


def _buttons(status: ServiceStatus) -> tuple[Button, ...]:
    """What can be done with it in this state, most wanted first."""
    if status.state is State.DISABLED:
        return (button(Action.OPEN_SETTINGS, "settings", status),)
    again = "check" if is_usable(status) else "retry"
    buttons = [button(Action.RETRY, again, status), button(Action.TEST, "test", status)]
    if is_usable(status) and status.endpoint is not None:
        url = status.endpoint.url
        buttons.append(button(Action.OPEN_PAGE, "web", status, url))
    return (*buttons, button(Action.COPY_DETAILS, "copy", status))
