# SPDX-License-Identifier: GPL-3.0-or-later
"""ComfyUI's answers, recorded and invented, as values."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from movie_director.backends.comfyui import facts
from movie_director.core.errors import ProblemCode, ProtocolError
from movie_director.core.facts import Device, Queue

DATA = Path(__file__).parents[1] / "data"
VERSIONS = ("0.33.0", "0.3.64")
MEMORY = 25276514304

GPU: dict[str, Any] = {
    "name": "cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync",
    "type": "cuda",
    "index": 0,
    "vram_total": 25_757_220_864,
    "vram_free": 23_000_000_000,
    "torch_vram_total": 0,
    "torch_vram_free": 0,
}


def recorded(version: str, name: str) -> Any:
    answers = json.loads((DATA / f"comfyui-{version}" / "answers.json").read_text("utf-8"))
    return answers[name]["body"]


def stats(*devices: object) -> dict[str, Any]:
    return {"system": {"comfyui_version": "0.33.0"}, "devices": list(devices)}


# --- recorded --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("version", "free"), [("0.33.0", 23622426624), ("0.3.64", 23664394240)])
def test_recorded_system_stats(version: str, free: int) -> None:
    found = facts.system_stats(recorded(version, "system_stats"))
    assert found.version == version
    assert found.devices == (Device("CPU", "cpu", MEMORY, free),)


@pytest.mark.parametrize("version", VERSIONS)
def test_recorded_queue(version: str) -> None:
    assert facts.queue(recorded(version, "prompt_get")) == Queue(0)


def test_recorded_features() -> None:
    assert facts.features(recorded("0.3.64", "features")) == ("supports_preview_metadata",)
    assert facts.features(recorded("0.33.0", "features")) == (
        "supports_preview_metadata",
        "supports_model_type_tags",
        "extension.manager.supports_v4",
        "node_replacements",
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_recorded_model_folders_without_those_that_hold_no_models(version: str) -> None:
    folders = recorded(version, "models")
    found = facts.model_folders(folders)
    left_out = set(folders) - set(found)
    assert left_out == {"configs", "custom_nodes", "datasets"} & set(folders)
    assert list(found) == [folder for folder in folders if folder not in left_out]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("other", ["features", "prompt_get", "models", "queue", "users", "root"])
def test_no_other_recorded_answer_proves_the_program(version: str, other: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        facts.system_stats(recorded(version, other))
    assert caught.value.problem.code is ProblemCode.MALFORMED


# --- identity --------------------------------------------------------------------------------------


def test_releases_that_do_not_tell_their_version_are_known_by_pytorch() -> None:
    found = facts.system_stats({"system": {"pytorch_version": "2.1.0"}, "devices": []})
    assert found == facts.SystemStats("", ())


@pytest.mark.parametrize(
    "stranger",
    [
        None,
        [],
        {},
        "ComfyUI",
        {"system": {"comfyui_version": "0.33.0"}},
        {"system": {"comfyui_version": "0.33.0"}, "devices": {}},
        {"system": {"comfyui_version": None}, "devices": []},
        {"system": {"comfyui_version": {"major": 0}}, "devices": []},
        {"system": {"version": "0.33.0"}, "devices": []},
        {"system": [], "devices": []},
        {"devices": []},
    ],
)
def test_strangers(stranger: object) -> None:
    with pytest.raises(ProtocolError):
        facts.system_stats(stranger)


def test_a_version_is_shown_bounded_and_clean() -> None:
    answer = {"system": {"comfyui_version": "\x1b]0;owned\x07" + "9" * 10_000}, "devices": []}
    version = facts.system_stats(answer).version
    assert version.startswith("]0;owned 999")
    assert len(version) == 40


# --- devices ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync", "NVIDIA GeForce RTX 4090"),
        ("cuda:1 NVIDIA RTX 6000 Ada Generation : native", "NVIDIA RTX 6000 Ada Generation"),
        ("cuda:0 AMD Radeon RX 7900 XTX [ZLUDA] : ", "AMD Radeon RX 7900 XTX [ZLUDA]"),
        ("xpu:0 Intel(R) Arc(TM) A770 Graphics", "Intel(R) Arc(TM) A770 Graphics"),
        ("npu:0 Ascend910B", "Ascend910B"),
        ("CUDA cuda:0: Tesla T4", "Tesla T4"),
        ("cpu", "CPU"),
        ("mps", "Apple GPU"),
        ("privateuseone", "DirectML GPU"),
        ("cuda:0", "cuda:0"),
        ("Something: new", "Something: new"),
        ("", "cuda"),
        (None, "cuda"),
    ],
)
def test_device_names_are_made_readable(sent: object, shown: str) -> None:
    (device,) = facts.system_stats(stats({**GPU, "name": sent})).devices
    assert device.name == shown


def test_memory_of_a_device() -> None:
    (device,) = facts.system_stats(stats(GPU)).devices
    assert (device.kind, device.memory_total, device.memory_free) == ("cuda", 25_757_220_864, 23_000_000_000)


def test_free_memory_is_never_more_than_all_of_it() -> None:
    (device,) = facts.system_stats(stats({**GPU, "vram_total": 5, "vram_free": 9})).devices
    assert (device.memory_total, device.memory_free) == (5, 5)


@pytest.mark.parametrize("field", sorted(GPU))
@pytest.mark.parametrize(
    "value", [None, True, -1, 10**400, float("nan"), "x" * 100_000, "12", [], {}, {"a": {"b": []}}]
)
def test_any_field_of_a_device_may_be_anything(field: str, value: object) -> None:
    (device,) = facts.system_stats(stats({**GPU, field: value})).devices
    assert len(device.name) <= 200
    assert len(device.kind) <= 20
    for memory in (device.memory_total, device.memory_free):
        assert memory is None or 0 <= memory <= 2**50


def test_missing_fields_of_a_device_are_unknown() -> None:
    assert facts.system_stats(stats({})).devices == (Device("", ""),)


def test_devices_are_bounded_and_what_is_none_is_left_out() -> None:
    assert facts.system_stats(stats(5, None, GPU, [GPU])).devices == facts.system_stats(stats(GPU)).devices
    assert len(facts.system_stats(stats(*[GPU] * 10_000)).devices) == facts.MOST_DEVICES


# --- the rest --------------------------------------------------------------------------------------


@pytest.mark.parametrize("remaining", [None, -1, 10**30, 0.5, "3", True, [3], {}])
def test_a_queue_that_makes_no_sense_is_unknown(remaining: object) -> None:
    assert facts.queue({"exec_info": {"queue_remaining": remaining}}) is None


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"exec_info": None}, {"exec_info": []}, {"exec_info": {}}, "x"]
)
def test_a_missing_queue_is_unknown(answer: object) -> None:
    assert facts.queue(answer) is None


def test_features_are_bounded_in_number_depth_and_length() -> None:
    assert len(facts.features({f"flag{n}": True for n in range(10_000)})) == facts.MOST_FEATURES
    nested: dict[str, Any] = {"deep": True}
    for _ in range(500):
        nested = {"in": nested, "here": True}
    assert facts.features(nested) == ("in.in.in.here", "in.in.here", "in.here", "here")
    assert facts.features({"x" * 101: True, "y\n": True, "yes": True, "one": 1, "text": "true"}) == ("yes",)


@pytest.mark.parametrize("answer", [None, [], [True], "supports", 5, {"a": None}, {"a": [True]}])
def test_no_features(answer: object) -> None:
    assert facts.features(answer) == ()


def test_model_folders_and_models_are_bounded() -> None:
    assert len(facts.model_folders([f"folder{n}" for n in range(10_000)])) == facts.MOST_FOLDERS
    many = [f"model{n}.safetensors" for n in range(10_000)]
    assert facts.models(many) == tuple(many[: facts.MOST_MODELS_PER_FOLDER])
    assert facts.models(many, room=3) == tuple(many[:3])
    assert facts.models(many, room=-1) == ()


def test_only_usable_names_of_folders() -> None:
    assert facts.model_folders(["loras", "..", ".", "", "lo\nras", None, 5, ["vae"], "vae"]) == (
        "loras",
        "vae",
    )


@pytest.mark.parametrize(
    ("folder", "path"),
    [
        ("loras", "/models/loras"),
        ("../../queue", "/models/..%2F..%2Fqueue"),
        ("größe ?#", "/models/gr%C3%B6%C3%9Fe%20%3F%23"),
    ],
)
def test_a_folder_cannot_lead_to_another_address(folder: str, path: str) -> None:
    assert facts.folder_path(folder) == path


def test_reading_changes_nothing() -> None:
    answer = stats(copy.deepcopy(GPU))
    before = copy.deepcopy(answer)
    facts.system_stats(answer)
    assert answer == before
