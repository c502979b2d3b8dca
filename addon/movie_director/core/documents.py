# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON documents of the user's keys and consents: their frame, and how they are told from others.

{"format": "movie-director/secrets", "version": 1, …}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from . import reading
from .errors import ProtocolError

_T = TypeVar("_T")


class Unreadable(Exception):
    """This is no document of ours; the text says why, and quotes nothing of it."""


class NewerVersion(Exception):
    """A newer version of the program wrote this; the text says which."""


@dataclass(frozen=True)
class Document(Generic[_T]):
    """How a value becomes a document and back."""

    format: str
    version: int
    limit: int
    """Bytes of a document."""
    empty: _T
    """What holds without a document."""
    fields: Callable[[_T], Mapping[str, object]]
    value: Callable[[Mapping[str, object]], _T]
    """Reads the fields; must bear anything that JSON can be."""

    def written(self, value: _T) -> str:
        """The document as ASCII text, the same for equal values."""
        whole = {"format": self.format, "version": self.version, **self.fields(value)}
        return json.dumps(whole, indent=2, sort_keys=True) + "\n"

    def read(self, data: bytes) -> _T:
        """What a document says. Raises `NewerVersion` and `Unreadable`."""
        if len(data) > self.limit:
            raise Unreadable(f"it is larger than {self.limit} bytes")
        try:
            found = reading.mapping(reading.parse_json(data.decode("utf-8-sig")))
        except (UnicodeDecodeError, ProtocolError):
            # Not raised from it: the error of a parser holds the whole document.
            raise Unreadable("it is not JSON in UTF-8") from None
        version = reading.whole(found.get("version"), 1, 10**9)
        if found.get("format") != self.format or version is None:
            raise Unreadable(f"it is not of the format {self.format}")
        if version > self.version:
            raise NewerVersion(f"version {version}")
        return self.value(found)
