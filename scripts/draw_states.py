#!/usr/bin/env python3
"""Draw docs/connection-states.md from the transition table.

python3 scripts/draw_states.py           write the page
python3 scripts/draw_states.py --check   end with 1 if the page is not what the table says
"""

import _python  # noqa: F401, I001  first, see there
import re
import sys
from collections import defaultdict

import _pages

ROOT = _pages.ROOT
PAGE = ROOT / "docs" / "connection-states.md"

HEAD = """# The states of a connection

<!-- Written by scripts/draw_states.py from core/transitions.py: change the table, then run the script. -->

One table decides how a connection moves; `core/rules.py` says what each event does on the way.
An event that stands nowhere in the row of a state cannot happen there: the table refuses it.

"""


def main() -> int:
    return _pages.main(__doc__, PAGE, draw)


def draw() -> str:
    """The whole page."""
    sys.path.insert(0, str(ROOT / "addon"))
    from movie_director.core.model import State
    from movie_director.core.transitions import TRANSITIONS

    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    rows: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for (state, event), row in sorted(TRANSITIONS.items(), key=lambda item: item[0][1].__name__):
        for target in row.to:
            if target is not state:
                arrows[state.value, target.value].append(event.__name__)
        ends = ", ".join(target.value for target in row.to)
        rows[state.value].append((event.__name__, ends, _words(row.rule.__name__)))
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> disabled"]
    for state in State:
        for target in State:
            if (state.value, target.value) in arrows:
                names = ", ".join(arrows[state.value, target.value])
                lines.append(f"    {state.value} --> {target.value}: {names}")
    lines += ["```", ""]
    for state in State:
        lines += [f"## {state.value}", "", "| event | ends in | rule |", "|---|---|---|"]
        lines += [f"| {event} | {ends} | {rule} |" for event, ends, rule in rows[state.value]]
        lines.append("")
    return HEAD + "\n".join(lines)


def _words(name: str) -> str:
    return re.sub("_", " ", name).strip()


if __name__ == "__main__":
    sys.exit(main())
