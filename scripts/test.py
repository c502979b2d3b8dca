#!/usr/bin/env python3
"""Run the checks and the tests. The last line is pytest's; the exit status is 0 only if every part passed.

python3 scripts/test.py             everything once, with coverage, on every supported Python found
python3 scripts/test.py --quick     what ends within some six minutes: no slow test, no Blender, one Python
python3 scripts/test.py --long      everything, mass tests with their full counts
python3 scripts/test.py -- ARGS     only pytest, with ARGS, for example: -- tests/unit -k backoff
"""

import _python  # noqa: F401, I001  first, see there
import argparse
import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import _blenders
import _environment
import _processes
import check

ROOT = _environment.ROOT
SUPPORTED = ("3.10", "3.11", "3.12", "3.13")
PORTABLE_TESTS = ("tests/unit", "tests/property")
"""The tests that also run on the other Pythons: those of the code that decides, which need no server."""

WHEELS = "tests.contract.wheelhouse"
SERVERS = "tests.servers.environments"
MARKERS = {
    "quick": "not slow and not long and not servers and not blender",
    "default": "not long",
    "long": "",
}


def main() -> int:
    tier, pytest_arguments = read_arguments()
    _processes.set_up()
    try:
        python = _environment.prepare("check")
        _environment.prepare_vendor_tree(python)
    except _environment.CannotPrepare as problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        if pytest_arguments:
            command = [str(python), *pytest_command(tier), *pytest_arguments]
            return _processes.run(command, cwd=ROOT, env=environment())
        return run_tier(tier, python)
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130


def read_arguments() -> tuple[str, list[str]]:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    group = parser.add_mutually_exclusive_group()
    for name in ("quick", "long"):
        group.add_argument(f"--{name}", dest="tier", action="store_const", const=name, default="default")
    parser.add_argument("arguments", nargs="*", metavar="-- ARGS", help="for pytest")
    options = parser.parse_args()
    return options.tier, options.arguments


def run_tier(tier: str, python: Path) -> int:
    """Run all parts, then print what failed, what was not run, and pytest's last line."""
    failed: list[str] = []
    not_run: list[tuple[str, str]] = []
    with contextlib.ExitStack() as stack:
        # Half of the waiting is for downloads, so it is done beside the rest.
        blenders = stack.enter_context(_blenders.preparing(python)) if tier != "quick" else None
        run_before_pytest(tier, python, failed, not_run)
        if blenders is not None:
            headline("Blenders for the tests")
            not_run += blenders.finish()

    headline(f"tests, Python {_environment.THIS_VERSION}")
    status, last_line, left = run_pytest([python, *pytest_command(tier), *coverage_arguments(tier)])
    if left:
        failed.append(f"the tests left processes behind, now ended: {', '.join(left)}")
    headline("summary")
    for what, command in not_run:
        print(f"not run: {what}; this brings them: {command}")
    for what in failed:
        print(f"FAILED: {what} (see above)")
    print(last_line, flush=True)
    return status or int(bool(failed))


def run_before_pytest(tier: str, python: Path, failed: list[str], not_run: list[tuple[str, str]]) -> None:
    """Run the checks, fetch what tests need, and run the other Pythons; add to `failed` and `not_run`."""
    headline(f"checks, Python {_environment.THIS_VERSION}")
    if check.check(python):
        failed.append("the checks")
    prepare("wheels for the tests of isolation", WHEELS, python, not_run)
    if tier == "quick":
        everything = "slow tests, real servers, real Blenders, other Pythons, coverage"
        not_run.append((everything, "python3 scripts/test.py"))
    else:
        prepare("environments of the test servers", SERVERS, python, not_run)
        run_other_pythons(tier, failed, not_run)
    if tier != "long":
        not_run.append(("mass tests with their full counts", "python3 scripts/test.py --long"))


def prepare(what: str, module: str, python: Path, not_run: list[tuple[str, str]]) -> None:
    """Fetch what tests need from outside now, in peace; a test that misses it skips."""
    headline(what)
    if _processes.run([python, "-m", module], cwd=ROOT, env=_environment.environment_variables()):
        not_run.append((f"tests for which something is missing: {what}", f"python3 -m {module}"))


def run_other_pythons(tier: str, failed: list[str], not_run: list[tuple[str, str]]) -> None:
    """Run the portable tests on every other supported Python; add to `failed` and `not_run`."""
    for version in SUPPORTED:
        if version == _environment.THIS_VERSION:
            continue
        base = find_python(version)
        if base is None:
            not_run.append((f"unit tests on Python {version}, which is not here", f"pyenv install {version}"))
            continue
        headline(f"unit tests, Python {version}")
        try:
            python = _environment.prepare("test", version, base)
        except _environment.CannotPrepare as problem:
            print(problem)
            not_run.append((f"unit tests on Python {version}", "see above"))
            continue
        folders = [folder for folder in PORTABLE_TESTS if (ROOT / folder).is_dir()]
        command = [str(python), *pytest_command(tier), "-q", *folders]
        if _processes.run(command, cwd=ROOT, env=environment()):
            failed.append(f"unit tests on Python {version}")


def find_python(version: str) -> str | None:
    """Return an interpreter of `version` from the PATH, pyenv or the Windows launcher that really starts."""
    installed = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    commands = [[path] for path in (shutil.which(f"python{version}"), *map(str, installed)) if path]
    if sys.platform == "win32" and shutil.which("py"):
        commands.append(["py", f"-{version}"])
    ask = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"
    for command in commands:
        try:
            answer = subprocess.run(
                [*command, "-c", ask], capture_output=True, text=True, timeout=20, check=True
            )
        except (OSError, subprocess.SubprocessError):  # such as a pyenv shim of a version not selected
            continue
        found, _, executable = answer.stdout.strip().partition(" ")
        if found == version:
            return executable
    return None


def pytest_command(tier: str) -> list[str]:
    color = "yes" if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else "no"
    return ["-m", "pytest", f"--color={color}", f"--hypothesis-profile={tier}", "-m", MARKERS[tier]]


def coverage_arguments(tier: str) -> list[str]:
    return [] if tier == "quick" else ["--cov", "--cov-report=term"]


def environment() -> dict[str, str]:
    return {**_environment.environment_variables(), "PYTHONUNBUFFERED": "1"}


def run_pytest(command: list[str | Path]) -> tuple[int, str, list[str]]:
    """Run pytest, passing its output on but for the last line.

    Returns its exit status, that line, and the processes it left behind.
    """
    last: str | None = None
    with _processes.child(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout
        for line in process.stdout:
            if last is not None:
                print(last, flush=True)
            last = line.decode("utf-8", "replace").rstrip("\r\n")
        return process.wait(), last or "", _processes.left_in_group(process)


def headline(text: str) -> None:
    print(f"\n--- {text} {'-' * max(3, 90 - len(text))}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
