# SPDX-License-Identifier: GPL-3.0-or-later
"""How much work something is, whatever else the computer has to do."""

from __future__ import annotations

import time
from collections.abc import Callable

TRIES = 3


def processor_time(work: Callable[[], object]) -> float:
    """The seconds of the processor that `work` takes in this thread, the least of some tries.

    For limits that tell apart what grows with a text from what grows with its square. Others who use the
    processor's caches make one try slower, but hardly all.
    """
    return min(_one(work) for _ in range(TRIES))


def _one(work: Callable[[], object]) -> float:
    begun = time.thread_time()
    work()
    return time.thread_time() - begun
