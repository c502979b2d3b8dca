# SPDX-License-Identifier: GPL-3.0-or-later
"""How long to wait before the next attempt."""

from __future__ import annotations

from dataclasses import dataclass

_JITTER = 0.1


@dataclass(frozen=True)
class Backoff:
    """Exponential backoff: `first`, then twice as long each time, up to `ceiling` (seconds)."""

    first: float = 1.0
    ceiling: float = 60.0

    def delay(self, failures: int, jitter: float) -> float:
        """Seconds to wait after the n-th failure in a row (n ≥ 1).

        `jitter` in [0, 1) lengthens the wait by up to 10 %, so that several computers which lost the
        same server do not return in the same instant. It is an argument because chance is an input.
        """
        exponent = min(max(failures, 1) - 1, 32)
        return float(min(self.first * 2.0**exponent, self.ceiling)) * (1.0 + _JITTER * jitter)
