# SPDX-License-Identifier: GPL-3.0-or-later
"""Work that somebody asked for once: each errand in a daemon thread, one at a time of each name."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Errands:
    """Runs errands; one that is still under way is not begun a second time."""

    def __init__(self) -> None:
        # Law of this lock: held only to look at and change the dict.
        self._lock = threading.Lock()
        self._running: dict[str, threading.Thread] = {}

    def is_running(self, name: str) -> bool:
        """Whether an errand of this name is under way."""
        with self._lock:
            thread = self._running.get(name)
        return thread is not None and thread.is_alive()

    def run(self, name: str, work: Callable[[], object]) -> bool:
        """Begin `work` in a thread of its own; False if one of this name is under way."""
        with self._lock:
            self._running = {each: thread for each, thread in self._running.items() if thread.is_alive()}
            if name in self._running:
                return False
            thread = threading.Thread(target=work, name=f"md-{name}", daemon=True)
            self._running[name] = thread
            thread.start()
            return True

    def join(self, timeout: float) -> bool:
        """Wait for all to end; whether they did within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        with self._lock:
            threads = list(self._running.values())
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)
