# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report on the whole program is made from, as frozen values that somebody else collected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .anonymity import Identity
from .changes import Change
from .schema import Schema
from .serialisation import Clocks
from .settings_view import SettingsView
from .snapshot import Snapshot


@dataclass(frozen=True)
class Surroundings:
    """Where the program runs."""

    addon: str
    """The version of Movie Director."""
    python: str
    system: str
    """The operating system and the kind of processor."""
    blender: str = ""
    """Empty outside of Blender."""
    packages: tuple[tuple[str, str], ...] = ()
    """Names and versions of the packages that we carry; empty if they are not there."""
    files: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Where the files of the user lie, by what they are."""
    who: Identity = field(default_factory=Identity)

    @property
    def versions(self) -> tuple[str, ...]:
        """All but the packages, each with its name."""
        blender = (f"Blender {self.blender}",) if self.blender else ()
        return (f"Movie Director {self.addon}", *blender, f"Python {self.python}", self.system)


@dataclass(frozen=True)
class LogPart:
    """The newest records of one log, oldest first."""

    name: str
    records: tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """Everything that is known at one moment."""

    clocks: Clocks
    surroundings: Surroundings
    schema: Schema
    view: SettingsView
    snapshot: Snapshot = field(default_factory=Snapshot)
    start_hints: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """By service, how it is started."""
    changes: tuple[Change, ...] = ()
    """The newest news, oldest first."""
    mistakes: tuple[str, ...] = ()
    """Faults of ours that the user interface met."""
    logs: tuple[LogPart, ...] = ()
    log_problem: str = ""
    """Why this process writes no log; empty if it writes one."""
