"""A module of the tests that is a command of its own."""

from __future__ import annotations

import os
import sys

import _environment
import _processes

ROOT = _environment.ROOT


def main(module: str, environment: str) -> int:
    """Run `module` with our arguments in the environment of that name, which is made when it is missing.

    The module can import the add-on, the tests and the scripts. Returns its exit code; 2 if the environment
    cannot be made, 130 if the user interrupts it.
    """
    _processes.set_up()
    try:
        python = _environment.prepare(environment)
        _environment.prepare_vendor_tree(python)
    except _environment.CannotPrepare as problem:
        print(problem, file=sys.stderr)
        return 2
    paths = os.pathsep.join(str(folder) for folder in (ROOT / "addon", ROOT, ROOT / "scripts"))
    variables = {**_environment.environment_variables(), "PYTHONPATH": paths}
    try:
        return _processes.run([str(python), "-m", module, *sys.argv[1:]], cwd=ROOT, env=variables)
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
