"""Measure everything and print one table; the command is `python3 scripts/bench.py`.

Ends with 1 if a gate is broken or a benchmark failed. A missed target only shows: times depend on the
machine and its moment.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Sequence

from .catalogue import BENCHMARKS
from .figures import Benchmark, Figure, Scale, failed
from .machine import calibration, description
from .report import Report


def main() -> int:
    options = _parser().parse_args()
    scale = Scale(options.scale)
    chosen = [each for each in BENCHMARKS if not options.only or each.name in options.only]
    if options.write and len(chosen) < len(BENCHMARKS):
        print("--write needs a full run: leave out --only", file=sys.stderr)
        return 2
    report = _measure(chosen, scale)
    print(report.as_json() if options.json else report.as_text())
    if options.write:
        report.write()
    for figure in report.violations:
        print(f"{figure.verdict}: {figure.name}", file=sys.stderr)
    return int(bool(report.violations))


def _measure(benchmarks: Sequence[Benchmark], scale: Scale) -> Report:
    start, before = time.monotonic(), calibration()
    figures: list[Figure] = []
    for benchmark in benchmarks:
        print(f"measuring {benchmark.name} ...", file=sys.stderr, flush=True)
        try:
            figures.extend(benchmark.run(scale))
        except Exception as error:  # the others are still worth measuring
            traceback.print_exc()
            figures.append(failed(benchmark.name, error))
    seconds = time.monotonic() - start
    return Report(scale.value, description(), (before, calibration()), seconds, figures)


def _parser() -> argparse.ArgumentParser:
    names = [benchmark.name for benchmark in BENCHMARKS]
    parser = argparse.ArgumentParser(
        prog="bench.py", description="Measure everything and print one table; see docs/benchmarks.md."
    )
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help=f"of {', '.join(names)}")
    counts = parser.add_mutually_exclusive_group()
    for scale, text in ((Scale.QUICK, "small counts, for the gates"), (Scale.LONG, "the full counts")):
        counts.add_argument(
            f"--{scale.value}", dest="scale", action="store_const", const=scale.value, help=text
        )
    parser.set_defaults(scale=Scale.DEFAULT.value)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
