"""The file of the user: what is kept, what a hand makes of it, and two writers."""

from __future__ import annotations

import json

import pytest
from movie_director.core.documents import Unreadable
from movie_director.core.errors import ConfigError, ProblemCode
from movie_director.core.layers import Values
from movie_director.core.messages import explain
from movie_director.core.profile_names import MOST_PROFILES
from movie_director.core.settings_document import LIMIT, UserSettings, merged, read, written

from tests.settings_kit import SCHEMA, values

NOTHING = UserSettings()


def saved(settings: object = None, **more: object) -> bytes:
    return json.dumps({"version": 3, "settings": settings or {}, **more}).encode()


# --- changing -----------------------------------------------------------------------------------------------


def test_a_default_is_not_kept() -> None:
    user = NOTHING.with_value(SCHEMA, "comfyui", "timeout", 9)
    assert user.values == values(comfyui__timeout=9.0)
    assert user.with_value(SCHEMA, "comfyui", "timeout", 2) == NOTHING
    assert NOTHING.with_value(SCHEMA, "comfyui", "required", True) == NOTHING
    assert NOTHING.with_value(SCHEMA, "rvc", "required", True).values == values(rvc__required=True)


@pytest.mark.parametrize(("service", "name"), [("comfyui", "api_key"), ("comfyui", "colour"), ("x", "url")])
def test_what_is_no_setting_of_the_user_cannot_be_set(service: str, name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        NOTHING.with_value(SCHEMA, service, name, "x")
    assert caught.value.problem.code is ProblemCode.UNKNOWN_SETTING


def test_taking_back_takes_mistakes_along() -> None:
    user, _ = read(SCHEMA, saved({"services": {"rvc": {"timeout": "ten", "url": "http://a:1"}}}), "f")
    assert user.strange
    assert user.without("rvc", "timeout").strange == {}
    assert user.without("rvc") == NOTHING
    assert user.with_value(SCHEMA, "rvc", "timeout", 5).strange == {}


# --- what a hand makes of it --------------------------------------------------------------------------------

TIMEOUT = "expected a number of seconds from 1 to 300"
OBJECT = "expected an object in braces, { }"


@pytest.mark.parametrize(
    ("settings", "code", "name", "reason"),
    [
        ({"services": {"rvc": {"timeout": "ten"}}}, ProblemCode.BAD_SETTING, "rvc.timeout", TIMEOUT),
        ({"services": {"rvc": {"timeout": None}}}, ProblemCode.BAD_SETTING, "rvc.timeout", TIMEOUT),
        ({"services": {"rvc": {"timeout": [1]}}}, ProblemCode.BAD_SETTING, "rvc.timeout", TIMEOUT),
        (
            {"services": {"rvc": {"url": "http://"}}},
            ProblemCode.BAD_SETTING,
            "rvc.url",
            "the name of the computer is missing",
        ),
        ({"services": {"rvc": {"timout": 3}}}, ProblemCode.UNKNOWN_SETTING, "rvc.timout", ""),
        ({"services": {"rvc": 3}}, ProblemCode.BAD_SETTING, "settings.services.rvc", OBJECT),
        ({"services": {"rcv": {"timeout": 3}}}, ProblemCode.UNKNOWN_SETTING, "rcv", ""),
        ({"services": []}, ProblemCode.BAD_SETTING, "settings.services", OBJECT),
        ({"general": None}, ProblemCode.BAD_SETTING, "settings.general", OBJECT),
        ({"service": {}}, ProblemCode.UNKNOWN_SETTING, "service", ""),
        ({"general": {"auto_conect": False}}, ProblemCode.UNKNOWN_SETTING, "auto_conect", ""),
        (
            {"general": {"auto_connect": "no"}},
            ProblemCode.BAD_SETTING,
            "auto_connect",
            "expected true or false",
        ),
    ],
)
def test_a_mistake_is_told_and_kept_and_the_rest_holds(
    settings: dict[str, object], code: ProblemCode, name: str, reason: str
) -> None:
    data = saved(settings, profiles={"Night": {"services": {"rvc": {"timeout": 7}}}})
    user, problems = read(SCHEMA, data, "settings.json")
    assert [(each.code, each.parameter("name"), each.parameter("where")) for each in problems] == [
        (code, name, "settings.json")
    ]
    assert problems[0].parameter("reason") == reason
    assert user.values == Values()
    assert user.profiles == {"Night": values(rvc__timeout=7.0)}
    assert json.loads(written(user))["settings"] == settings


def test_what_stands_where_settings_should_is_told_without_a_key_that_it_may_be() -> None:
    data = saved({"general": [1], "services": {"litellm": "canary"}}, profiles={"Night": True})
    _, problems = read(SCHEMA, data, "f")
    assert [explain(each).title for each in problems] == [
        f"The setting settings.general='[1]' in f cannot be used: {OBJECT}.",
        f"The setting settings.services.litellm='(a text)' in f cannot be used: {OBJECT}.",
        f"The setting profiles.Night='true' in f cannot be used: {OBJECT}.",
    ]
    assert "canary" not in repr(problems)


@pytest.mark.parametrize("name", ["", "Local", "lan-studio", "x" * 61, "a\nb"])
def test_a_profile_whose_name_cannot_be_is_told_and_kept(name: str) -> None:
    night = {"services": {"rvc": {"timeout": 7.0}}}
    user, problems = read(SCHEMA, saved(profiles={name: night, "Night": night}), "settings.json")
    assert [(each.code, each.parameter("where")) for each in problems] == [
        (ProblemCode.BAD_PROFILE, "settings.json")
    ]
    assert explain(problems[0]).title.startswith(("The profile '", "A profile in settings.json is not used"))
    assert user.profiles == {"Night": values(rvc__timeout=7.0)}
    assert json.loads(written(user))["profiles"] == {name: night, "Night": night}


def test_of_too_many_profiles_the_first_are_used_and_all_are_kept() -> None:
    profiles = {f"{each:03}": {} for each in range(MOST_PROFILES + 2)}
    user, problems = read(SCHEMA, saved(profiles={"Local": {}, **profiles}), "settings.json")
    assert list(user.profiles) == list(profiles)[:MOST_PROFILES]
    assert [each.code for each in problems] == [ProblemCode.BAD_PROFILE, ProblemCode.TOO_MANY_PROFILES]
    told = explain(problems[1]).title
    assert told == "There are 102 profiles in settings.json, and only the first 100 are used."
    assert json.loads(written(user))["profiles"].keys() == {"Local", *profiles}


def test_a_key_that_somebody_wrote_into_the_file_is_not_shown() -> None:
    user, problems = read(SCHEMA, saved({"services": {"litellm": {"api_key": "canary"}}}), "f")
    assert [each.parameter("name") for each in problems] == ["litellm.api_key"]
    assert "canary" not in repr(problems)
    assert "canary" not in repr(user)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is not JSON in UTF-8 (line 1: Expecting value)"),
        (b'{\n"version": 3,,}', "it is not JSON in UTF-8 (line 2: "),
        (b"\xff\xfe{}", "it is not JSON in UTF-8"),
        (b"[" * 100_000, "it is not JSON in UTF-8"),
        (b"[]", "it is not a JSON object"),
        (b"{}", "it does not say its version"),
        (
            b'{"version": 3, "format": "movie-director/secrets"}',
            "it is not of the format movie-director/settings",
        ),
        (b'{"version": 1, "format": 1, "services": {}}', "it is not of the format movie-director/settings"),
        (b" " * (LIMIT + 1), f"it is larger than {LIMIT} bytes"),
    ],
)
def test_what_is_no_document_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(SCHEMA, data, "f")
    assert str(caught.value).startswith(reason)


def test_a_mark_that_editors_put_before_a_file_is_no_mistake() -> None:
    user, problems = read(SCHEMA, b"\xef\xbb\xbf" + saved({"general": {"auto_connect": False}}), "f")
    assert (user.values, problems) == (values(auto_connect=False), ())


def test_what_belongs_to_a_service_that_is_not_installed_stays() -> None:
    settings = {"services": {"tally": {"url": "http://t:1"}, "rvc": {"timeout": 4.0}}}
    user, _ = read(SCHEMA, saved(settings, extra=[1, 2]), "f")
    again = json.loads(written(user.with_value(SCHEMA, "rvc", "timeout", 8)))
    assert again["settings"]["services"]["tally"] == {"url": "http://t:1"}
    assert again["settings"]["services"]["rvc"] == {"timeout": 8.0}
    assert again["extra"] == [1, 2]


def test_equal_settings_are_written_equally() -> None:
    one = NOTHING.with_value(SCHEMA, "rvc", "timeout", 5).with_value(SCHEMA, "comfyui", "url", "a:1")
    two = NOTHING.with_value(SCHEMA, "comfyui", "url", "a:1").with_value(SCHEMA, "rvc", "timeout", 5)
    assert written(one) == written(two)
    assert written(one).isascii()


# --- two writers --------------------------------------------------------------------------------------------


def test_both_writers_changes_are_kept() -> None:
    base = UserSettings(values(rvc__timeout=3.0, comfyui__timeout=3.0, wan2gp__url="w:1"))
    ours = UserSettings(values(rvc__timeout=4.0, comfyui__timeout=3.0), {"Ours": values(auto_connect=False)})
    theirs = UserSettings(
        values(rvc__timeout=3.0, comfyui__timeout=5.0, wan2gp__url="w:1", litellm__enabled=False),
        {"Theirs": Values()},
    )
    both = merged(base, ours, theirs)
    assert both.values == values(rvc__timeout=4.0, comfyui__timeout=5.0, litellm__enabled=False)
    assert set(both.profiles) == {"Ours", "Theirs"}


def test_who_writes_last_wins_where_both_changed_the_same() -> None:
    base, ours, theirs = (UserSettings(values(rvc__timeout=each)) for each in (3.0, 4.0, 5.0))
    assert merged(base, ours, theirs) == ours
    assert merged(base, NOTHING, theirs) == NOTHING
    assert merged(base, base, NOTHING) == NOTHING
