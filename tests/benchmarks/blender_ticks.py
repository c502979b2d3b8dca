"""What the add-on costs Blender's main thread: being registered, a tick, being unregistered."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.blender.environments import WHEELS, wheel_python
from tests.made_once import EnvironmentMissing

from .figures import Figure, Scale, at_most, not_run

_ROOT = Path(__file__).resolve().parents[2]
_SERVICES = ("COMFYUI", "WAN2GP", "LITELLM", "RVC", "AUDIOLDM")
_LIMIT = 120.0
_REGISTER, _UNREGISTER = 50.0, 500.0
_UNCHANGED, _CHANGED = 0.1, 1.0


def measure(scale: Scale) -> Iterator[Figure]:
    """Of the oldest and the newest Blender that is there as a Python module."""
    wheels = sorted(WHEELS)
    for name in (wheels[0], wheels[-1]):
        title = f"Blender {name.removeprefix('bpy-')}"
        try:
            python = wheel_python(name)
        except EnvironmentMissing as problem:
            yield not_run(f"{title}: register, tick, unregister", "ms", str(problem))
            continue
        yield from _figures(title, _run(python, scale.pick(3, 10, 30)))


def _figures(title: str, seconds: dict[str, list[float]]) -> Iterator[Figure]:
    found = {name: tuple(each * 1e3 for each in values) for name, values in seconds.items()}
    note, rest = "from the sources, already compiled", "without the slowest hundredth"
    yield Figure(f"{title}: register, wall", "ms", found["register"], note=note)
    yield Figure(
        f"{title}: register, CPU", "ms", found["register_cpu"], at_most(_REGISTER, "median"), note=note
    )
    yield Figure(f"{title}: unregister", "ms", found["unregister"], at_most(_UNREGISTER), note="services off")
    for name, bound in (("unchanged", _UNCHANGED), ("changed", _CHANGED)):
        # The table has no 99th percentile: what is given is all but the slowest of a hundred.
        kept = tuple(sorted(found[name])[: len(found[name]) * 99 // 100])
        yield Figure(f"{title}: tick, board {name}", "ms", kept, at_most(bound), note=rest)


def _run(python: Path, times: int) -> dict[str, list[float]]:
    off = {f"MOVIE_DIRECTOR_{service}_ENABLED": "0" for service in _SERVICES}
    environment = {**os.environ, **off, "PYTHONPATH": os.pathsep.join((str(_ROOT / "addon"), str(_ROOT)))}
    command = [str(python), "-m", "tests.benchmarks.blender_child", str(times)]
    done = subprocess.run(
        command, cwd=_ROOT, env=environment, stdout=subprocess.PIPE, text=True, timeout=_LIMIT, check=True
    )
    figures: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return figures
