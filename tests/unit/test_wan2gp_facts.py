# SPDX-License-Identifier: GPL-3.0-or-later
"""Wan2GP's answers, recorded and invented, as values."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from movie_director.backends._gradio.config import read_config
from movie_director.backends.wan2gp import facts
from movie_director.core.facts import Parameter, ServiceInfo

from tests.servers.wan2gp import recording

HEADING = '<div align=center><H1>Wan<SUP style="color: #2563eb;">GP</SUP> v12.60 <FONT SIZE=4>by</FONT>'
EMBEDDED = (
    r"\u003cdiv align=center\u003e\u003cH1\u003eWan\u003cSUP style=\"color: #2563eb;\"\u003eGP"
    r"\u003c/SUP\u003e v12.60 \u003cFONT SIZE=4\u003eby"
)


def config_with(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(recording.config()), **changes}


def facts_of(config: object) -> ServiceInfo:
    found = facts.of_web_ui(read_config(config))
    assert found is not None
    return found


def parameters(info: ServiceInfo) -> dict[str, Parameter]:
    (capability,) = info.capabilities
    return {each.name: each for each in capability.parameters}


# --- the version -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [HEADING, EMBEDDED], ids=["component", "page"])
def test_the_version_stands_in_the_heading(text: str) -> None:
    assert facts.version(f"some words {text} more words") == "12.60"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v12.60",
        "WanGP v12.60",
        "Wan<SUP>GP</SUP> 12.60",
        "Wan<SUP" + "x" * 1000 + ">GP</SUP> v12.60",
        "Wan<SUP>GP</SUP>" + " " * 1000 + "v12.60",
    ],
)
def test_what_is_not_the_heading_has_no_version(text: str) -> None:
    assert facts.version(text) == ""


def test_a_version_is_bounded() -> None:
    assert len(facts.version("Wan<SUP>GP</SUP> v1" + "2" * 10_000)) <= 40


# --- the web UI ------------------------------------------------------------------------------------


def test_the_recorded_web_ui() -> None:
    info = facts_of(recording.config())
    assert (info.program, info.version, info.features) == ("Wan2GP", "12.60", ("web-ui",))
    assert info.complete
    models = dict(info.models)
    assert list(models)[:3] == ["Wan2.1", "Wan2.2", "Hunyuan Video"]
    assert len(models) == 19
    assert sum(map(len, models.values())) == 213
    assert "t2v_1.3B" in models["Wan2.1"]


def test_the_recorded_web_ui_makes_video_of_settings() -> None:
    info = facts_of(recording.config())
    (capability,) = info.capabilities
    assert (capability.makes, capability.operation) == ("video", "load_queue_action")
    found = parameters(info)
    assert len(found["model_type"].choices) == 213
    assert found["prompt"] == Parameter("prompt", "text")
    assert found["resolution"].choices[:2] == ("832x624", "624x832")
    assert found["video_length"] == Parameter("video_length", "number", 5, 737)
    assert found["seed"] == Parameter("seed", "number", -1, 999_999_999)
    assert found["num_inference_steps"] == Parameter("num_inference_steps", "number", 1, 100)
    assert found["guidance_scale"] == Parameter("guidance_scale", "number", 1, 20)
    assert found["negative_prompt"].kind == "text"


@pytest.mark.parametrize("title", ["Gradio", "wangp", "WanGP 2", "", None])
def test_another_title_is_another_program(title: object) -> None:
    assert facts.of_web_ui(read_config(config_with(title=title))) is None


def test_without_the_list_of_all_models_those_of_the_chosen_family_are_told() -> None:
    config = config_with()
    for component in config["components"]:
        component["props"].pop("hierarchy", None)
    ((family, models),) = facts_of(config).models
    assert family == ""
    assert {"t2v", "vace_14B", "t2v_fusionix"} <= set(models)


def test_settings_that_moved_are_not_guessed() -> None:
    config = config_with()
    (save,) = [each for each in config["dependencies"] if each["api_name"] == "save_inputs"]
    resolution = next(
        each for each in config["components"] if each["props"].get("elem_id") == "wangp-resolution"
    )
    save["inputs"].insert(save["inputs"].index(resolution["id"]) + 1, resolution["id"])
    found = parameters(facts_of(config))
    assert set(found) == {"model_type", "prompt", "resolution"}
    assert found["resolution"].choices[:2] == ("832x624", "624x832")


def test_without_the_operation_only_what_it_makes_is_told() -> None:
    info = facts_of(config_with(dependencies=[]))
    assert [(each.makes, each.operation, each.parameters) for each in info.capabilities] == [
        ("video", "", ())
    ]


# --- MCP mode --------------------------------------------------------------------------------------


def test_the_recorded_tools() -> None:
    offered = facts.tools(recording.mcp()["tools/list"]["result"])
    assert len(offered) == 22
    (capability,) = facts.capabilities(offered)
    assert (capability.makes, capability.operation) == ("video", "wangp_generate")
    assert [(each.name, each.kind) for each in capability.parameters] == [
        ("source", "object"),
        ("wait", "boolean"),
        ("timeout_s", "number"),
        ("event_limit", "number"),
    ]


def test_without_the_tool_for_it_no_capability_is_claimed() -> None:
    assert facts.capabilities({"wangp_get_job": ()}) == ()


def test_models_by_what_is_there_of_them() -> None:
    answer = recording.mcp()["tools/call"]["wangp_get_model_availability"]["answer"]
    record = answer["result"]["structuredContent"]
    pairs = facts.availability({"result": [record, {**record, "model_type": "t2v", "status": "available"}]})
    assert pairs == (("missing", "t2v_1.3B"), ("available", "t2v"))
    pairs = (*pairs, ("partial", "i2v"), ("mislaid", "x"), ("missing", "y"))
    assert facts.by_status(pairs) == (
        ("available", ("t2v",)),
        ("partial", ("i2v",)),
        ("missing", ("t2v_1.3B", "y")),
        ("mislaid", ("x",)),
    )


@pytest.mark.parametrize(
    "value", [None, [], {}, {"result": 1}, {"result": [None, [], {"status": "available"}]}]
)
def test_what_is_no_list_of_models_is_none(value: object) -> None:
    assert facts.availability(value) == ()
