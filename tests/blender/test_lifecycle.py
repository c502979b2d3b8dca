# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on comes quickly, goes quickly, and leaves nothing, whatever the services do."""

from __future__ import annotations

import contextlib
import socket
import statistics
from collections.abc import Iterator

import pytest

from tests.blender.output import lines_of_our_tracebacks
from tests.blender.patience import PATIENT
from tests.blender.running import InBlender

REGISTER_LIMIT = 0.05
UNREGISTER_LIMIT = 0.5
"""Seconds on a usual computer; what a slower one needs is compared with a piece of work there."""
MORE_AT_THE_END = 0.5
"""Seconds that Blender may need more to end than without the add-on."""
TRIES = 3
"""Runs at most until one is in time: much else to do holds up one of them, a mistake of ours every one."""
SERVICES = ("comfyui", "wan2gp", "litellm", "rvc", "audioldm")


@contextlib.contextmanager
def mute_services() -> Iterator[dict[str, str]]:
    """Five ports that accept connections and never answer; the environment that names them."""
    with contextlib.ExitStack() as stack:
        ports = {}
        for service in SERVICES:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64))
            ports[service] = listener.getsockname()[1]
        yield {
            **PATIENT,  # all are tried before the first of them is given up
            **{
                f"MOVIE_DIRECTOR_{service.upper()}_URL": f"http://127.0.0.1:{port}"
                for service, port in ports.items()
            },
        }


def test_it_comes_and_goes_in_time_and_leaves_nothing(any_blender: InBlender) -> None:
    report = any_blender.run("lifecycle", options={"limit": UNREGISTER_LIMIT})
    facts, slowness = report.facts, statistics.median(report.facts["slowness"])
    # The quickest of ten: the others tell of the machine.
    assert min(facts["register"]) <= REGISTER_LIMIT * slowness, facts
    assert max(facts["unregister"]) <= UNREGISTER_LIMIT * slowness, facts
    assert "md-hanging did not end in time: start Blender again before you update" in report.output
    assert lines_of_our_tracebacks(report.output) == []


def test_it_goes_in_time_while_five_services_are_mute(wheel: InBlender) -> None:
    with mute_services() as environment:
        for _ in range(TRIES):
            options = {"enabled": True, "disable": True}
            facts = wheel.run("leaving", options=options, environment=environment).facts
            if facts["unregister"] <= UNREGISTER_LIMIT and not facts["left"]:
                break
    assert facts["unregister"] <= UNREGISTER_LIMIT
    assert facts["left"] == []


def test_blender_ends_as_fast_as_without_it(any_blender: InBlender) -> None:
    options = {"enabled": True, "disable": False}
    more = []
    with mute_services() as environment:
        for _ in range(TRIES):
            without = any_blender.run("leaving", options={"enabled": False}, leave="quit")
            report = any_blender.run("leaving", options=options, environment=environment, leave="quit")
            assert lines_of_our_tracebacks(report.output) == []
            more.append(report.exit_seconds - without.exit_seconds)
            if more[-1] <= MORE_AT_THE_END:
                break
    assert min(more) <= MORE_AT_THE_END, more


def test_of_two_copies_the_second_stays_off_and_says_so(any_blender: InBlender) -> None:
    if "extension" not in any_blender.blender.modes:
        pytest.skip("this Blender has no extensions")
    report = any_blender.run("twins")
    assert report.output.count("Movie Director is already on, as ") == 2
    assert lines_of_our_tracebacks(report.output) == []
