#!/usr/bin/env python3
"""Take the pictures in docs/pictures from a real Blender, with light stand-ins for all five services.

python3 scripts/draw_screenshots.py                take all of them
python3 scripts/draw_screenshots.py --keep DIR     leave there what Blender printed, and the whole screens

Needs what the tests in Blender need (docs/testing/blender.md), and the usual ports of the services free.
Where they are not, this gives the command a network of its own, as root on Linux:

unshare --net sh -c 'ip link set lo up; exec python3 scripts/draw_screenshots.py'
"""

import _python  # noqa: F401, I001  first, see there
import sys

import _modules

if __name__ == "__main__":
    sys.exit(_modules.main("tests.blender.pictures", environment="test"))
