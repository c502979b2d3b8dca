# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON in which it is kept what projects may always contact.

{"format": "movie-director/consent", "version": 1, "always": ["https://render.example:8188"]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from . import reading
from .documents import Document
from .errors import ConfigError
from .keyring import Origin

MOST = 1000
"""Origins that are kept."""

Origins: TypeAlias = frozenset[Origin]


def _fields(always: Origins) -> Mapping[str, object]:
    return {"always": [str(origin) for origin in sorted(always)[:MOST]]}


def _value(document: Mapping[str, object]) -> Origins:
    return frozenset(_origins(reading.items(document.get("always"))[:MOST]))


def _origins(values: list[object]) -> Iterator[Origin]:
    for value in values:
        if isinstance(value, str):
            try:
                yield Origin.parse(value)
            except ConfigError:
                continue


CONSENT: Document[Origins] = Document(
    format="movie-director/consent",
    version=1,
    limit=256 * 1024,
    empty=frozenset(),
    fields=_fields,
    value=_value,
)
