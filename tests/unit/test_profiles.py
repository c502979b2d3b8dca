"""Profiles, presets, and what travels to another computer."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from movie_director.core.errors import ConfigError, ProblemCode
from movie_director.core.messages import explain
from movie_director.core.presets import PRESETS
from movie_director.core.profile_names import MOST_PROFILES
from movie_director.core.profiles import (
    delete,
    is_changed,
    load,
    rename,
    save,
    taken_back,
)
from movie_director.core.settings_document import UserSettings, written
from movie_director.core.settings_exchange import exported, read_import, with_import

from tests.settings_kit import SCHEMA, values

STUDIO = UserSettings(values(comfyui__url="http://render:8188", rvc__enabled=False, auto_connect=False))


def test_what_was_saved_is_loaded_as_one_change() -> None:
    kept = save(STUDIO, " Studio ")
    assert kept.values.get("", "profile") == "Studio"
    other = kept.with_value(SCHEMA, "wan2gp", "timeout", 50).without("rvc")
    again = load(SCHEMA, other, "Studio")
    assert again.values == STUDIO.values.set("", "profile", "Studio")
    assert not is_changed(SCHEMA, again)
    assert is_changed(SCHEMA, again.with_value(SCHEMA, "rvc", "timeout", 7))


def test_a_profile_is_a_copy() -> None:
    kept = save(STUDIO, "Studio").with_value(SCHEMA, "comfyui", "timeout", 9)
    assert kept.profiles["Studio"] == STUDIO.values


def test_a_password_stays_out_of_profiles_and_exports() -> None:
    user = UserSettings(values(comfyui__url="https://me:canary@render:8188", comfyui__ca_file="/home/me/ca"))
    kept = save(user, "Studio")
    assert kept.profiles["Studio"].get("comfyui", "url") == "https://render:8188"
    assert "canary" not in exported(kept)
    assert "/home/me" not in exported(kept)


def test_what_was_not_understood_is_not_exported() -> None:
    user = UserSettings(strange={("settings", "services", "litellm", "api_key"): '"canary"'})
    assert "canary" in written(user)
    assert "canary" not in exported(user)


def test_renaming_keeps_the_order_and_the_name_in_use() -> None:
    kept = save(save(save(STUDIO, "A"), "B"), "A")
    renamed = rename(kept, "A", "Z")
    assert list(renamed.profiles) == ["Z", "B"]
    assert renamed.values.get("", "profile") == "Z"
    assert rename(kept, "B", "B") == kept


def test_deleting_leaves_the_values_in_use() -> None:
    kept = save(STUDIO, "Studio")
    assert delete(kept, "Studio") == STUDIO


def refusal(act: Callable[[], object], code: ProblemCode) -> str:
    """What the user reads."""
    with pytest.raises(ConfigError) as caught:
        act()
    assert caught.value.problem.code is code
    told = explain(caught.value.problem)
    return f"{told.title} {told.advice}"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "A profile cannot have this name: the name is empty."),
        ("  ", "A profile cannot have this name: the name is empty."),
        ("x" * 61, f"A profile cannot be called '{'x' * 59}…': the name is longer than 60 characters."),
        ("a\nb", "A profile cannot be called 'a b': the name has signs that cannot be shown."),
        ("Local", "A profile cannot be called 'Local': a preset has this name."),
        (" lan-studio ", "A profile cannot be called 'lan-studio': a preset has this name."),
    ],
)
def test_some_names_cannot_be_given(name: str, sentence: str) -> None:
    kept = save(STUDIO, "A")
    for act in (lambda: save(STUDIO, name), lambda: rename(kept, "A", name)):
        assert refusal(act, ProblemCode.BAD_PROFILE).startswith(f"{sentence} Choose another name")


def test_a_name_is_not_given_twice_by_renaming() -> None:
    said = refusal(lambda: rename(save(save(STUDIO, "A"), "B"), "A", "B"), ProblemCode.BAD_PROFILE)
    assert said.startswith("A profile cannot be called 'B': there is a profile of this name already.")


def test_a_profile_that_does_not_exist_is_told_with_the_nearest() -> None:
    kept = save(STUDIO, "Night")
    for act, near in (
        (lambda: load(SCHEMA, kept, "Nigth"), "Did you mean 'Night'?"),
        (lambda: load(SCHEMA, STUDIO, "Locale"), "Did you mean 'Local'?"),
        (lambda: delete(kept, "x"), "Known profiles: Night, Local, LAN studio, Development."),
        (lambda: rename(STUDIO, "x", "y"), "Known profiles: Local, LAN studio, Development."),
    ):
        said = refusal(act, ProblemCode.UNKNOWN_PROFILE)
        assert said.startswith("There is no profile called ")
        assert said.endswith(near)


def test_there_is_a_greatest_number_of_profiles() -> None:
    full = UserSettings(profiles={str(each): values() for each in range(MOST_PROFILES)})
    said = refusal(lambda: save(full, "more"), ProblemCode.TOO_MANY_PROFILES)
    assert said.startswith("With this there would be 101 profiles, and 100 is the most.")
    assert len(save(full, "7").profiles) == MOST_PROFILES


# --- presets ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_a_preset_says_only_what_settings_take(preset: object) -> None:
    user = load(SCHEMA, STUDIO, preset.id)  # type: ignore[attr-defined]
    checked = UserSettings()
    for key, value in user.values.entries.items():
        checked = checked.with_value(SCHEMA, key.service, key.name, value)
    assert checked.values == user.values
    assert user.values.get("", "profile") == preset.label  # type: ignore[attr-defined]
    assert not is_changed(SCHEMA, user)


def test_local_finds_everything_by_itself_at_the_default_pace() -> None:
    user = load(SCHEMA, STUDIO.with_value(SCHEMA, "wan2gp", "timeout", 99), "Local")
    assert user.values == values(rvc__enabled=False, auto_connect=False, profile="Local")


@pytest.mark.parametrize(("name", "timeout"), [("LAN studio", 10.0), ("Development", 5.0)])
def test_the_others_keep_places_and_set_the_pace_of_every_service(name: str, timeout: float) -> None:
    user = load(SCHEMA, STUDIO.with_value(SCHEMA, "comfyui", "breaker_interval", 200), name)
    assert user.values.get("comfyui", "url") == "http://render:8188"
    assert {user.values.get(each.name, "timeout") for each in SCHEMA.services} == {timeout}
    assert user.values.get("comfyui", "breaker_interval") != 200


@pytest.mark.parametrize("name", ["Local", "local"])
def test_a_profile_does_not_take_the_place_of_a_preset(name: str) -> None:
    other = {name: values(rvc__url="http://elsewhere:1")}
    assert load(SCHEMA, UserSettings(profiles=other), name).values == values(profile="Local")


def test_presets_have_words() -> None:
    assert [preset.label for preset in PRESETS] == ["Local", "LAN studio", "Development"]
    assert all(preset.description.endswith(".") for preset in PRESETS)


# --- to another computer ------------------------------------------------------------------------------------


def test_an_export_brings_settings_and_profiles_to_another_computer() -> None:
    brought, problems = read_import(SCHEMA, exported(save(STUDIO, "Studio")).encode(), "export.json")
    there = UserSettings(values(litellm__url="l:1", comfyui__ca_file="/ca"), {"Own": values()})
    after = with_import(there, brought)
    assert problems == ()
    assert after.values == STUDIO.values.set("comfyui", "ca_file", "/ca")
    assert set(after.profiles) == {"Own", "Studio"}


def test_an_import_brings_neither_passwords_nor_paths() -> None:
    services = {
        "rvc": {"url": "http://me:canary@evil:1"},
        "comfyui": {"url": "http://render:1", "ca_file": "/evil.pem"},
        "litellm": {"api_key": "canary"},
    }
    settings = {"services": services}
    data = json.dumps({"version": 3, "settings": settings, "profiles": {"P": settings}}).encode()
    brought, problems = read_import(SCHEMA, data, "f")
    after = with_import(UserSettings(), brought)
    assert after.values == values(comfyui__url="http://render:1")
    assert after.profiles == {"P": after.values}
    assert [each.parameter("name") for each in problems] == ["rvc.url", "litellm.api_key"] * 2
    assert "canary" not in repr((after, problems))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"version": 9}', ProblemCode.IMPORT_NEWER),
        (b"no", ProblemCode.IMPORT_UNREADABLE),
        (b'{"version": 2}', ProblemCode.IMPORT_UNREADABLE),
        (b'{"version": 2, "name": "x"}', ProblemCode.IMPORT_UNREADABLE),
        (b'{"version": 1, "settings": {"colour": "dark"}}', ProblemCode.IMPORT_UNREADABLE),
        (b'{"version": 2, "services": 5}', ProblemCode.IMPORT_UNREADABLE),
        (b'{"version": 3, "settings": 5, "profiles": []}', ProblemCode.IMPORT_UNREADABLE),
        (
            b'{"version": 1, "format": "movie-director/consent", "settings": {}}',
            ProblemCode.IMPORT_UNREADABLE,
        ),
        (b'{"version": 9, "format": "movie-director/secrets"}', ProblemCode.IMPORT_UNREADABLE),
    ],
)
def test_what_cannot_be_imported_is_told(data: bytes, code: ProblemCode) -> None:
    said = refusal(lambda: read_import(SCHEMA, data, "export.json"), code)
    assert said.startswith("Nothing was taken over from export.json")


def test_a_profile_of_an_import_that_has_the_name_of_a_preset_is_told_and_left_out() -> None:
    elsewhere = {"services": {"rvc": {"url": "http://elsewhere:1"}}}
    profiles = {"Local": elsewhere, " development": elsewhere, "Mine": elsewhere, "Mine ": elsewhere}
    brought, problems = read_import(SCHEMA, json.dumps({"version": 3, "profiles": profiles}).encode(), "f")
    assert list(brought.profiles) == ["Mine"]
    assert [explain(each).title for each in problems] == [
        "The profile 'Local' in f is not used: a preset has this name.",
        "The profile 'development' in f is not used: a preset has this name.",
        "The profile 'Mine' in f is not used: the name begins or ends with white space.",
    ]


def test_a_document_that_says_nothing_can_be_imported() -> None:
    for document in (
        exported(UserSettings()),
        '{"version": 2, "services": {}}',
        '{"version": 3, "profiles": {}}',
    ):
        assert read_import(SCHEMA, document.encode(), "f") == (UserSettings(), ())


def test_an_import_with_which_there_would_be_too_many_profiles_takes_over_nothing() -> None:
    there = UserSettings(profiles={str(each): values() for each in range(MOST_PROFILES - 2)})
    brought = UserSettings(profiles=dict.fromkeys(("1", "A", "B"), values()))
    assert len(with_import(there, brought).profiles) == MOST_PROFILES
    brought = UserSettings(profiles=dict.fromkeys(("1", "A", "B", "C"), values()))
    said = refusal(lambda: with_import(there, brought), ProblemCode.TOO_MANY_PROFILES)
    assert said.startswith("With this there would be 101 profiles, and 100 is the most.")


def test_an_import_is_taken_back_with_its_profiles_and_nothing_else() -> None:
    before = save(save(STUDIO, "Home"), "Night")
    brought = save(save(UserSettings(values(comfyui__timeout=9.0)), "Home"), "Elsewhere")
    after = with_import(before, brought)
    meanwhile = save(after.with_value(SCHEMA, "rvc", "timeout", 8), "Later")
    back = taken_back(meanwhile, before, after)
    assert back.values == before.values
    assert back.profiles == {**before.profiles, "Later": meanwhile.profiles["Later"]}


def test_a_profile_that_was_saved_or_deleted_since_the_import_stays_so() -> None:
    before = save(STUDIO, "Home")
    after = with_import(before, save(UserSettings(values(comfyui__timeout=9.0)), "Home"))
    since = save(after.with_value(SCHEMA, "rvc", "timeout", 8), "Home")
    assert taken_back(since, before, after).profiles == since.profiles
    assert taken_back(delete(after, "Home"), before, after).profiles == {}
