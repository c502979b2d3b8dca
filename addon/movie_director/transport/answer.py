# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP answer as a value, and how its body is read; what a server sends is hostile."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..core.errors import ProblemCode, ProtocolError, Rejected, ServerFailed, problem

_LONGEST_NUMBER = 40
"""Digits; what is longer measures nothing, and Python needs quadratic time to read it."""

_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair, which is one character
    r"|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    r"|\\.",
    re.DOTALL,
)


class Headers(Mapping[str, str]):
    """Header fields by name in any case; repeated ones are joined with a comma."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self._fields: dict[str, str] = {}
        for name, value in fields:
            key = name.lower()
            self._fields[key] = f"{self._fields[key]}, {value}" if key in self._fields else value

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


@dataclass(frozen=True)
class Answer:
    """What a server answered; `body` is decoded from its transfer and content encodings."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    truncated: bool
    """Whether the body went on beyond what was asked for."""
    seconds: float
    """From the beginning of the request to the end of the body."""
    url: str = ""
    """What was asked, without credentials and query."""
    address: str = ""
    sent_key: bool = False
    """Whether the request had credentials."""

    def serves(self, limit: int, *, prefix_only: bool) -> bool:
        """Whether to ask once more for at most `limit` bytes could bring nothing else."""
        if self.truncated:
            return prefix_only and len(self.body) == limit
        return len(self.body) <= limit

    def text(self) -> str:
        """The body as UTF-8, with or without a byte order mark; what is none becomes U+FFFD."""
        return self.body.decode("utf-8-sig", "replace")

    def json(self) -> object:
        """The body as JSON. Numbers that no program means (NaN, 1e999, 5,000 digits) become None.

        Raises `ProtocolError` (``malformed-answer``).
        """
        try:
            return json.loads(
                _without_lone_surrogates(self.text()),
                parse_constant=_no_number,
                parse_float=_finite,
                parse_int=_integer,
            )
        except (ValueError, RecursionError) as error:
            raise self._malformed(f"no JSON: {error}") from error

    def _malformed(self, reason: str) -> ProtocolError:
        detail = f"{self.url}: HTTP {self.status}, {reason}"
        return ProtocolError(
            problem(ProblemCode.MALFORMED, detail, address=self.address, status=self.status, reason=reason)
        )


def expect_ok(answer: Answer) -> Answer:
    """Return the answer if its status is 2xx.

    Raises `Rejected` (key-missing, key-rejected) for 401 and 403, `ServerFailed` for 5xx, else
    `ProtocolError` (malformed-answer); each with the parameter `status`.
    """
    status = answer.status
    if 200 <= status < 300:
        return answer
    detail = f"{answer.url}: HTTP {status}"
    if status in (401, 403):
        code = ProblemCode.KEY_REJECTED if answer.sent_key else ProblemCode.KEY_MISSING
        raise Rejected(problem(code, detail, retry=False, address=answer.address, status=status))
    if status >= 500:
        raise ServerFailed(problem(ProblemCode.SERVER_ERROR, detail, address=answer.address, status=status))
    raise ProtocolError(
        problem(ProblemCode.MALFORMED, detail, address=answer.address, status=status, reason=f"HTTP {status}")
    )


def _without_lone_surrogates(text: str) -> str:
    """Half a character, escaped, would be a string that can be neither printed nor stored."""
    if "\\ud" not in text and "\\uD" not in text:
        return text
    return _ESCAPE.sub(lambda match: "\\ufffd" if match["lone"] else match[0], text)


def _no_number(_: str) -> None:
    return None


def _finite(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None
