# SPDX-License-Identifier: GPL-3.0-or-later
"""Short jobs side by side in daemon threads.

Not `concurrent.futures`: its threads are joined when the interpreter exits, so one silent peer would
keep Blender from quitting.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


def each_as_it_comes(
    work: Callable[[Job], Result], jobs: Sequence[Job], *, name: str, deadline: float, limit: int = 16
) -> Iterator[Result]:
    """Run `work` on every job in up to `limit` threads and yield the results in the order they come.

    Ends at `deadline` (monotonic seconds) at the latest; threads that still work then are left behind,
    they are daemons and their sockets have time limits of their own. `work` must not raise.
    """
    waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
    results: queue.SimpleQueue[Result] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)

    def run() -> None:
        while time.monotonic() < deadline:
            try:
                job = waiting.get_nowait()
            except queue.Empty:
                return
            results.put(work(job))

    for number in range(min(limit, len(jobs))):
        threading.Thread(target=run, name=f"{name}-{number}", daemon=True).start()
    for _ in jobs:
        try:
            yield results.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return
