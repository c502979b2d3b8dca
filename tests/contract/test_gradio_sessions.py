# SPDX-License-Identifier: GPL-3.0-or-later
"""What a session with a Gradio program leaves behind, and whom it speaks to: nothing, and nobody else."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from movie_director.core.model import State

from tests import wiretap
from tests.servers.gradio_apps.processes import app_process
from tests.servers.process import ServerProcess
from tests.servers.wan2gp.processes import web_ui_process
from tests.watching import BRISK, Watching

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(300)]

PATIENT = replace(BRISK, check_timeout=2.0)
"""Two cores that also run the server."""
CHECKS = 5
PROGRAMS = {
    "Gradio 3.14": ("rvc", lambda: app_process("rvc-2.3")),
    "Gradio 3.34": ("rvc", lambda: app_process("rvc-2024")),
    "Gradio 3.50": ("audioldm", lambda: app_process("audioldm-2")),
    "Gradio 5.29": ("wan2gp", web_ui_process),
}


@contextlib.contextmanager
def tapped() -> Iterator[set[object]]:
    """Whom this process asks for a name, and whom it sends anything, within the block."""
    reached: set[object] = set()

    def note(what: str, whom: object) -> None:
        if what == wiretap.LOOK_UP:
            reached.add(("look-up", whom))
        else:
            reached.add(whom[:2] if isinstance(whom, tuple) else whom)

    wiretap.LISTENERS.append(note)
    try:
        yield reached
    finally:
        wiretap.LISTENERS.remove(note)


def watch(server: ServerProcess, service: str) -> None:
    """Connect, read all facts, check some times, and stop."""
    with Watching(server.url, PATIENT, service=service) as watching:
        watching.until(lambda row: row.info is not None and row.info.complete)
        answers: set[float | None] = set()

        def has_checked(latency: float | None) -> bool:
            answers.add(latency)
            return len(answers) > CHECKS

        row = watching.until(lambda row: has_checked(row.latency))
        assert row.state is State.CONNECTED


@pytest.mark.parametrize("name", PROGRAMS)
def test_nobody_but_the_endpoint_is_reached_and_nothing_is_left(name: str) -> None:
    service, start = PROGRAMS[name]
    with start() as server:
        threads, modules = set(threading.enumerate()), set(sys.modules)
        with tapped() as reached:
            watch(server, service)
        here = ("127.0.0.1", server.port)
        assert here in reached
        # A number is looked up by the system itself, without asking anybody.
        assert reached - {here} <= {("look-up", "127.0.0.1")}
        assert set(threading.enumerate()) <= threads
        # It brings threads, look-ups and telemetry of its own: none of ours, so it is not even loaded.
        assert not [module for module in set(sys.modules) - modules if "gradio_client" in module]
