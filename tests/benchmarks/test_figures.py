"""The statistics, the verdicts and the table, on figures made up for them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from .figures import Figure, at_least, at_most, failed, not_run, ratios
from .flapping import busiest
from .report import BEGIN, END, Report

FIGURE = Figure("waiting", "s", (3.0, 1.0, 2.0), at_most(2.5), note="how")


def report(*figures: Figure) -> Report:
    machine = {"python": "CPython 3.11.7", "system": "Linux", "cores": 2}
    return Report("default", machine, (8.0, 9.0), 600.0, figures)


def test_the_statistics_are_those_of_the_values() -> None:
    assert FIGURE.statistics == {"min": 1.0, "median": 2.0, "p95": 3.0, "max": 3.0}
    hundred = Figure("x", "s", tuple(float(number) for number in range(1, 101)))
    assert hundred.statistics == {"min": 1.0, "median": 50.5, "p95": 95.0, "max": 100.0}


@pytest.mark.parametrize(
    ("figure", "kind", "verdict"),
    [
        (FIGURE, "target", "missed"),
        (replace(FIGURE, is_gate=True), "gate", "BROKEN"),
        (replace(FIGURE, limits=at_most(3.0), is_gate=True), "gate", "ok"),
        (replace(FIGURE, limits=at_least(1.0)), "target", "ok"),
        (replace(FIGURE, limits=at_least(1.5)), "target", "missed"),
        (replace(FIGURE, limits=()), "–", ""),
        (not_run("x", "s", "why"), "–", "not run"),
        (failed("x", OSError("why")), "–", "FAILED"),
    ],
)
def test_a_verdict_follows_from_limit_and_kind(figure: Figure, kind: str, verdict: str) -> None:
    assert (figure.kind, figure.verdict) == (kind, verdict)


def test_ratios_are_taken_pair_by_pair() -> None:
    assert ratios([2.0, 9.0], [1.0, 3.0]) == (2.0, 3.0)


def test_the_busiest_window_is_found_wherever_it_lies() -> None:
    assert busiest([], 60.0) == 0
    assert busiest([0.0, 59.0, 60.0, 61.0, 118.9], 60.0) == 4
    assert busiest([0.0, 60.0, 120.0], 60.0) == 1


def test_a_note_is_printed_once_and_numbered_in_its_rows() -> None:
    text = report(FIGURE, replace(FIGURE, name="returning"), replace(FIGURE, note="")).as_text()
    assert text.count("how") == 1
    rows = [line.split() for line in text.splitlines() if "missed" in line]
    assert [row[-1] for row in rows] == ["1", "1", "missed"]


def test_the_json_has_what_the_table_has() -> None:
    (figure,) = json.loads(report(FIGURE).as_json())["figures"]
    assert (figure["n"], figure["max"], figure["verdict"]) == (3, 3.0, "missed")
    assert figure["limits"] == [{"statistic": "max", "bound": 2.5, "at_least": False}]


def test_the_table_is_written_between_its_marks_and_nowhere_else(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    report(FIGURE).write(document)
    text = document.read_text("utf-8")
    assert "old" not in text
    assert text.startswith("before\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "| waiting | s | 3 | 1 | 2 | 3 | 3 | max ≤ 2.5 | target | missed | 1 |" in text
    document.write_text("no marks", "utf-8")
    with pytest.raises(ValueError, match="no place"):
        report(FIGURE).write(document)
