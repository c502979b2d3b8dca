#!/usr/bin/env python3
"""Draw docs/lookalikes.md by looking at a server for every program that resembles ours.

python3 scripts/draw_lookalikes.py           write the page
python3 scripts/draw_lookalikes.py --check   end with 1 if the page is not what was found
"""

import _python  # noqa: F401, I001  first, see there
import sys

import _modules

if __name__ == "__main__":
    sys.exit(_modules.main("tests.drawn_lookalikes", environment="test"))
