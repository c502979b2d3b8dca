# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the recorded apps as processes that tests can freeze and kill."""

from __future__ import annotations

from ..fixtures import python_or_skip
from ..process import ServerProcess
from . import ENVIRONMENTS

READY_LIMIT = 120.0
"""Seconds that an app may need on a computer with much else to do; alone it needs 5."""


def app_process(app: str, *arguments: str, port: int = 0) -> ServerProcess:
    """One app as a process; `arguments` are further options of its command line. May skip the test."""
    return ServerProcess(
        "tests.servers.gradio_apps",
        [app, "--port", str(port), *arguments],
        python=python_or_skip(ENVIRONMENTS[app]),
        ready_limit=READY_LIMIT,
    )
