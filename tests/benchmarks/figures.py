"""What a benchmark yields: named figures with their values, limits and verdicts."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum


class Scale(Enum):
    """How much is measured."""

    QUICK = "quick"
    """What the test of the gates runs: seconds each."""
    DEFAULT = "default"
    LONG = "long"
    """The full counts."""

    def pick(self, quick: int, default: int, long: int) -> int:
        return {Scale.QUICK: quick, Scale.DEFAULT: default, Scale.LONG: long}[self]


@dataclass(frozen=True)
class Limit:
    """One statistic of a figure ("min", "median", "p95", "max") and its bound, in the figure's unit."""

    statistic: str
    bound: float
    at_least: bool = False

    def holds(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{self.statistic} {'≥' if self.at_least else '≤'} {self.bound:g}"


@dataclass(frozen=True)
class Figure:
    """One row of the table."""

    name: str
    unit: str
    values: tuple[float, ...]
    limits: tuple[Limit, ...] = ()
    is_gate: bool = False
    """Gates are counts and ratios, which hold on any machine; a target is a time, which depends on it."""
    note: str = ""
    """How it was measured, against which baseline; or why it was not."""
    has_failed: bool = False
    """It should have been measured, but an error came between."""

    @property
    def statistics(self) -> dict[str, float]:
        """Min, median, p95 (nearest rank) and max; empty when nothing was measured."""
        if not self.values:
            return {}
        ordered = sorted(self.values)
        return {
            "min": ordered[0],
            "median": statistics.median(ordered),
            "p95": ordered[math.ceil(0.95 * len(ordered)) - 1],
            "max": ordered[-1],
        }

    @property
    def kind(self) -> str:
        """One of "gate", "target", or "–" for what is only shown beside."""
        if not self.limits:
            return "–"
        return "gate" if self.is_gate else "target"

    @property
    def is_within_limits(self) -> bool:
        found = self.statistics
        return all(limit.holds(found[limit.statistic]) for limit in self.limits) if found else True

    @property
    def verdict(self) -> str:
        """ok, missed (a target), BROKEN (a gate), FAILED, "not run", or nothing for what has no limit."""
        if not self.values:
            return "FAILED" if self.has_failed else "not run"
        if not self.limits:
            return ""
        if self.is_within_limits:
            return "ok"
        return "BROKEN" if self.is_gate else "missed"


@dataclass(frozen=True)
class Benchmark:
    """One measurement that can be asked for by name; it may yield several figures."""

    name: str
    run: Callable[[Scale], Iterator[Figure]]
    has_gates: bool = False


def at_most(bound: float, statistic: str = "max") -> tuple[Limit, ...]:
    return (Limit(statistic, bound),)


def at_least(bound: float, statistic: str = "min") -> tuple[Limit, ...]:
    return (Limit(statistic, bound, at_least=True),)


def not_run(name: str, unit: str, why: str) -> Figure:
    return Figure(name, unit, (), note=why)


def failed(name: str, error: Exception) -> Figure:
    text = str(error).partition("\n")[0][:100]
    return Figure(name, "", (), note=f"{type(error).__name__}: {text}", has_failed=True)


def ratios(ours: Sequence[float], baseline: Sequence[float]) -> tuple[float, ...]:
    """Pair by pair, in the order of measuring: what disturbs one half of a pair mostly disturbs both."""
    return tuple(mine / other for mine, other in zip(ours, baseline, strict=True))
