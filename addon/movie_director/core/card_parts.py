# SPDX-License-Identifier: GPL-3.0-or-later
"""The pieces that cards are made of, and what is known of the place where they are looked at."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone, tzinfo
from enum import Enum
from types import MappingProxyType

from .messages import Message, message, text
from .model import State
from .presentation import Colour, colour
from .serialisation import Clocks
from .snapshot import ServiceStatus
from .versions import VersionRule


class Mark(str, Enum):
    """A shape in a colour; each shape means one thing, so the colour is never needed to tell them apart."""

    READY = "ready"
    CONNECTING = "connecting"
    ATTENTION = "attention"
    """Usable but busy or limited, or optional and missing."""
    MISSING = "missing"
    """Required, and missing."""
    NEEDS_YOU = "needs-you"
    """Only the user can mend it."""
    OFF = "off"


MARKS = {
    Colour.GREEN: Mark.READY,
    Colour.YELLOW: Mark.ATTENTION,
    Colour.RED: Mark.MISSING,
    Colour.OFF: Mark.OFF,
}


URGENT = (Mark.MISSING, Mark.NEEDS_YOU)
"""Marks of what keeps the film from being made."""


class Action(str, Enum):
    """What a button does; the user interface has an operator for each."""

    RETRY = "retry"
    TEST = "test"
    OPEN_PAGE = "open-page"
    COPY_DETAILS = "copy-details"
    USE_ADDRESS = "use-address"
    OPEN_SETTINGS = "open-settings"
    HELP = "help"
    ALLOW_ONCE = "allow-once"
    ALLOW_ALWAYS = "allow-always"


@dataclass(frozen=True)
class Button:
    """An action of one service. `argument` is a URL (open page, use or allow an address), the id of a help
    text, or the section of Blender's preferences to open in place of our settings."""

    action: Action
    label: str
    service: str = ""
    argument: str = ""
    short: str = ""
    """Its label where there is no room for the other; empty where there is no shorter one."""


@dataclass(frozen=True)
class Detail:
    """One line: what it is about, the value in words, and what that means."""

    label: str
    value: str
    tooltip: str


@dataclass(frozen=True)
class Note:
    """A sentence with a mark; none where it only informs."""

    sentence: str
    tooltip: str
    mark: Mark | None = None


@dataclass(frozen=True)
class Viewing:
    """What the cards need besides the snapshot."""

    clocks: Clocks
    zone: tzinfo = timezone.utc
    """In which times of day are written."""
    start_hints: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """By service: how its program is started, as a sentence."""
    version_rules: Mapping[str, VersionRule] = field(default_factory=lambda: MappingProxyType({}))
    origins: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """By service: where its configured address is set, in words."""
    unfolded: frozenset[str] = frozenset()
    """Services whose details are wanted; `LLM` for the language models."""
    loopback_only: bool = False
    """Whether Blender allows no contact beyond this computer."""
    waits_for_user: bool = False
    """Whether nothing is contacted until the user asks for it."""
    notices: tuple[str, ...] = ()
    """Further sentences for the top of the panel."""

    def ago(self, moment: float) -> float:
        """Whole seconds since a monotonic reading."""
        return float(max(0, int(self.clocks.monotonic - moment)))

    def time_of_day(self, moment: float) -> str:
        """A monotonic reading as ``14:03:07``."""
        wall = self.clocks.wall + moment - self.clocks.monotonic
        return datetime.fromtimestamp(wall, self.zone).strftime("%H:%M:%S")


LLM = "llm"
"""Stands for the card of the language models where services are named."""


def mark(status: ServiceStatus) -> Mark:
    if status.state is State.FAILED:
        return Mark.NEEDS_YOU
    if status.state is State.CONNECTING:
        return Mark.CONNECTING
    return MARKS[colour(status)]


@functools.lru_cache(maxsize=512)
def word(id: str) -> str:
    """A text of the panel without parameters."""
    return text(Message(f"panel-{id}"))


@functools.lru_cache(maxsize=512)
def tip(name: str, program: str) -> str:
    """A tooltip in which only the name of a program may stand."""
    return text(message(f"panel-{name}", program=program))


def button(action: Action, name: str, status: ServiceStatus, url: str = "") -> Button:
    """The button with the label of this name, for this service; `url` is its argument."""
    return Button(action, word(f"button.{name}"), status.service, url)
