# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever ComfyUI, or something that claims to be it, sends: bounded values and no other error than ours."""

from __future__ import annotations

import contextlib
import json

from hypothesis import given
from hypothesis import strategies as st
from movie_director.backends.comfyui import facts
from movie_director.backends.comfyui.messages import Other, Status, parse
from movie_director.core.errors import ProtocolError

keys = st.text(max_size=8) | st.sampled_from(
    ["system", "devices", "comfyui_version", "pytorch_version", "name", "type", "vram_total", "vram_free",
     "exec_info", "queue_remaining", "status", "data", "sid"]
)  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("status")
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=8),
    max_leaves=30,
)


@given(json_values)
def test_system_stats_are_bounded_or_refused(value: object) -> None:
    with contextlib.suppress(ProtocolError):
        found = facts.system_stats(value)
        assert len(found.version) <= 40
        assert len(found.devices) <= facts.MOST_DEVICES


@given(st.dictionaries(keys, json_values), st.lists(json_values))
def test_a_proven_comfyui_may_say_anything_else(system: dict[str, object], devices: list[object]) -> None:
    found = facts.system_stats({"system": {**system, "pytorch_version": "2"}, "devices": devices})
    for device in found.devices:
        assert len(device.name) <= 200
        assert len(device.kind) <= 20
        assert device.memory_total is None or 0 <= device.memory_total <= 2**50
        assert device.memory_free is None or 0 <= device.memory_free <= 2**50


@given(json_values)
def test_other_answers_never_raise_and_are_bounded(value: object) -> None:
    assert len(facts.features(value)) <= facts.MOST_FEATURES
    assert len(facts.model_folders(value)) <= facts.MOST_FOLDERS
    assert len(facts.models(value, room=3)) <= 3
    queue = facts.queue(value)
    assert queue is None or 0 <= queue.remaining <= 1_000_000


@given(json_values | st.fixed_dictionaries({"type": st.text() | st.just("status"), "data": json_values}))
def test_any_json_is_a_message_or_nothing(value: object) -> None:
    assert isinstance(parse(json.dumps(value)), (Status, Other, type(None)))


@given(st.text())
def test_any_text_is_a_message_or_nothing(text: str) -> None:
    assert isinstance(parse(text), (Status, Other, type(None)))
