"""How long the terminal program takes to begin: what every call of it pays."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from .figures import Figure, Scale, at_most, not_run

_PROGRAM = Path(__file__).resolve().parents[2] / "scripts" / "movie-director"
_MOST_CPU = 0.3
_MOST_WALL = 3.0


def measure(scale: Scale) -> Iterator[Figure]:
    count = scale.pick(2, 10, 30)
    if not _PROGRAM.exists():
        yield not_run("start of the terminal program", "s", "scripts/movie-director is not there")
        return
    commands: dict[str, list[str]] = {
        "python -c pass": ["-c", "pass"],
        "--version": [str(_PROGRAM), "--version"],
        "--help": [str(_PROGRAM), "--help"],
    }
    for arguments in commands.values():
        _start(arguments)  # compiles what was never compiled
    times = {name: [_start(arguments) for _ in range(count)] for name, arguments in commands.items()}
    note = "processes one after the other, files cached; CPU of user and system"
    for name, pairs in times.items():
        is_ours = name.startswith("--")
        wall = tuple(wall for wall, _ in pairs)
        cpu = tuple(cpu for _, cpu in pairs if cpu is not None)
        yield Figure(f"start: {name}, wall", "s", wall, at_most(_MOST_WALL) if is_ours else (), note=note)
        if cpu:
            limits = at_most(_MOST_CPU, "median") if is_ours else ()
            yield Figure(f"start: {name}, CPU", "s", cpu, limits, note=note)


def _start(arguments: Sequence[str]) -> tuple[float, float | None]:
    """Wall and CPU seconds of one process; no CPU where the system does not tell."""
    before, start = _cpu_of_children(), time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True, timeout=60)
    wall = time.perf_counter() - start
    after = _cpu_of_children()
    return wall, None if before is None or after is None else after - before


def _cpu_of_children() -> float | None:
    if sys.platform == "win32":
        return None
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
