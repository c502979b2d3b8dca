# SPDX-License-Identifier: GPL-3.0-or-later
"""How slow this computer is at the moment, for limits that are meant for a usual one."""

from __future__ import annotations

import time

STEPS = 100_000
USUAL = 0.005
"""CPU seconds of the fixed work on a usual computer, in the slowest of Blender's Pythons."""


def slowness() -> float:
    """How many times longer than usual a fixed piece of work takes; 1.0 on all that are quicker."""
    begun = time.thread_time()
    total = 0
    for number in range(STEPS):
        total += number % 7
    return max(1.0, (time.thread_time() - begun) / USUAL)
