"""Whether anything grows while a service is connected and killed again and again."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence

from tests.servers.comfyui import ComfyServer

from .figures import Figure, Limit, Scale, at_most, not_run
from .watcher import Watcher

_SAMPLES = 20
_READINGS = 5
_MOST_MEMORY = {Scale.DEFAULT: 4096.0, Scale.LONG: 1024.0}
"""KiB per 1,000 cycles. One forgotten client per cycle brings more than 10,000; in the first 130 cycles the
standard library's cache of URLs fills."""
_MOST_GARBAGE = 100.0
"""A failed attempt in a cycle of its own would be 300. On Python 3.12 and later a lost stream leaves 60:
there the frames of contextlib and the error that passes them hold each other."""

Sample = Mapping[str, float]


def measure(scale: Scale) -> Iterator[Figure]:
    cycles = scale.pick(20, 100, 1000)
    samples = _cycle(cycles)
    settled = samples[len(samples) // 4 :]
    note = (
        f"{cycles} cycles of connect and kill; the manager alone in a process, at a tenth of the default "
        "times; the last quarter of the cycles compared with the second"
    )
    for name, key in (("threads", "threads"), ("sockets and files", "descriptors")):
        grown = _growth(settled, key)
        if math.isnan(grown):
            yield not_run(f"growth of {name}", "", "this system does not tell")
        else:
            yield Figure(f"growth of {name}", "", (grown,), at_most(0), True, note)
    freed = (samples[-1]["garbage"] - samples[0]["garbage"]) / (cycles * (1 - 1 / len(samples)))
    collected = "objects that reference counting could not free, such as those of a failed attempt"
    limits = at_most(_MOST_GARBAGE)
    yield Figure("garbage of a cycle", "objects", (freed,), limits, True, f"the same cycles; {collected}")
    yield _memory(settled, cycles, at_most(_MOST_MEMORY[scale]) if scale in _MOST_MEMORY else ())


def _growth(samples: Sequence[Sample], key: str) -> float:
    values = [sample[key] for sample in samples]
    third = max(1, len(values) // 3)
    return statistics.median(values[-third:]) - statistics.median(values[:third])


def _memory(samples: Sequence[Sample], cycles: int, limits: tuple[Limit, ...]) -> Figure:
    values = [sample["memory"] for sample in samples]
    if any(map(math.isnan, values)):
        return not_run("growth of memory", "KiB", "this system does not tell")
    spacing = cycles / _SAMPLES
    slope = 1000 * statistics.linear_regression(range(len(values)), values).slope / spacing
    note = "the same cycles; slope of the resident memory behind the first quarter, as KiB per 1,000 cycles"
    return Figure("growth of memory", "KiB", (slope,), limits, is_gate=True, note=note)


def _cycle(cycles: int) -> list[Sample]:
    """What the process uses while connected, at `_SAMPLES` moments evenly spread over the cycles."""
    samples = []
    with ComfyServer() as server, Watcher("--url", server.url, "--policy", "fast") as watcher:
        for cycle in range(cycles):
            watcher.await_row("streaming")
            if cycle % (cycles // _SAMPLES) == 0:
                samples.append(_sample(watcher))
            server.kill()
            watcher.await_row("lost")
            server.start()
    return samples


def _sample(watcher: Watcher) -> Sample:
    """Medians of some readings: a selector or a short connection may be open at the moment of one."""
    readings = [watcher.usage() for _ in range(_READINGS)]
    return {key: statistics.median(reading[key] for reading in readings) for key in readings[0]}
