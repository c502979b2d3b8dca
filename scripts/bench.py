#!/usr/bin/env python3
"""Measure everything and print one table; docs/benchmarks.md says how to read it.

python3 scripts/bench.py                    some ten minutes
python3 scripts/bench.py --long             with the full counts
python3 scripts/bench.py --only http found  only these; --help names them all
python3 scripts/bench.py --write            put the table into docs/benchmarks.md too
"""

import _python  # noqa: F401, I001  first, see there
import os
import sys

import _environment
import _processes

ROOT = _environment.ROOT


def main() -> int:
    _processes.set_up()
    try:
        python = _environment.prepare("demo")
        _environment.prepare_vendor_tree(python)
    except _environment.CannotPrepare as problem:
        print(problem, file=sys.stderr)
        return 2
    paths = os.pathsep.join((str(ROOT / "addon"), str(ROOT)))
    environment = {**_environment.environment_variables(), "PYTHONPATH": paths}
    try:
        command = [str(python), "-m", "tests.benchmarks", *sys.argv[1:]]
        return _processes.run(command, cwd=ROOT, env=environment)
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
