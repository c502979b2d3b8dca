"""The table: for a terminal, for docs/benchmarks.md, and as JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .figures import Figure

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- last full run: begin -->", "<!-- last full run: end -->"
JSON_VERSION = 1

_HEADS = ("what", "unit", "n", "min", "median", "p95", "max", "limit", "kind", "verdict", "note")
_TEXT_COLUMNS = (0, 1, 7, 8, 9)


@dataclass(frozen=True)
class Report:
    """All figures of one run, and what they depend on."""

    scale: str
    machine: Mapping[str, object]
    calibration: tuple[float, float]
    """Milliseconds of the calibration loop before and after."""
    seconds: float
    figures: Sequence[Figure]

    @property
    def violations(self) -> list[Figure]:
        """Broken gates, and what could not be measured although it should have been."""
        return [figure for figure in self.figures if figure.verdict in ("BROKEN", "FAILED")]

    def as_text(self) -> str:
        rows = [_HEADS, *_rows(self.figures)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
        lines = ["  ".join(_padded(row, widths)).rstrip() for row in rows]
        lines.insert(1, "-" * max(len(line) for line in lines))
        return "\n".join([self._circumstances(), "", *lines, "", *_numbered_notes(self.figures)])

    def as_markdown(self) -> str:
        aligned = ["---" if column in _TEXT_COLUMNS else "--:" for column in range(len(_HEADS))]
        rows = [_HEADS, tuple(aligned), *_rows(self.figures)]
        table = [f"| {' | '.join(row)} |" for row in rows]
        return "\n".join([self._circumstances(), "", *table, "", *_numbered_notes(self.figures)])

    def as_json(self) -> str:
        content = {
            "version": JSON_VERSION,
            "scale": self.scale,
            "machine": dict(self.machine),
            "calibration_ms": list(self.calibration),
            "seconds": round(self.seconds, 1),
            "figures": [_described(figure) for figure in self.figures],
        }
        return json.dumps(content, indent=2, ensure_ascii=False)

    def write(self, document: Path = DOCUMENT) -> None:
        """Put the table between the two marks of the document; ValueError when they are missing."""
        text = document.read_text("utf-8")
        before, found, rest = text.partition(BEGIN)
        _, found_too, after = rest.partition(END)
        if not (found and found_too):
            raise ValueError(f"{document.name} has no place for the table: {BEGIN} ... {END}")
        document.write_text(f"{before}{BEGIN}\n{self.as_markdown()}\n{END}{after}", "utf-8")

    def _circumstances(self) -> str:
        machine = self.machine
        first, last = self.calibration
        return (
            f"{time.strftime('%Y-%m-%d')}, {machine['python']}, {machine['system']}, "
            f"{machine['cores']} cores; {self.scale} counts, {self.seconds / 60:.0f} minutes; "
            f"calibration loop {first:.1f} ms before, {last:.1f} ms after."
        )


def _rows(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    numbers = {note: str(number) for number, note in enumerate(_distinct_notes(figures), 1)}
    return [(*_row(figure), numbers.get(figure.note, "")) for figure in figures]


def _row(figure: Figure) -> tuple[str, ...]:
    found = figure.statistics
    shown = [_number(found[name]) if found else "–" for name in ("min", "median", "p95", "max")]
    limits = ", ".join(str(limit) for limit in figure.limits) or "–"
    count = str(len(figure.values))
    return (figure.name, figure.unit, count, *shown, limits, figure.kind, figure.verdict)


def _number(value: float) -> str:
    """Three digits that count; whole numbers as they are."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}"


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        cell.ljust(width) if column in _TEXT_COLUMNS else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]


def _distinct_notes(figures: Sequence[Figure]) -> list[str]:
    return list(dict.fromkeys(figure.note for figure in figures if figure.note))


def _numbered_notes(figures: Sequence[Figure]) -> list[str]:
    return [f"{number}. {note}" for number, note in enumerate(_distinct_notes(figures), 1)]


def _described(figure: Figure) -> dict[str, object]:
    return {
        "name": figure.name,
        "unit": figure.unit,
        "n": len(figure.values),
        **figure.statistics,
        "limits": [
            {"statistic": limit.statistic, "bound": limit.bound, "at_least": limit.at_least}
            for limit in figure.limits
        ],
        "kind": figure.kind,
        "verdict": figure.verdict,
        "note": figure.note,
    }
