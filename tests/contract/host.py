"""A host: a fresh interpreter that imports the add-on's code and reports what a test asks of it."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from scripts import vendor

ADDON = vendor.ROOT / "addon"

# What every host has at hand; `report(...)` ends it with a value for the test.
PRELUDE = """
import json, sys, threading, warnings

def report(**values):
    print(json.dumps(values))

def foreign_names(before):
    "Top-level modules that appeared since, other than our own and the standard library's."
    tops = {name.partition(".")[0] for name in set(sys.modules) - before}
    return sorted(tops - set(sys.stdlib_module_names) - {"movie_director"})

def below(name):
    return sorted(found for found in sys.modules if found == name or found.startswith(name + "."))
"""


def run_host(code: str, *folders: Path, setup: str = "") -> Any:
    """Run `setup` and `code` in a fresh interpreter; return what it reported.

    The interpreter sees nothing of this one (-I); its sys.path begins with `folders`. It has to end well and
    silently.
    """
    path = f"import sys\nsys.path[:0] = {[str(folder) for folder in folders]!r}\n"
    done = subprocess.run(
        [sys.executable, "-I", "-c", path + PRELUDE + setup + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", done.stderr
    return json.loads(done.stdout)
