#!/usr/bin/env python3
"""Check the code without running it: ruff, mypy, import-linter. Ends with 0 if all are content.

    python3 scripts/check.py          check
    python3 scripts/check.py --fix    let ruff format and mend what it can, then check

The project's own rules, which no linter knows, are tests: tests/unit/test_house_rules.py.
"""

import _python  # noqa: F401, I001  first, see there
import argparse
import sys
import time
from pathlib import Path

import _environment
import _processes

ROOT = _environment.ROOT
SOURCES = ("addon", "scripts", "scripts/movie-director", "tests", "vendor/shims")
LINE_LENGTH = "--config=line-length = 110"
RUFF = (
    LINE_LENGTH,
    "--target-version=py310",
    "--exclude=vendor/tree,vendor/patches",
    "--output-format=concise",
)
RULES = (
    "--select=E,F,W,I,B,UP,SIM,PIE,RUF,C4,PT,RET,PERF",
    # RUF001-3: "…", "×" and "–" are meant. RET505-8: an else after a return may show two equal cases.
    # PERF203: a try inside a loop is how one bad answer does not end the others.
    "--ignore=RUF001,RUF002,RUF003,RET505,RET506,RET507,RET508,PERF203",
)


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    arguments.add_argument("--fix", action="store_true", help="let ruff format and mend what it can")
    options = arguments.parse_args()
    _processes.set_up()
    try:
        python = _environment.prepare("check")
        _environment.prepare_vendor_tree(python)
    except _environment.CannotPrepare as problem:
        print(problem, file=sys.stderr)
        return 2
    return check(python, fix=options.fix)


def check(python: Path, fix: bool = False) -> int:
    """Run every checker in the environment of `python`; return 0 if all were content, else 1."""
    lint_imports = "from importlinter.cli import lint_imports_command as main; main()"
    cache = "--cache-dir=../.import_linter_cache"
    failed = False
    for name, folder, command in (
        ("ruff check", ".", ["-m", "ruff", "check", *RUFF, *RULES, *(["--fix"] if fix else []), *SOURCES]),
        ("ruff format", ".", ["-m", "ruff", "format", *RUFF, *([] if fix else ["--check"]), *SOURCES]),
        ("mypy", ".", ["-m", "mypy", "--no-error-summary"]),
        ("import-linter", "addon", ["-c", lint_imports, "--config=../setup.cfg", "--no-logo", cache]),
    ):
        start = time.monotonic()
        env = _environment.environment_variables()
        status = _processes.run([str(python), *command], cwd=ROOT / folder, env=env)
        seconds = time.monotonic() - start
        print(f"check: {name}: {'ok' if status == 0 else 'FAILED'} ({seconds:.1f} s)", flush=True)
        failed = failed or status != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
