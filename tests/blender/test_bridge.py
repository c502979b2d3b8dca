# SPDX-License-Identifier: GPL-3.0-or-later
"""What the services do is in Blender's properties at once, costs next to nothing, and gets into no file."""

from __future__ import annotations

import statistics

from tests.blender.output import lines_of_our_tracebacks
from tests.blender.patience import PATIENT
from tests.blender.running import InBlender
from tests.servers.process import comfyui_process

ALL_OFF = {
    f"MOVIE_DIRECTOR_{service}_ENABLED": "0"
    for service in ("COMFYUI", "WAN2GP", "LITELLM", "RVC", "AUDIOLDM")
}
SHOWN_WITHIN = 0.1
"""Seconds after a change, besides those by which this Blender's timers are late meanwhile."""
UNCHANGED_LIMIT, CHANGED_LIMIT = 0.1, 1.0
"""Milliseconds that a tick may cost on a usual computer, but for the slowest of a hundred."""


def test_blender_follows_a_service_and_the_main_thread_opens_no_socket(any_blender: InBlender) -> None:
    with comfyui_process() as server:
        report = any_blender.run(
            "bridging",
            options={"pid": server.pid, "url": server.url},
            environment={**PATIENT, "MOVIE_DIRECTOR_COMFYUI_URL": server.url},
        )
    assert lines_of_our_tracebacks(report.output) == []


def test_a_tick_costs_next_to_nothing(wheel: InBlender) -> None:
    report = wheel.run("following", environment=ALL_OFF)
    slowness = report.facts["slowness"]
    assert report.facts["unchanged"]["p99"] <= UNCHANGED_LIMIT * slowness, report.facts
    assert report.facts["changed"]["p99"] <= CHANGED_LIMIT * slowness, report.facts


def test_a_change_is_shown_within_a_tenth_of_a_second_and_drawn_only_if_it_is_seen(gui: InBlender) -> None:
    report = gui.run("following", environment=ALL_OFF)
    delays, lateness = report.facts["delays"], report.facts["lateness"]
    assert statistics.median(delays) <= SHOWN_WITHIN * report.facts["slowness"]
    for delay, late in zip(delays, lateness, strict=True):
        assert delay <= SHOWN_WITHIN + late, (delays, lateness)
    latencies = report.facts["latencies"]
    assert report.facts["drawn_folded"] <= latencies / 4, "for what nobody sees"
    assert report.facts["drawn_open"] >= latencies / 2


def test_one_that_fails_at_every_tick_holds_up_nobody_and_is_told_once(wheel: InBlender) -> None:
    report = wheel.run("follower_failing", environment=ALL_OFF)
    assert report.output.count("RuntimeError: planted") == 1
