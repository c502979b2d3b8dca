#!/usr/bin/env python3
"""Draw docs/blender-matrix.md from what the tests did in each Blender.

python3 scripts/draw_blender_matrix.py           write the page
python3 scripts/draw_blender_matrix.py --check   end with 1 if the page is not what they say

What the tests did stands in tests/data/blender-matrix.json; tests/blender/matrix.py writes it.
"""

import _python  # noqa: F401, I001  first, see there
import sys

import _pages

ROOT = _pages.ROOT
PAGE = ROOT / "docs" / "blender-matrix.md"

HEAD = """# Tests in Blender

<!-- Written by scripts/draw_blender_matrix.py: do not edit. -->

The zip that is handed out was installed in each of these, and did what the tests ask. A number is how many
tests passed; none failed and none was skipped. The seconds are those of the run that was noted last, on a
computer with two cores and without a graphics card.

- **wheel**: Blender as a Python module. Everything but windows: nothing is drawn, and timers are called by
  the test.
- **GUI**: Blender with windows, clicked, typed into and photographed.
- **legacy**: installed as an add-on, the way of Blender 3.6 to 4.1. **extension**: the way since 4.2.

Blender 3.6, 4.0 and 4.1 cannot be had on the computers that test. 3.4 is older than the oldest we support, so
what works there and in 4.2 should work between them; that no newer name is used is checked by mypy against
the interface of 3.6 (see [ADR 0052](adr/0052-what-is-tested-in-which-blender.md)).

"""


def main() -> int:
    return _pages.main(__doc__, PAGE, draw)


def draw() -> str:
    """The whole page."""
    sys.path.insert(0, str(ROOT))
    from tests.blender.blenders import GUIS, WHEELS
    from tests.blender.matrix import recorded

    subjects = recorded()
    rows = []
    for blender in WHEELS + GUIS:
        for mode in blender.modes:
            cells = [subjects[name].get(f"{blender.name}-{mode}") for name in subjects]
            kind = "GUI" if blender.kind == "gui" else blender.kind
            results = [f"{cell['passed']:g} ({cell['seconds']:.0f} s)" if cell else "–" for cell in cells]
            rows.append((blender.version, blender.python, kind, mode, *results))
    heading = ("Blender", "Python", "kind", "mode", *(name.replace("_", " ") for name in subjects))
    return HEAD + _pages.table(heading, rows)


if __name__ == "__main__":
    sys.exit(main())
