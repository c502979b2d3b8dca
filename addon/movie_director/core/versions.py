# SPDX-License-Identifier: GPL-3.0-or-later
"""Which versions of a service we stand behind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_NUMBERS = re.compile(r"\d{1,9}(?:\.\d{1,9}){0,5}")


class Support(str, Enum):
    """What we can say of the version of a running service."""

    TESTED = "tested"
    TOO_OLD = "too-old"
    NEWER = "newer-than-tested"
    UNKNOWN = "unknown"
    """It does not say its version, or there is no rule."""


@dataclass(frozen=True)
class VersionRule:
    """The oldest version that works, and the newest that our tests have met; empty means no limit."""

    oldest: str = ""
    newest_tested: str = ""

    def judge(self, version: str) -> Support:
        """Compare by numbers: "v12.60-beta" is 12.60, and 0.33 equals 0.33.0."""
        numbers = _numbers(version)
        if numbers is None or not (self.oldest or self.newest_tested):
            return Support.UNKNOWN
        oldest, newest = _numbers(self.oldest), _numbers(self.newest_tested)
        if oldest is not None and numbers < oldest:
            return Support.TOO_OLD
        if newest is not None and numbers > newest:
            return Support.NEWER
        return Support.TESTED


def _numbers(version: str) -> tuple[int, ...] | None:
    found = _NUMBERS.search(version)
    if found is None:
        return None
    numbers = [int(part) for part in found.group().split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
