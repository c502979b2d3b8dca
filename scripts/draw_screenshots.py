#!/usr/bin/env python3
"""Take the pictures in docs/pictures from a real Blender, with light stand-ins for all five services.

python3 scripts/draw_screenshots.py                take all of them
python3 scripts/draw_screenshots.py --keep DIR     leave there what Blender printed, and the whole screens

Needs what the tests in Blender need (docs/testing/blender.md), and the usual ports of the services free.
Where they are not, this gives the command a network of its own, as root on Linux:

unshare --net sh -c 'ip link set lo up; exec python3 scripts/draw_screenshots.py'
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
    paths = os.pathsep.join((str(ROOT / "addon"), str(ROOT), str(ROOT / "scripts")))
    environment = {**_environment.environment_variables(), "PYTHONPATH": paths}
    command = [str(python), "-m", "tests.blender.pictures", *sys.argv[1:]]
    return _processes.run(command, cwd=ROOT, env=environment)


if __name__ == "__main__":
    sys.exit(main())
