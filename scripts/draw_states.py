#!/usr/bin/env python3
"""Draw docs/connection-states.md from the transition table.

python3 scripts/draw_states.py           write the page
python3 scripts/draw_states.py --check   end with 1 if the page is not what the table says
"""

import _python  # noqa: F401, I001  first, see there
import argparse
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "connection-states.md"

HEAD = """# The states of a connection

<!-- Written by scripts/draw_states.py from core/transitions.py: change the table, then run the script. -->

One table decides how a connection moves; `core/rules.py` says what each event does on the way.
An event that stands nowhere in the row of a state cannot happen there: the table refuses it.

"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    options = parser.parse_args()
    page = draw()
    if options.check:
        current = PAGE.read_text("utf-8") if PAGE.exists() else ""
        if current != page:
            print(f"{PAGE.relative_to(ROOT)} is not up to date: run python3 scripts/draw_states.py")
        return int(current != page)
    PAGE.write_text(page, "utf-8", newline="\n")
    return 0


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
