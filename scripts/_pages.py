"""A page in docs/ that a command draws: written, or compared with what stands there."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(description: str | None, page: Path, draw: Callable[[], str]) -> int:
    """Run the command that draws `page`: write what `draw` returns, or with --check compare it.

    `description` is the docstring of the command. Returns the exit code: 1 if the page was compared and is
    not what `draw` returns, else 0.
    """
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=description, formatter_class=raw)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    options = parser.parse_args()
    text = draw()
    if options.check:
        current = page.read_text("utf-8") if page.exists() else ""
        if current != text:
            command = Path(sys.argv[0]).name
            print(f"{page.relative_to(ROOT)} is not up to date: run python3 scripts/{command}")
        return int(current != text)
    page.write_text(text, "utf-8", newline="\n")
    return 0


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, each line with its end."""
    lines = [heading, ["---" for _ in heading], *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
