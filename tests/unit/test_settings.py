# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings from the environment, and the waits that follow from them."""

from __future__ import annotations

import pytest
from movie_director.core.backoff import Backoff
from movie_director.core.endpoint import parse_endpoint
from movie_director.core.environment import settings_from_environment
from movie_director.core.errors import ConfigError, ProblemCode
from movie_director.core.settings import Policy, ServiceSettings, Settings


def comfyui(**environment: str) -> ServiceSettings:
    named = {f"MOVIE_DIRECTOR_COMFYUI_{key}": value for key, value in environment.items()}
    return settings_from_environment(["comfyui"], named).of("comfyui")


def test_nothing_set_means_the_defaults() -> None:
    assert comfyui() == ServiceSettings()
    assert comfyui(URL="", ENABLED=" ") == ServiceSettings()
    assert Settings().of("anything").enabled


def test_every_variable_is_read() -> None:
    settings = comfyui(URL="host:1", ENABLED="No", TIMEOUT="7.5", API_KEY="key")
    assert settings.url == "host:1"
    assert not settings.enabled
    assert settings.policy.check_timeout == 7.5
    assert settings.key_for(parse_endpoint("http://host:1"), (8188,)).api_key == "key"


def test_a_key_is_not_shown() -> None:
    assert "key-canary" not in repr(comfyui(API_KEY="key-canary"))
    assert "key-canary" not in repr(ServiceSettings(url="http://ada:key-canary@host"))


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("URL", "http://host:70000", "'70000' after the colon is not a number from 1 to 65535"),
        ("ENABLED", "maybe", "expected 1, true, yes, on, 0, false, no or off"),
        ("TIMEOUT", "soon", "expected a number of seconds from 1 to 300"),
        ("TIMEOUT", "0", "expected a number of seconds from 1 to 300"),
        ("TIMEOUT", "nan", "expected a number of seconds from 1 to 300"),
    ],
)
def test_a_wrong_value_is_refused_with_variable_value_and_expectation(
    variable: str, value: str, expected: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        comfyui(**{variable: value})
    problem = caught.value.problem
    assert problem.code is ProblemCode.BAD_SETTING
    assert problem.parameter("name") == f"MOVIE_DIRECTOR_COMFYUI_{variable}"
    assert problem.parameter("value") == value
    assert problem.parameter("reason") == expected


@pytest.mark.parametrize("key", ["canary-€", "canary\nX-Evil: 1", "canary two", "canary\x00"])
def test_a_key_that_cannot_be_sent_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        comfyui(API_KEY=key)
    assert caught.value.problem.parameter("name") == "MOVIE_DIRECTOR_COMFYUI_API_KEY"
    assert "canary" not in repr(caught.value.problem)


def test_a_url_of_a_service_has_its_usual_port() -> None:
    target = ServiceSettings(url="host").target(8188)
    assert target is not None
    assert target.endpoint.port == 8188
    assert ServiceSettings(url="  ").target(8188) is None


def test_one_service_can_be_changed_without_the_others() -> None:
    settings = Settings().with_service("a", ServiceSettings(url="one"))
    changed = settings.with_service("b", ServiceSettings(url="two"))
    assert (changed.of("a").url, changed.of("b").url, settings.of("b").url) == ("one", "two", "")


def test_backoff_doubles_up_to_its_ceiling() -> None:
    waits = [Backoff().delay(failures, 0.0) for failures in (0, 1, 2, 3, 6, 7, 8, 10**9)]
    assert waits == [1, 1, 2, 4, 32, 60, 60, 60]


def test_loopback_and_others_have_limits_of_their_own() -> None:
    policy = Policy()
    assert (policy.connect_timeout(True), policy.connect_timeout(False)) == (1.0, 3.0)
    assert (policy.presence_interval(True), policy.presence_interval(False)) == (1.0, 5.0)
