# SPDX-License-Identifier: GPL-3.0-or-later
"""The text messages of ComfyUI's WebSocket, to and fro, as values; no socket here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TypeAlias

from ...core import reading
from ...core.errors import ProtocolError
from ...core.facts import Queue
from . import facts

FEATURE_FLAGS = json.dumps({"type": "feature_flags", "data": {"supports_preview_metadata": True}})
"""Must be our first message: the server looks for flags only in the first that it can read."""


@dataclass(frozen=True)
class Status:
    """The queue changed, or the WebSocket was just opened."""

    queue: Queue | None
    """None if the message does not say."""
    session: str = ""
    """The session the server knows us by; only in the first message of a connection."""


@dataclass(frozen=True)
class Other:
    """A message that says nothing about the state of the service."""

    type: str


Message: TypeAlias = Status | Other


def parse(text: str) -> Message | None:
    """Read one text message; None if it is not one of ComfyUI's."""
    try:
        message = reading.mapping(reading.parse_json(text))
    except ProtocolError:
        return None
    kind = reading.name(message.get("type"), 100)
    if kind == "status":
        data = reading.mapping(message.get("data"))
        return Status(facts.queue(data.get("status")), reading.name(data.get("sid"), 100))
    return Other(kind) if kind else None
