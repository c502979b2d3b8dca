"""What it costs to watch, while nothing happens."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

from tests.servers.process import comfyui_process

from .figures import Figure, Scale, at_most, not_run
from .pacing import pause, side_by_side
from .watched import lasting_free_port
from .watcher import Watcher

_MOST_CPU = 0.5
_MOST_MEMORY = 256.0
"""KiB that the allocator may still take while everything stays the same."""


def measure(scale: Scale) -> Iterator[Figure]:
    seconds = float(scale.pick(5, 60, 600))
    with comfyui_process() as server:
        url = f"http://127.0.0.1:{lasting_free_port()}"
        ports = [str(lasting_free_port()) for _ in range(3)]
        runs = (
            (["--url", url], "waiting", "down, one address"),
            (["--ports", *ports], "waiting", "down, looking at six addresses"),
            (["--all-closed"], "waiting", "all five are down"),
            (["--url", server.url], "streaming", "connected"),
        )
        found = side_by_side(lambda number: _cost(*runs[number][:2], seconds), len(runs), len(runs))
    note = f"over {seconds:.0f} s in a process of its own, default policy, imports not counted"
    later = (
        f"in the second half of {seconds:.0f} s; until then CPython lays in memory that it then uses again"
    )
    for (_, _, name), (percent, grown) in zip(runs, found, strict=True):
        limits = at_most(_MOST_CPU)
        yield Figure(f"CPU while {name}", "% of a core", (percent,), limits, note=note)
        if math.isnan(grown):
            yield not_run(f"memory while {name}", "KiB", "this system does not tell")
        else:
            yield Figure(f"memory while {name}", "KiB", (grown,), at_most(_MOST_MEMORY), note=later)


def _cost(arguments: list[str], state: str, seconds: float) -> tuple[float, float]:
    """CPU in percent of a core, and in KiB the growth of the resident memory in the second half."""
    with Watcher(*arguments) as watcher:
        watcher.await_row(state)
        pause(1.0)  # what the first attempt left behind
        before, start = watcher.usage(), time.monotonic()
        pause(seconds / 2)
        middle = watcher.usage()
        pause(seconds / 2)
        after, spent = watcher.usage(), time.monotonic() - start
    percent = 100 * (after["cpu"] - before["cpu"]) / spent
    return percent, after["memory"] - middle["memory"]
