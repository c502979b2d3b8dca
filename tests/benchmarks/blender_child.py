"""Runs inside Blender as a Python module: the add-on registered, ticked and unregistered; figures as JSON.

The only argument is how often to register. All services are switched off by the environment, so that nothing
but the ticks themselves changes the board.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import bpy  # noqa: F401  as in Blender, which imports it first

UNCHANGED, CHANGED = 5000, 500
READY_LIMIT = 20.0


def main() -> None:
    times = int(sys.argv[1])
    addon: Any = importlib.import_module("movie_director")
    addon.register()  # compiles what was never compiled
    addon.unregister()
    register, register_cpu, unregister = [], [], []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        addon.register()
        register_cpu.append(time.process_time() - cpu)
        register.append(time.perf_counter() - wall)
        board = started_board()
        wall = time.perf_counter()
        addon.unregister()
        unregister.append(time.perf_counter() - wall)
    addon.register()
    board, tick = started_board(), importlib.import_module("movie_director.ui.bridge").tick
    figures = {
        "register": register,
        "register_cpu": register_cpu,
        "unregister": unregister,
        "unchanged": ticks(tick, lambda: None, UNCHANGED),
        "changed": ticks(tick, lambda: board.publish(changed(board)), CHANGED),
    }
    addon.unregister()
    print(json.dumps(figures))


def started_board() -> Any:
    """The board of the services, once all their workers run."""
    bridge, engine = (importlib.import_module(f"movie_director.ui.{name}") for name in ("bridge", "engine"))
    bridge.tick()
    board = engine.ensure_started().board
    board.wait(seen=2, timeout=READY_LIMIT)
    return board


def ticks(tick: Callable[[], object], before: Callable[[], object], count: int) -> list[float]:
    """Seconds of each tick."""
    found = []
    for _ in range(count):
        before()
        start = time.perf_counter()
        tick()
        found.append(time.perf_counter() - start)
    return found


def changed(board: Any) -> Any:
    """The first row with another latency."""
    row = next(iter(board.snapshot().services.values()))
    return replace(row, latency=(row.latency or 0.0) + 0.001)


if __name__ == "__main__":
    main()
