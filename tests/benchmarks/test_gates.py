"""The gates, with small counts: what must hold on every machine, however busy it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .catalogue import BENCHMARKS

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 150.0

RATIO_MARGIN = 1.5
"""A ratio of two times is disturbed by whoever else uses the machine in one of the two; a count is not."""


def measured(name: str) -> list[dict[str, object]]:
    """The figures of one benchmark.

    In a process of its own and without coverage: that would slow our code, but not the baseline's.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE")}
    paths = os.pathsep.join((str(ROOT / "addon"), str(ROOT)))
    command = [sys.executable, "-m", "tests.benchmarks", "--quick", "--json", "--only", name]
    environment = {**kept, "PYTHONPATH": paths}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, timeout=LIMIT
    )
    assert done.returncode in (0, 1), "it did not come to an end; its last words are above"
    figures: list[dict[str, object]] = json.loads(done.stdout)["figures"]
    return figures


@pytest.mark.slow
@pytest.mark.benchmark
@pytest.mark.timeout(LIMIT)
@pytest.mark.parametrize("name", [each.name for each in BENCHMARKS if each.has_gates])
def test_the_gates_hold(name: str) -> None:
    figures = measured(name)
    assert [figure["note"] for figure in figures if figure["verdict"] == "FAILED"] == []
    gates = [figure for figure in figures if figure["kind"] == "gate"]
    assert gates
    assert [broken for figure in gates for broken in violations(figure)] == []


def violations(figure: dict[str, object]) -> list[str]:
    """What of a gate does not hold, in words."""
    margin = RATIO_MARGIN if figure["unit"] == "ratio" else 1.0
    limits = figure["limits"]
    assert isinstance(limits, list)
    found = []
    for limit in limits:
        value, bound = figure[limit["statistic"]], limit["bound"]
        assert isinstance(value, float | int)
        if value < bound if limit["at_least"] else value > bound * margin:
            found.append(f"{figure['name']}: {limit['statistic']} is {value}, limit {bound}")
    return found


def test_a_violation_is_found_in_either_direction() -> None:
    figure = {"name": "x", "unit": "", "max": 3, "min": 1, "limits": []}
    below = {"statistic": "max", "bound": 2, "at_least": False}
    above = {"statistic": "min", "bound": 2, "at_least": True}
    assert violations({**figure, "limits": [below, above]}) == [
        "x: max is 3, limit 2",
        "x: min is 1, limit 2",
    ]
    assert violations({**figure, "unit": "ratio", "limits": [below]}) == []
