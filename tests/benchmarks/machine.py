"""The machine: how fast it is at the moment, and what a process uses of it."""

from __future__ import annotations

import gc
import math
import os
import platform
import threading
import time
from pathlib import Path

_ROUNDS = 7
_STEPS = 200_000


def calibration() -> float:
    """Milliseconds of a fixed loop of pure Python, the best of some: to compare machines and moments."""
    return min(_loop() for _ in range(_ROUNDS)) * 1000


def _loop() -> float:
    start = time.perf_counter()
    total = 0
    for number in range(_STEPS):
        total += number % 7
    return time.perf_counter() - start


def description() -> dict[str, object]:
    """What the figures depend on; nothing that names the machine or its owner."""
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": platform.system(),
        "cores": os.cpu_count() or 0,
    }


def resident_kib() -> float:
    """Memory of this process in KiB; not a number where the system does not say (no /proc)."""
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
    except OSError:
        return math.nan
    for line in status.splitlines():
        if line.startswith("VmRSS:"):
            return float(line.split()[1])
    return math.nan


def open_descriptors() -> float:
    """Open descriptors of this process; not a number where the system does not say."""
    for folder in ("/proc/self/fd", "/dev/fd"):
        if os.path.isdir(folder):
            return float(len(os.listdir(folder)))
    return math.nan


class Usage:
    """What this process uses, from the making of this object on."""

    def __init__(self) -> None:
        self._garbage = 0
        gc.callbacks.append(self._note_collection)

    def read(self) -> dict[str, float]:
        """Threads, descriptors, memory (KiB), CPU seconds, and objects that only the collector could free.

        Garbage is collected first: CPython keeps thousands of freed tuples for reuse until a full
        collection, and those would look like a leak.
        """
        cpu = time.process_time()
        gc.collect()
        return {
            "threads": threading.active_count(),
            "descriptors": open_descriptors(),
            "memory": resident_kib(),
            "cpu": cpu,
            "garbage": self._garbage,
        }

    def _note_collection(self, phase: str, details: dict[str, int]) -> None:
        self._garbage += details.get("collected", 0)
