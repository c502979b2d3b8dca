"""The one schema: every setting is complete, and takes exactly what it should."""

from __future__ import annotations

import pytest
from movie_director.core.checking import LONGEST_NAME, LONGEST_OBJECT, check, expected, from_text
from movie_director.core.errors import ConfigError, ProblemCode
from movie_director.core.layers import resolve, to_settings
from movie_director.core.schema import (
    CUSTOM_KEYS,
    GENERAL_SETTINGS,
    SERVICE_SETTINGS,
    Key,
    Kind,
    Layer,
    Schema,
    ServiceTraits,
    Setting,
)
from movie_director.core.settings import Policy

from tests.settings_kit import SCHEMA, told_by

ALL = (*GENERAL_SETTINGS, *SERVICE_SETTINGS)
BY_NAME = {setting.name: setting for setting in (*ALL, *CUSTOM_KEYS)}
SIXTH = ServiceTraits("tally", "Tally", 9600, required=True)


@pytest.mark.parametrize("setting", ALL, ids=lambda setting: setting.name)
def test_every_setting_has_words_and_a_default_that_it_takes(setting: Setting) -> None:
    assert setting.label[0].isupper()
    assert not setting.label.startswith("setting.")
    assert setting.description.endswith(".")
    assert not setting.description.startswith("setting-help.")
    assert check(setting, setting.default) == setting.default
    assert Layer.DEFAULT not in setting.layers


def test_nobody_saying_anything_gives_the_policy_of_the_design() -> None:
    for service in to_settings(SCHEMA, resolve(SCHEMA, [])).services.values():
        assert service.policy == Policy()
        assert (service.enabled, service.url, service.required) == (True, "", None)


def test_the_defaults_of_the_schema_are_those_of_the_policy() -> None:
    policy = Policy()
    defaults = {setting.name: setting.default for setting in (*ALL, *CUSTOM_KEYS)}
    assert defaults["timeout"] == policy.check_timeout
    assert defaults["retry_count"] == policy.breaker_threshold - 1
    assert defaults["check_interval"] == policy.check_interval
    assert defaults["breaker_interval"] == policy.breaker_interval
    assert defaults["busy_limit"] == policy.busy_limit
    assert defaults["slow_answer"] == policy.slow_answer


def test_names_of_the_environment() -> None:
    named = {SCHEMA.variable(key) for key, _ in SCHEMA if key.service in ("", "comfyui")} - {""}
    assert named == {
        "MOVIE_DIRECTOR_AUTO_CONNECT",
        "MOVIE_DIRECTOR_COMFYUI_API_KEY",
        "MOVIE_DIRECTOR_COMFYUI_BREAKER_INTERVAL",
        "MOVIE_DIRECTOR_COMFYUI_CA_FILE",
        "MOVIE_DIRECTOR_COMFYUI_CHECK_INTERVAL",
        "MOVIE_DIRECTOR_COMFYUI_CUSTOM_DATA",
        "MOVIE_DIRECTOR_COMFYUI_ENABLED",
        "MOVIE_DIRECTOR_COMFYUI_REQUIRED",
        "MOVIE_DIRECTOR_COMFYUI_RETRY_COUNT",
        "MOVIE_DIRECTOR_COMFYUI_TIMEOUT",
        "MOVIE_DIRECTOR_COMFYUI_URL",
    }


def test_a_setting_has_a_variable_exactly_when_the_environment_may_say_it() -> None:
    for key, setting in SCHEMA:
        assert bool(SCHEMA.variable(key)) == (Layer.ENVIRONMENT in setting.layers)


def test_a_project_may_set_neither_a_key_nor_whom_to_trust() -> None:
    for name in ("api_key", "ca_file"):
        assert Layer.PROJECT not in BY_NAME[name].layers


def test_a_key_comes_from_no_file() -> None:
    assert BY_NAME["api_key"].layers == (Layer.ENVIRONMENT,)
    assert [setting.name for setting in ALL if setting.is_secret] == ["api_key"]


def test_a_sixth_service_has_every_setting_of_the_others() -> None:
    schema = Schema((*SCHEMA.services, SIXTH))
    ours = [key.name for key, _ in schema if key.service == "tally"]
    assert ours == [setting.name for setting in SERVICE_SETTINGS]
    assert schema.variable(Key("tally", "url")) == "MOVIE_DIRECTOR_TALLY_URL"
    assert schema.default(Key("tally", "required")) is True


def test_required_is_by_default_what_the_service_says() -> None:
    defaults = {each.name: SCHEMA.default(Key(each.name, "required")) for each in SCHEMA.services}
    assert defaults == {
        "comfyui": True, "wan2gp": True, "litellm": False, "rvc": False, "audioldm": False,
    }  # fmt: skip


def test_the_nearest_name_is_one_of_that_layer() -> None:
    assert SCHEMA.nearest("comfyui.timout", Layer.USER) == "comfyui.timeout"
    assert SCHEMA.nearest("litellm.api_keys", Layer.ENVIRONMENT) == "litellm.api_key"
    assert SCHEMA.nearest("zzz", Layer.USER) == ""


# --- values -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("enabled", False, False),
        ("url", "  http://host:1/ ", "http://host:1/"),
        ("url", "   ", ""),
        ("timeout", 7, 7.0),
        ("timeout", 300, 300.0),
        ("retry_count", 0, 0),
        ("retry_count", 10.0, 10),
        ("custom_data", {}, "{}"),
        ("custom_data", {"slow_answer": 2, "busy_limit": 120}, '{"busy_limit": 120.0, "slow_answer": 2.0}'),
        ("custom_data", ' {"busy_limit": 90} ', '{"busy_limit": 90.0}'),
        ("custom_data", "", "{}"),
        ("ca_file", " /etc/ca.pem ", "/etc/ca.pem"),
        ("profile", "Nacht ☾", "Nacht ☾"),
    ],
)
def test_a_right_value_is_kept_in_one_form(name: str, value: object, kept: object) -> None:
    checked = check(BY_NAME[name], value)
    assert checked == kept
    assert type(checked) is type(kept)


@pytest.mark.parametrize(
    ("name", "value", "shown", "reason"),
    [
        ("enabled", "yes", "yes", "expected true or false"),
        ("enabled", 1, "1", "expected true or false"),
        ("enabled", None, "null", "expected true or false"),
        ("url", 8188, "8188", "expected an address such as http://127.0.0.1:8188, or nothing"),
        ("url", "http://host:0", "http://host:0", "'0' after the colon is not a number from 1 to 65535"),
        ("timeout", 0.99, "0.99", "expected a number of seconds from 1 to 300"),
        ("timeout", 300.5, "300.5", "expected a number of seconds from 1 to 300"),
        ("timeout", "5", "5", "expected a number of seconds from 1 to 300"),
        ("timeout", True, "true", "expected a number of seconds from 1 to 300"),
        ("timeout", float("nan"), "NaN", "expected a number of seconds from 1 to 300"),
        ("timeout", 10**400, str(10**400)[:79] + "…", "expected a number of seconds from 1 to 300"),
        ("retry_count", 11, "11", "expected a whole number from 0 to 10"),
        ("retry_count", 2.5, "2.5", "expected a whole number from 0 to 10"),
        ("breaker_interval", 4, "4", "expected a number of seconds from 5 to 300"),
        ("ca_file", "a\nb", "a b", "expected the path of a file"),
        ("ca_file", "x" * 2000, "x" * 79 + "…", "expected the path of a file"),
        ("profile", "x" * (LONGEST_NAME + 1), "x" * 61, "expected a name of up to 60 characters"),
        ("custom_data", [1], "[1]", "expected a JSON object with nothing but busy_limit, slow_answer"),
        ("custom_data", "{", "{", "expected a JSON object with nothing but busy_limit, slow_answer"),
        ("custom_data", {"busy": 9}, '{"busy": 9}', "'busy' is not known; known are busy_limit, slow_answer"),
        (
            "custom_data",
            {"busy_limits": 9},
            '{"busy_limits": 9}',
            "'busy_limits' is not known; did you mean busy_limit?",
        ),
        (
            "custom_data",
            {"busy_limit": 1},
            '{"busy_limit": 1}',
            "busy_limit is 1, expected a number of seconds from 5 to 3600",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_what_was_expected(
    name: str, value: object, shown: str, reason: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        check(BY_NAME[name], value, f"comfyui.{name}", "config.toml")
    assert caught.value.problem.code is ProblemCode.BAD_SETTING
    assert told_by(caught.value) == (f"comfyui.{name}", shown, reason)
    assert caught.value.problem.parameter("where") == "config.toml"


def test_custom_data_has_a_greatest_length() -> None:
    with pytest.raises(ConfigError, match="longer than 2000"):
        check(BY_NAME["custom_data"], " " * LONGEST_OBJECT + "{}")


@pytest.mark.parametrize("value", ["canary two", 7, "canary\n", "canary-€"])
def test_a_wrong_key_is_not_shown(value: object) -> None:
    with pytest.raises(ConfigError) as caught:
        check(BY_NAME["api_key"], value)
    assert told_by(caught.value)[1] == "(hidden)"
    assert "canary" not in repr(caught.value.problem)


def test_the_password_of_a_wrong_url_is_not_shown() -> None:
    with pytest.raises(ConfigError) as caught:
        check(BY_NAME["url"], "http://user:canary@host:99999")
    assert "canary" not in repr(caught.value.problem)


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("enabled", "ON", True),
        ("enabled", " no ", False),
        ("timeout", "7.5", 7.5),
        ("timeout", "1e1", 10.0),
        ("retry_count", "3", 3),
        ("url", "host:1", "host:1"),
    ],
)
def test_text_is_read_by_the_kind_of_the_setting(name: str, text: str, kept: object) -> None:
    assert from_text(BY_NAME[name], text) == kept


@pytest.mark.parametrize("kind", Kind)
def test_what_is_expected_can_be_told_of_every_kind(kind: Kind) -> None:
    for setting in BY_NAME.values():
        if setting.kind is kind:
            assert len(expected(setting)) > 4
