# SPDX-License-Identifier: GPL-3.0-or-later
"""What need not be drawn again looks the same, and everything else is drawn again."""

from __future__ import annotations

from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

import pytest
from movie_director.core.at_a_glance import at_a_glance
from movie_director.core.card_parts import LLM, Viewing
from movie_director.core.cards import panel_cards
from movie_director.core.facts import Device, Queue, ServiceInfo
from movie_director.core.layers import resolve
from movie_director.core.model import State
from movie_director.core.preference_cards import Known, preference_cards
from movie_director.core.serialisation import Clocks
from movie_director.core.settings import Settings
from movie_director.core.settings_view import SettingsView
from movie_director.core.snapshot import DiscoveryReport, ServiceStatus, Snapshot

from tests.samples import COMFY, NOW, snapshot, status
from tests.settings_kit import SCHEMA

FOLDED: frozenset[str] = frozenset()
AT = Viewing(Clocks(NOW, 1_700_000_000.0))
IDLE = replace(COMFY, queue=Queue(0), devices=(Device("NVIDIA GeForce RTX 4090", "cuda", 25757220864, 1),))
AT_EVERY_CHECK = [{"latency": 0.9}, {"last_attempt_at": 999.0}, {"info": IDLE}]


def shown(picture: Snapshot, at: Viewing = AT) -> object:
    """All that panel and preferences draw of it."""
    view = SettingsView(loaded=True, effective=resolve(SCHEMA, []))
    at_once = replace(at, unfolded=at.unfolded | {LLM})
    return (panel_cards(picture, Settings(), at_once), preference_cards(Known(SCHEMA, view, picture, at)))


@pytest.mark.parametrize("change", AT_EVERY_CHECK, ids=lambda change: next(iter(change)))
@pytest.mark.parametrize("state", State)
def test_what_is_new_at_every_check_is_not_to_be_seen_while_it_is_folded(
    state: State, change: dict[str, Any]
) -> None:
    before = status(state, info=COMFY)
    after = replace(before, **change)
    assert after != before
    assert at_a_glance(snapshot(before), FOLDED) == at_a_glance(snapshot(after), FOLDED)
    assert shown(snapshot(before)) == shown(snapshot(after))


@pytest.mark.parametrize("change", AT_EVERY_CHECK, ids=lambda change: next(iter(change)))
def test_it_is_to_be_seen_in_details_of_this_service(change: dict[str, Any]) -> None:
    before, after = (snapshot(status(State.CONNECTED, **each)) for each in ({}, change))
    unfolded = replace(AT, unfolded=frozenset({"comfyui"}))
    assert shown(before, unfolded) != shown(after, unfolded)
    assert at_a_glance(before, {"comfyui"}) != at_a_glance(after, {"comfyui"})
    assert at_a_glance(before, {"wan2gp", LLM}) == at_a_glance(after, {"wan2gp", LLM})


def test_everything_else_of_a_service_is_drawn_again() -> None:
    before = status(State.CONNECTED)
    for field in fields(ServiceStatus):
        changed: Any = COMFY if field.name == "info" else object()
        after = replace(status(State.CONNECTED, info=None), **{field.name: changed})
        is_seen = at_a_glance(snapshot(replace(before, info=None)), FOLDED) != at_a_glance(
            Snapshot(services=MappingProxyType({"comfyui": after})), FOLDED
        )
        assert is_seen is (field.name not in ("latency", "last_attempt_at")), field.name


def test_everything_else_of_what_a_service_tells_is_drawn_again() -> None:
    for field in fields(ServiceInfo):
        told: Any = replace(COMFY, **{field.name: object()})
        before, after = (snapshot(status(State.CONNECTED, info=each)) for each in (COMFY, told))
        is_seen = at_a_glance(before, FOLDED) != at_a_glance(after, FOLDED)
        assert is_seen is (field.name not in ("devices", "queue")), field.name


def test_a_version_is_not_to_be_seen_and_a_look_around_is() -> None:
    before = snapshot(status(State.CONNECTED))
    assert at_a_glance(replace(before, version=8), FOLDED) == at_a_glance(before, FOLDED)
    for change in (
        {"discovery": DiscoveryReport()},
        {"tests": MappingProxyType({"comfyui": object()})},
        {"remembered": MappingProxyType({"comfyui": object()})},
        {"services": MappingProxyType({})},
    ):
        assert at_a_glance(replace(before, **change), FOLDED) != at_a_glance(before, FOLDED)  # type: ignore[arg-type]
