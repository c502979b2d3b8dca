# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading values that a stranger sent: any type, any size, any nesting comes back bounded and typed.

Nothing here raises for a wrong value, with one exception: `parse_json` raises `ProtocolError` for text
that is no JSON at all.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from .errors import ProblemCode, ProtocolError, problem
from .printable import one_line, steers

TEXT_LIMIT = 200
"""Characters of a text that is shown to people."""
NAME_LIMIT = 512
"""Characters of a name by which the other side knows a file; a longer one is not taken."""

_NOTHING: Mapping[str, object] = {}


def parse_json(text: str) -> object:
    """Parse JSON; raise `ProtocolError` (``malformed-answer``) for anything else, however deep or huge."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise malformed(f"not JSON: {type(error).__name__}") from error
    return value


def malformed(detail: str) -> ProtocolError:
    """Make the error for an answer that is not what its address promises."""
    return ProtocolError(problem(ProblemCode.MALFORMED, detail))


def text(value: object, limit: int = TEXT_LIMIT) -> str:
    """Return a text fit for people: one line without control characters, at most `limit` characters.

    What is cut off is marked with "…". Anything but a string gives "".
    """
    return one_line(value, limit) if isinstance(value, str) else ""


def name(value: object, limit: int = NAME_LIMIT) -> str:
    """Return a name exactly as it was sent, or "" if it is not fit for use.

    A name identifies something on the other side: shortened or cleaned it would identify something else.
    """
    if not isinstance(value, str) or len(value) > limit or steers(value):
        return ""
    return value


def names(value: object, most: int, limit: int = NAME_LIMIT) -> tuple[str, ...]:
    """Return the usable names of a list, in its order, without repetitions, at most `most`."""
    found: dict[str, None] = {}
    for each in items(value):
        if len(found) >= most:
            break
        usable = name(each, limit)
        if usable:
            found[usable] = None
    return tuple(found)


def whole(value: object, low: int, high: int) -> int | None:
    """Return a whole number from `low` to `high`; None for everything else, true and false included."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, float) and not (math.isfinite(value) and value.is_integer()):
        return None
    return int(value) if low <= value <= high else None


def number(value: object, low: float, high: float) -> float | None:
    """Return a number from `low` to `high`; None for everything else, true, false and NaN included."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if low <= value <= high else None


def mapping(value: object) -> Mapping[str, object]:
    """Return a JSON object; an empty one for everything else."""
    return value if isinstance(value, dict) else _NOTHING


def items(value: object) -> list[object]:
    """Return a JSON array; an empty one for everything else."""
    return value if isinstance(value, list) else []
