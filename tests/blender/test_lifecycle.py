# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on comes quickly, goes quickly, and leaves nothing, whatever the services do."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import pytest

from tests.blender.output import lines_of_our_tracebacks
from tests.blender.running import InBlender

REGISTER_LIMIT = 0.05
UNREGISTER_LIMIT = 0.5
MORE_AT_THE_END = 0.5
"""Seconds that Blender may need more to end than without the add-on."""
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
            f"MOVIE_DIRECTOR_{service.upper()}_URL": f"http://127.0.0.1:{port}"
            for service, port in ports.items()
        }


def test_it_comes_and_goes_in_time_and_leaves_nothing(any_blender: InBlender) -> None:
    report = any_blender.run("lifecycle")
    # The quickest of ten: the others tell of the machine.
    assert min(report.facts["register"]) <= REGISTER_LIMIT, report.facts["register"]
    assert max(report.facts["unregister"]) <= UNREGISTER_LIMIT, report.facts["unregister"]
    assert "md-hanging did not end in time: start Blender again before you update" in report.output
    assert lines_of_our_tracebacks(report.output) == []


def test_it_goes_in_time_while_five_services_are_mute(wheel: InBlender) -> None:
    with mute_services() as environment:
        report = wheel.run("leaving", options={"enabled": True, "disable": True}, environment=environment)
    assert report.facts["unregister"] <= UNREGISTER_LIMIT


def test_blender_ends_as_fast_as_without_it(any_blender: InBlender) -> None:
    without = any_blender.run("leaving", options={"enabled": False}, leave="quit")
    with mute_services() as environment:
        options = {"enabled": True, "disable": False}
        report = any_blender.run("leaving", options=options, environment=environment, leave="quit")
    assert report.exit_seconds <= without.exit_seconds + MORE_AT_THE_END
    assert lines_of_our_tracebacks(report.output) == []


def test_of_two_copies_the_second_stays_off_and_says_so(any_blender: InBlender) -> None:
    if "extension" not in any_blender.blender.modes:
        pytest.skip("this Blender has no extensions")
    report = any_blender.run("twins")
    assert report.output.count("Movie Director is already on, as ") == 2
    assert lines_of_our_tracebacks(report.output) == []
