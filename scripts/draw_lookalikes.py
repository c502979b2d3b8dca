#!/usr/bin/env python3
"""Draw docs/lookalikes.md by looking at a server for every program that resembles ours.

python3 scripts/draw_lookalikes.py           write the page
python3 scripts/draw_lookalikes.py --check   end with 1 if the page is not what was found
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
        python = _environment.prepare("test")
        _environment.prepare_vendor_tree(python)
    except _environment.CannotPrepare as problem:
        print(problem, file=sys.stderr)
        return 2
    paths = os.pathsep.join((str(ROOT / "addon"), str(ROOT)))
    environment = {**_environment.environment_variables(), "PYTHONPATH": paths}
    command = [str(python), "-m", "tests.drawn_lookalikes", *sys.argv[1:]]
    return _processes.run(command, cwd=ROOT, env=environment)


if __name__ == "__main__":
    sys.exit(main())
