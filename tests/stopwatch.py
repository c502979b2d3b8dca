# SPDX-License-Identifier: GPL-3.0-or-later
"""How long something takes, measured fairly on a computer that other programs keep busy."""

from __future__ import annotations

import threading
import time

_TICK = 0.005
_LATEST = 0.02
"""Seconds after which a tick comes even while another thread of this process computes."""


class Stopwatch:
    """`with Stopwatch() as watch: ...`, and then `watch.seconds`, which must be below a limit.

    For limits that are requirements. A thread of it waits 5 ms again and again, and adds up these waits:
    while the computer gives this process no time, they end as late as the work that is measured, and all
    above 20 ms is left out. Work that is late by itself is as late here as on any clock. For the least that
    something takes there is `elapsed`, the seconds of the clock.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.elapsed = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._count, name="stopwatch", daemon=True)

    def __enter__(self) -> Stopwatch:
        self._thread.start()
        self._started = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self.elapsed = time.monotonic() - self._started
        self._over.set()
        self._thread.join()
        self.seconds = min(self.seconds, self.elapsed)  # one more tick may have come meanwhile

    def _count(self) -> None:
        before = time.monotonic()
        while not self._over.wait(_TICK):
            now = time.monotonic()
            self.seconds += min(now - before, _LATEST)
            before = now
