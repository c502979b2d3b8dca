"""Who decides: environment, config file, project, user, default."""

from __future__ import annotations

import itertools

import pytest
from movie_director.core.environment import read_environment
from movie_director.core.errors import ProblemCode, problem
from movie_director.core.layers import EffectiveValue, LayerValues, Values, resolve, to_settings
from movie_director.core.messages import message, text
from movie_director.core.project_layer import read_project
from movie_director.core.schema import WRITTEN, Key, Layer
from movie_director.core.settings import Policy
from movie_director.core.settings_view import withheld_offline

from tests.settings_kit import SCHEMA, layer, told, values


def test_the_first_layer_that_says_something_decides() -> None:
    said = {each: layer(each, comfyui__timeout=float(10 + number)) for number, each in enumerate(WRITTEN)}
    for count in range(1, len(WRITTEN) + 1):
        for chosen in itertools.permutations(WRITTEN, count):
            found = resolve(SCHEMA, [said[each] for each in chosen]).get("comfyui", "timeout")
            first = min(chosen, key=WRITTEN.index)
            assert (found.layer, found.value) == (first, said[first].values.get("comfyui", "timeout"))


def test_where_nobody_says_anything_the_default_holds() -> None:
    effective = resolve(SCHEMA, [LayerValues(each) for each in WRITTEN])
    assert effective.get("rvc", "timeout") == EffectiveValue(2.0, Layer.DEFAULT)
    assert effective.get("comfyui", "required").value is True
    assert effective.get("rvc", "required").value is False
    assert {key for key, _ in effective} == {key for key, _ in SCHEMA}


def test_an_empty_url_is_an_answer() -> None:
    layers = [layer(Layer.FILE, comfyui__url=""), layer(Layer.USER, comfyui__url="http://host:1")]
    assert resolve(SCHEMA, layers).get("comfyui", "url") == EffectiveValue("", Layer.FILE)


def test_a_layer_is_not_heard_where_it_may_not_speak() -> None:
    layers = [
        layer(Layer.PROJECT, comfyui__ca_file="/evil.pem", comfyui__api_key="evil"),
        layer(Layer.FILE, comfyui__api_key="key"),
        layer(Layer.USER, comfyui__ca_file="/mine.pem"),
    ]
    effective = resolve(SCHEMA, layers)
    assert effective.get("comfyui", "ca_file") == EffectiveValue("/mine.pem", Layer.USER)
    assert effective.get("comfyui", "api_key") == EffectiveValue("", Layer.DEFAULT)


def test_each_value_says_where_it_comes_from() -> None:
    environment, _ = read_environment(SCHEMA, {"MOVIE_DIRECTOR_RVC_URL": "host"})
    found = resolve(SCHEMA, [environment]).get("rvc", "url")
    assert found == EffectiveValue("host", Layer.ENVIRONMENT, "MOVIE_DIRECTOR_RVC_URL")


def test_every_layer_can_decide_and_has_words() -> None:
    assert (*WRITTEN, Layer.DEFAULT) == tuple(Layer)
    for each in Layer:
        name = f"setting-layer.{each.value}"
        assert text(message(name)) != name


def test_values_are_changed_by_copying() -> None:
    first = values(comfyui__url="one", auto_connect=False)
    second = first.set("rvc", "timeout", 5.0).without("comfyui")
    assert second == values(auto_connect=False, rvc__timeout=5.0)
    assert first.get("comfyui", "url") == "one"
    assert second.without("rvc", "url") == second
    assert second.of("rvc") == {"timeout": 5.0}
    assert bool(second)
    assert not Values()


# --- for the manager ----------------------------------------------------------------------------------------


def test_every_setting_reaches_the_manager() -> None:
    said = layer(
        Layer.USER,
        comfyui__enabled=False,
        comfyui__url="http://host:1",
        comfyui__required=False,
        comfyui__ca_file="/ca.pem",
        comfyui__timeout=11.0,
        comfyui__retry_count=0,
        comfyui__check_interval=12.0,
        comfyui__breaker_interval=13.0,
        comfyui__custom_data='{"busy_limit": 14.0, "slow_answer": 0.5}',
    )
    service = to_settings(SCHEMA, resolve(SCHEMA, [said])).of("comfyui")
    policy = Policy(
        check_timeout=11.0, breaker_threshold=1, check_interval=12.0, breaker_interval=13.0,
        busy_limit=14.0, slow_answer=0.5,
    )  # fmt: skip
    assert service.policy == policy
    assert (service.enabled, service.required) == (False, False)
    assert (service.url, service.ca_file) == ("http://host:1", "/ca.pem")


def test_other_numbers_hold_where_nobody_says_any() -> None:
    base = Policy(check_interval=0.3, check_timeout=0.5)
    settings = to_settings(SCHEMA, resolve(SCHEMA, [layer(Layer.USER, rvc__timeout=9.0)]), base=base)
    assert settings.of("comfyui").policy == base
    assert (settings.of("rvc").policy.check_timeout, settings.of("rvc").policy.check_interval) == (9.0, 0.3)


def test_a_withheld_service_says_why() -> None:
    why = problem(ProblemCode.ONLINE_ACCESS_OFF)
    settings = to_settings(SCHEMA, resolve(SCHEMA, []), withheld={"rvc": why}, local_only=True)
    assert (settings.of("rvc").withheld, settings.of("comfyui").withheld) == (why, None)
    assert settings.local_only


@pytest.mark.parametrize(
    ("url", "is_withheld"),
    [
        ("", False),
        ("http://localhost:1", False),
        ("http://127.8.8.8:1", False),
        ("[::1]:7860", False),
        ("http://192.168.1.2:1", True),
        ("render.lan", True),
        ("https://example.org", True),
        ("http://localhost.evil.example:1", True),
    ],
)
def test_while_only_this_computer_may_be_contacted_others_are_withheld(url: str, is_withheld: bool) -> None:
    effective = resolve(SCHEMA, [layer(Layer.USER, rvc__url=url)])
    withheld = withheld_offline(SCHEMA, effective)
    assert set(withheld) == ({"rvc"} if is_withheld else set())
    if is_withheld:
        assert withheld["rvc"].code is ProblemCode.ONLINE_ACCESS_OFF
        assert withheld["rvc"].parameter("program") == "RVC WebUI"


# --- the environment ----------------------------------------------------------------------------------------


def test_a_wrong_variable_counts_as_not_set_and_is_told() -> None:
    said, problems = read_environment(
        SCHEMA, {"MOVIE_DIRECTOR_RVC_TIMEOUT": "0", "MOVIE_DIRECTOR_RVC_URL": "host"}
    )
    assert said.values == values(rvc__url="host")
    expected = "expected a number of seconds from 1 to 300"
    assert [told(each) for each in problems] == [("MOVIE_DIRECTOR_RVC_TIMEOUT", "0", expected)]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("MOVIE_DIRECTOR_COMFYUI_TIMOUT", "MOVIE_DIRECTOR_COMFYUI_TIMEOUT"),
        ("MOVIE_DIRECTOR_CONFUYI_URL", "MOVIE_DIRECTOR_COMFYUI_URL"),
        ("MOVIE_DIRECTOR_HOMES", "MOVIE_DIRECTOR_HOME"),
        ("Movie_Director_RVC_Url", "MOVIE_DIRECTOR_RVC_URL"),
        ("MOVIE_DIRECTOR_ZZZZZZZZZZZZZZZZZZZZZZZZZ", ""),
    ],
)
def test_a_misspelt_variable_is_told_with_the_nearest_one(name: str, nearest: str) -> None:
    _, problems = read_environment(SCHEMA, {name: "x"})
    assert [(each.code, each.parameter("name"), each.parameter("nearest")) for each in problems] == [
        (ProblemCode.UNKNOWN_SETTING, name, nearest)
    ]


def test_variables_that_are_no_settings_are_no_mistakes() -> None:
    environment = {"MOVIE_DIRECTOR_HOME": "x", "MOVIE_DIRECTOR_LOG": "debug", "MOVIE_DIRECTOR_CONFIG": "y"}
    said, problems = read_environment(SCHEMA, {**environment, "PATH": "z", "MOVIE": "w"})
    assert (said.values, problems) == (Values(), ())


# --- the project --------------------------------------------------------------------------------------------


def test_a_project_says_what_it_may_and_the_rest_is_told() -> None:
    said, problems = read_project(
        SCHEMA,
        {
            "": {"auto_connect": False, "colour": "red"},
            "comfyui": {"url": "http://host:1", "timeout": 0, "api_key": "canary", "ca_file": "/x"},
            "nobody": {"url": "http://evil:1"},
        },
        "film.blend",
    )
    assert said.values == values(auto_connect=False, comfyui__url="http://host:1")
    assert set(said.details.values()) == {"film.blend"}
    told_names = [(each.code, each.parameter("name")) for each in problems]
    assert told_names == [
        (ProblemCode.UNKNOWN_SETTING, "colour"),
        (ProblemCode.BAD_SETTING, "comfyui.timeout"),
        (ProblemCode.BAD_SETTING, "comfyui.api_key"),
        (ProblemCode.BAD_SETTING, "comfyui.ca_file"),
        (ProblemCode.UNKNOWN_SETTING, "nobody.url"),
    ]
    assert "canary" not in repr(problems)
    assert Key("comfyui", "api_key") not in said.values.entries
