# SPDX-License-Identifier: GPL-3.0-or-later
"""What an unfolded card tells of a service, and the report of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest
from movie_director.core.card_details import details, origin_texts
from movie_director.core.card_parts import Mark
from movie_director.core.card_report import report
from movie_director.core.errors import ProblemCode, problem
from movie_director.core.facts import Queue, ServiceInfo
from movie_director.core.keyring import Key, Keyring
from movie_director.core.layers import Effective, EffectiveValue
from movie_director.core.model import Source, State, Stream
from movie_director.core.remembered import remember
from movie_director.core.schema import Key as SettingKey
from movie_director.core.schema import Layer as SettingLayer
from movie_director.core.settings import ServiceSettings, Settings
from movie_director.core.snapshot import Snapshot
from movie_director.core.versions import Support, VersionRule

from tests.card_kit import AT, DENIED, OPEN, PASSED, WALL, card, facts, proxy
from tests.samples import COMFY, HERE, NOW, snapshot, status, suspended

# --- facts --------------------------------------------------------------------------------------------------


def test_all_that_is_known_of_a_connected_service() -> None:
    row = status(State.CONNECTED, support=Support.TESTED, makes=("image", "video"), attempt=0)
    assert facts(row) == {
        "Address": "http://127.0.0.1:8188",
        "Source": "found by itself",
        "Version": "0.33.0, tested",
        "Makes": "images, video",
        "Models": "1 checkpoint",
        "Device": "NVIDIA GeForce RTX 4090, 20.1 of 24 GiB free",
        "Queue": "2 in the queue",
        "Answer": "4.2 ms",
        "Live updates": "on",
        "Since": "22:13:10, for 10 s",
        "Last try": "10 s ago, at 22:13:09",
    }


def test_facts_of_a_service_that_is_down_are_not_shown() -> None:
    row = status(State.RECONNECTING, info=COMFY, endpoint=HERE, latency=0.1, stream=Stream.MISSING)
    assert set(facts(row)) == {"Address", "Since", "Last try", "Failed tries"}
    assert facts(row)["Failed tries"] == "3"


def test_one_that_only_wants_a_key_tells_its_version() -> None:
    assert facts(proxy(State.FAILED, problem=DENIED, support=Support.NEWER))["Version"] == (
        "1.106.2, newer than tested"
    )


@pytest.mark.parametrize(
    ("changes", "label", "value"),
    [
        ({"info": replace(COMFY, complete=False)}, "Models", "1 checkpoint; still being read"),
        ({"info": ServiceInfo("ComfyUI")}, "Models", "still being read"),
        ({"info": replace(COMFY, queue=Queue(0))}, "Queue", "nothing in the queue"),
        (
            {"info": replace(COMFY, queue=Queue(0, waiting_only=True))},
            "Queue",
            "nothing waits; it does not tell whether it is at work",
        ),
        ({"stream": Stream.MISSING}, "Live updates", "off, it is asked every few seconds instead"),
        ({"source": Source.LAST_GOOD}, "Source", "remembered from last time"),
        ({"source": Source.CONFIGURED}, "Source", "set by you"),
        ({"support": Support.TOO_OLD}, "Version", "0.33.0, too old"),
        ({"attempting": True, "last_attempt_at": NOW - 2}, "Last try", "now, since 22:13:18"),
    ],
)
def test_a_fact_in_words(changes: dict[str, Any], label: str, value: str) -> None:
    assert facts(status(State.CONNECTED, **changes))[label] == value


def test_what_is_not_known_has_no_line() -> None:
    row = status(State.CONNECTED, info=ServiceInfo("RVC", complete=True), stream=Stream.NONE, latency=None)
    assert set(facts(row)) == {"Address", "Source", "Since", "Last try"}


def test_times_of_day_are_those_of_the_reader() -> None:
    at = replace(OPEN, zone=timezone(timedelta(hours=5, minutes=30)))
    assert facts(status(State.CONNECTED), at)["Last try"] == "10 s ago, at 03:43:09"


def test_where_an_address_is_set() -> None:
    key = SettingKey("comfyui", "url")
    value = EffectiveValue("http://x", SettingLayer.ENVIRONMENT, "MOVIE_DIRECTOR_COMFYUI_URL")
    unset = SettingKey("rvc", "url")
    origins = origin_texts(Effective({key: value, unset: EffectiveValue("")}), ["comfyui", "rvc"])
    assert origins == {"comfyui": "set by the environment (MOVIE_DIRECTOR_COMFYUI_URL)"}
    at = replace(OPEN, origins=origins)
    row = status(State.CONNECTED, source=Source.CONFIGURED)
    assert facts(row, at)["Source"] == "set by the environment (MOVIE_DIRECTOR_COMFYUI_URL)"


def test_what_it_could_do_when_it_was_last_seen() -> None:
    seen = remember(status(State.CONNECTED), WALL - 7200)
    assert seen is not None
    row = status(State.DISCONNECTED)
    found = details(row, seen, OPEN)
    assert found[-1].label == "Last seen"
    assert found[-1].value == "2 h ago at http://127.0.0.1:8188: 1 checkpoint"
    assert all(each.label != "Last seen" for each in details(status(State.CONNECTED), seen, OPEN))


def test_every_line_has_a_tooltip() -> None:
    for row in (status(State.CONNECTED, makes=("image",)), suspended(), proxy()):
        for each in card(row, replace(AT, unfolded=frozenset({row.service}))).details:
            assert each.tooltip.endswith("."), each


def test_a_version_and_a_credit_are_told_in_sentences() -> None:
    at = replace(OPEN, version_rules={"comfyui": VersionRule(oldest="1.0")})
    told = card(status(State.CONNECTED, support=Support.TOO_OLD), at).notes
    assert told[0].mark is Mark.ATTENTION
    assert told[0].sentence.startswith("ComfyUI 0.33.0 is older than 1.0")
    wan2gp = card(status(State.DISCONNECTED, service="wan2gp", label="Wan2GP"), OPEN).notes
    assert [each.sentence for each in wan2gp] == ["Video generation uses WanGP (Wan2GP) by DeepBeepMeep."]


# --- the report ---------------------------------------------------------------------------------------------


def test_the_report_has_everything_and_no_secret() -> None:
    detail = "GET /?token=abcdefgh with key opensesame-1234: refused"
    row = status(State.RECONNECTING, endpoint=HERE, problem=problem(ProblemCode.REFUSED, detail))
    ring = Keyring().add(HERE, Key(api_key="opensesame-1234"))
    settings = Settings().with_service("comfyui", ServiceSettings(keys=ring))
    told = report(snapshot(row), "comfyui", settings, AT)
    assert told.startswith("2023-11-14T22:13:20.000Z\nComfyUI: Trying again\n")
    assert "ComfyUI is not running" in told
    assert "Address: http://127.0.0.1:8188\n" in told
    assert "Details: refused, GET /" in told
    assert "opensesame" not in told
    assert "abcdefgh" not in told


def test_the_report_of_a_tested_service_has_the_test() -> None:
    told = report(snapshot(status(State.CONNECTED), tests={"comfyui": PASSED}), "comfyui", Settings(), AT)
    assert "Program listens: ok, 2.0 ms\n" in told


def test_the_report_needs_a_service_that_exists() -> None:
    with pytest.raises(KeyError):
        report(Snapshot(), "comfyui", Settings(), AT)
