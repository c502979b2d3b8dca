# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the services of a project were connected when it was saved last: a hint for people, never more.

Nothing is contacted because of it. It comes with a .blend, which anybody may have made.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from types import MappingProxyType

from . import reading
from .endpoint import without_credentials
from .errors import ProtocolError
from .model import State
from .schema import Schema
from .snapshot import Snapshot

_LIMIT = 8192
_LONGEST = 200
_FORM = "%Y-%m-%dT%H:%MZ"


@dataclass(frozen=True)
class LastConnection:
    """Where a service was, and when, in universal time to the minute: ``2026-11-21T06:30Z``."""

    url: str
    at: str

    @property
    def moment(self) -> str:
        """The time for people."""
        return f"{self.at[:10]} {self.at[11:16]} UTC"


NONE: Mapping[str, LastConnection] = MappingProxyType({})


def read(text: str, schema: Schema) -> Mapping[str, LastConnection]:
    """The hints by service; what is no hint, or of no service, is left out."""
    if len(text) > _LIMIT:
        return NONE
    try:
        found = reading.mapping(reading.parse_json(text or "{}"))
    except ProtocolError:
        return NONE
    hints = {each.name: _hint(found.get(each.name)) for each in schema.services}
    return MappingProxyType({name: hint for name, hint in hints.items() if hint is not None})


def written(hints: Mapping[str, LastConnection]) -> str:
    """The text for the .blend; empty without hints."""
    if not hints:
        return ""
    return json.dumps({name: [each.url, each.at] for name, each in hints.items()}, separators=(",", ":"))


def updated(
    hints: Mapping[str, LastConnection], snapshot: Snapshot | None, wall: float, named: Collection[str] = ()
) -> Mapping[str, LastConnection]:
    """With what is connected now; `wall` is the time in seconds since the epoch.

    `named` are the services whose address the project itself names. Where another service is, on another
    computer, the user has told this program, and not who will open the file.
    """
    if snapshot is None:
        return hints
    at = datetime.fromtimestamp(wall, timezone.utc).strftime(_FORM)
    now = {
        name: LastConnection(without_credentials(status.endpoint.url), at)
        for name, status in snapshot.services.items()
        if status.state is State.CONNECTED
        and status.endpoint is not None
        and (status.endpoint.is_loopback or name in named)
    }
    return MappingProxyType({**hints, **now})


def _hint(found: object) -> LastConnection | None:
    if not isinstance(found, list) or len(found) != 2:
        return None
    url, at = (reading.text(each, _LONGEST) if isinstance(each, str) else "" for each in found)
    try:
        datetime.strptime(at, _FORM)
    except ValueError:
        return None
    return LastConnection(without_credentials(url), at) if url else None
