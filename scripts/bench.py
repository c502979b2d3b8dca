#!/usr/bin/env python3
"""Measure everything and print one table; docs/benchmarks.md says how to read it.

python3 scripts/bench.py                    some ten minutes
python3 scripts/bench.py --long             with the full counts
python3 scripts/bench.py --only http found  only these; --help names them all
python3 scripts/bench.py --write            put the table into docs/benchmarks.md too
"""

import _python  # noqa: F401, I001  first, see there
import sys

import _modules

if __name__ == "__main__":
    sys.exit(_modules.main("tests.benchmarks", environment="demo"))
