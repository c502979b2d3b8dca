"""The config file: what it says, what is wrong with it, on which line."""

from __future__ import annotations

import pytest
from movie_director.core.config_document import read, template, toml_value
from movie_director.core.errors import ProblemCode
from movie_director.core.schema import SERVICE_SETTINGS, Key, Layer, Schema, Value

from tests.settings_kit import SCHEMA, values

TEXT = """\
auto_connect = false

[comfyui]
# the big one
url = "http://render:8188"
"timeout" = 9
[comfyui.custom_data]
busy_limit = 90
[ rvc ]
enabled = false
"""
DOCUMENT: dict[str, object] = {
    "auto_connect": False,
    "comfyui": {"url": "http://render:8188", "timeout": 9, "custom_data": {"busy_limit": 90}},
    "rvc": {"enabled": False},
}


def test_every_value_says_on_which_line_it_stands() -> None:
    said, problems = read(SCHEMA, DOCUMENT, TEXT, "config.toml")
    assert problems == ()
    assert said.layer is Layer.FILE
    assert said.values == values(
        auto_connect=False, comfyui__url="http://render:8188", comfyui__timeout=9.0,
        comfyui__custom_data='{"busy_limit": 90.0}', rvc__enabled=False,
    )  # fmt: skip
    lines = {key.dotted: detail.rpartition(" ")[2] for key, detail in said.details.items()}
    assert lines == {
        "auto_connect": "1", "comfyui.url": "5", "comfyui.timeout": "6", "comfyui.custom_data": "7",
        "rvc.enabled": "10",
    }  # fmt: skip


def test_where_no_line_is_found_the_file_is_named() -> None:
    said, _ = read(SCHEMA, DOCUMENT, "", "config.toml")
    assert said.details[Key("rvc", "enabled")] == "config.toml"


@pytest.mark.parametrize(
    ("document", "code", "name", "value", "reason"),
    [
        (
            {"comfyui": {"timeout": "ten"}},
            ProblemCode.BAD_SETTING,
            "comfyui.timeout",
            "ten",
            "expected a number of seconds from 1 to 300",
        ),
        ({"comfyui": {"timout": 10}}, ProblemCode.UNKNOWN_SETTING, "comfyui.timout", "", ""),
        ({"confyui": {"timeout": 10}}, ProblemCode.UNKNOWN_SETTING, "confyui", "", ""),
        ({"comfyui": 7}, ProblemCode.UNKNOWN_SETTING, "comfyui", "", ""),
        ({"autoconnect": True}, ProblemCode.UNKNOWN_SETTING, "autoconnect", "", ""),
        (
            {"profile": "Night"},
            ProblemCode.BAD_SETTING,
            "profile",
            "(hidden)",
            "it cannot be set in this file",
        ),
        (
            {"litellm": {"api_key": "canary"}},
            ProblemCode.BAD_SETTING,
            "litellm.api_key",
            "(hidden)",
            "a key does not belong into this file; enter it in the preferences,"
            " or set MOVIE_DIRECTOR_LITELLM_API_KEY",
        ),
    ],
)
def test_a_mistake_is_told_with_file_name_and_value(
    document: dict[str, object], code: ProblemCode, name: str, value: str, reason: str
) -> None:
    said, problems = read(SCHEMA, {**document, "rvc": {"enabled": False}}, "", "config.toml")
    assert said.values == values(rvc__enabled=False)
    [problem] = problems
    shown = [problem.parameter(each) for each in ("name", "value", "reason", "where")]
    assert (problem.code, *shown) == (code, name, value, reason, "config.toml")
    assert "canary" not in repr(problem)


def test_the_template_has_every_setting_as_a_comment() -> None:
    text = template(SCHEMA)
    assert all(line.startswith(("#", "[")) for line in text.splitlines() if line)
    for service in SCHEMA.services:
        part = text.partition(f"\n[{service.name}]\n# {service.label}\n")[2].partition("\n\n\n")[0]
        for setting in SERVICE_SETTINGS:
            assert (f"\n# {setting.name} = " in part) == (Layer.FILE in setting.layers)
    assert "api_key" not in text
    assert template(Schema(())).count("\n# ") == 4


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("timeout", 2.0, "2"),
        ("timeout", 2.5, "2.5"),
        ("retry_count", 4, "4"),
        ("enabled", True, "true"),
        ("url", 'a"b', '"a\\"b"'),
        ("custom_data", "{}", "{}"),
        (
            "custom_data",
            '{"busy_limit": 90.0, "slow_answer": 2.0}',
            "{ busy_limit = 90.0, slow_answer = 2.0 }",
        ),
    ],
)
def test_values_are_written_as_toml(name: str, value: Value, written: str) -> None:
    [setting] = [each for each in SERVICE_SETTINGS if each.name == name]
    assert toml_value(setting, value) == written
