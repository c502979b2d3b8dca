# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes secrets out of texts before they reach a log, a report or a screen.

The patterns catch the usual shapes of credentials without knowing them. A secret that we do know is
removed wherever it stands and however it is written; whoever has secrets hands them over.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "•••"
"""Stands where a secret was."""
_SHORTEST_SECRET = 4
"""Shorter texts would blot out half of every line, and protect nothing."""

_NAMES = r"(?:api[_-]?key|passw(?:or)?d|passwd|pwd|secret|token|credentials?|master[_-]?key)"
_QUOTED = r"""(?P<quote>['"])(?:\\.|(?!(?P=quote))[^\\\r\n])*(?:(?P=quote)|$)"""
_PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        # scheme://user:password@host, up to the last "@": people do not escape what stands in a password
        (r"""(?P<keep>\b[a-z][a-z0-9+.-]{0,20}://)[^\s'"<>]*@""", rf"\g<keep>{HIDDEN}@"),
        # Authorization: Basic …, as a header line or inside the repr of a dict
        (
            rf"""(?P<keep>\b(?:authorization|cookie)\b['"]?\s*[:=]\s*)(?:{_QUOTED}|[^\r\n]+)""",
            rf"\g<keep>{HIDDEN}",
        ),
        (r"""(?P<keep>\bbearer\s+)[^\s'",;]+""", rf"\g<keep>{HIDDEN}"),
        # api_key=…, "token": "…", x-api-key: …
        (
            rf"""(?P<keep>{_NAMES}['"]?\s*(?:=|:|%3D)\s*)(?:{_QUOTED}|[^\s&'",;)\]}}]+)""",
            rf"\g<keep>{HIDDEN}",
        ),
        # keys of well-known providers, recognisable by themselves
        (r"\b(?:sk|hf|ghp|gho|xox[abp])[-_][a-z0-9_-]{16,}", HIDDEN),
    )
)


class KnownSecrets:
    """Removes the secrets given here from texts, however they are written; true if there are any."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spellings = {spelling for secret in secrets for spelling in _spellings(secret)}
        long_enough = (each for each in spellings if len(each) >= _SHORTEST_SECRET)
        longest_first = sorted(long_enough, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __bool__(self) -> bool:
        return self._known is not None

    def __call__(self, text: str) -> str:
        return text if self._known is None else self._known.sub(HIDDEN, text)


class Redactor:
    """Removes credentials from texts: the shapes that everybody knows, and the secrets given here."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known = KnownSecrets(secrets)

    def __call__(self, text: str) -> str:
        text = self._known(text)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without credentials; see `Redactor`."""
    return Redactor(secrets)(text)


def _spellings(secret: str) -> set[str]:
    """How a secret may be written: plain, in a URL, in JSON, in a repr, and the Basic form of it."""
    plain = secret.strip()
    if not plain:
        return set()
    spellings = {secret, plain, *(write(plain, errors="replace") for write in (quote, quote_plus))}
    spellings.add(quote(plain, safe="", errors="replace"))
    spellings |= {json.dumps(plain)[1:-1], json.dumps(plain, ensure_ascii=False)[1:-1], repr(plain)[1:-1]}
    spellings.add(base64.b64encode(plain.encode("utf-8", "replace")).decode("ascii").rstrip("="))
    return spellings
