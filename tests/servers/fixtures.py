# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests use to run a server of another program; outside pytest use `environments` itself."""

from __future__ import annotations

import pytest

from .environments import EnvironmentMissing, python_of


def python_or_skip(name: str) -> str:
    """The interpreter of the environment `name`; skips the test, saying what brings it, when it is not there.

    Tests make no environment: they reach no network, and their time is limited. scripts/test.py made it.
    """
    try:
        return str(python_of(name, make=False))
    except EnvironmentMissing as missing:
        pytest.skip(str(missing))
