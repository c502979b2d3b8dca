#!/usr/bin/env python3
"""Draw docs/compatibility.md from the limits in the backends and from what the tests met.

python3 scripts/draw_compatibility.py           write the page
python3 scripts/draw_compatibility.py --check   end with 1 if the page is not what they say

What the tests met stands in tests/data/compatibility.json; tests/compatibility.py writes it.
"""

import _python  # noqa: F401, I001  first, see there
import json
import sys

import _pages

ROOT = _pages.ROOT
PAGE = ROOT / "docs" / "compatibility.md"
DATA = ROOT / "tests" / "data" / "compatibility.json"

HEAD = """# Compatibility

<!-- Written by scripts/draw_compatibility.py: do not edit. -->

"""
LIMITS = """## Versions

A version below the oldest is told to be too old, and gets no work. One above the newest tested is used, and
that it is new is told. Where a program does not say its version, or no limit is known, nothing is claimed.

"""
WORKS = """
## What works with which

Each program is found, recognised, connected and watched; a test does it with each of them
(`tests/contract/test_compatibility.py`). Beyond that, this was read from it:

"""
COLUMNS = {
    "version": "it tells its version",
    "operations": "the names of what it can do, where it has such names",
    "models": "the names of its models (the test programs of RVC and AudioLDM have none or few)",
    "language models": "models that answer with text, apart from the others",
    "queue": "how much work waits or runs; of Wan2GP, RVC and AudioLDM only what waits",
    "live updates": "a channel over which it tells of changes by itself; without one it is asked regularly",
    "key or log-in": "it was set up to ask for one, and let us in",
}


def main() -> int:
    return _pages.main(__doc__, PAGE, draw)


def draw() -> str:
    """The whole page."""
    sys.path.insert(0, str(ROOT / "addon"))
    from movie_director.backends import backends

    limits = [
        (backend.label, backend.versions.oldest or "–", backend.versions.newest_tested or "–")
        for backend in backends()
    ]
    met = json.loads(DATA.read_text("utf-8"))
    works = [
        (row["name"], row["against"], *("yes" if column in row["works"] else "–" for column in COLUMNS))
        for row in met
    ]
    meanings = "".join(f"- **{column}**: {meaning}\n" for column, meaning in COLUMNS.items())
    return (
        HEAD
        + LIMITS
        + _pages.table(("program", "oldest", "newest tested"), limits)
        + WORKS
        + meanings
        + "\n"
        + _pages.table(("program", "tested against", *COLUMNS), works)
    )


if __name__ == "__main__":
    sys.exit(main())
