# SPDX-License-Identifier: GPL-3.0-or-later
"""What the fields of the preferences read and write, on the real store of settings."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from movie_director.core import profiles
from movie_director.core.drafts import SETTLE
from movie_director.core.endpoint import Credentials, parse_endpoint
from movie_director.core.errors import ProblemCode
from movie_director.core.keyring import Key as Secret
from movie_director.core.keyring import Origin
from movie_director.core.model import Source, State
from movie_director.core.schema import Key, Schema, ServiceTraits, Value
from movie_director.core.snapshot import ServiceStatus
from movie_director.runtime.settings_store import SettingsStore
from movie_director.ui.preference_values import DOT, DOTS, PreferenceValues

SCHEMA = Schema(
    (
        ServiceTraits("comfyui", "ComfyUI", 8188, required=True),
        ServiceTraits("sixth", "A sixth", 9000, required=False),
    )
)
HERE = Origin("http", "localhost", 8188)


class Form:
    """The preferences without Blender: fields by their dotted names."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        self.store = SettingsStore(SCHEMA, environment or {})
        self.values = PreferenceValues()

    def type(self, name: str, value: Value, now: float = 0.0) -> None:
        key = Key(*name.split(".")) if "." in name else Key("", name)
        setting = SCHEMA.find(key)
        assert setting is not None
        self.values.write(self.store, key, setting, value, now)

    def shows(self, name: str) -> Value:
        key = Key(*name.split(".")) if "." in name else Key("", name)
        setting = SCHEMA.find(key)
        assert setting is not None
        return self.values.read(self.store, key, setting)

    def holds(self, service: str, name: str) -> Value:
        return self.store.newest.effective.get(service, name).value

    def settle(self, now: float = SETTLE) -> bool:
        return self.values.settle(self.store, now)

    def enter_key(self, typed: str, status: ServiceStatus | None = None) -> None:
        self.values.enter_key(self.store, "comfyui", status, typed)

    @property
    def keys(self) -> Mapping[tuple[str, Origin], Secret]:
        return self.store.trust.keys.entries


@pytest.fixture
def form() -> Form:
    return Form()


def test_a_switch_and_a_number_hold_at_once(form: Form) -> None:
    form.type("sixth.enabled", False)
    form.type("sixth.retry_count", 2)
    form.type("sixth.timeout", 2.0999999046325684)
    assert form.holds("sixth", "enabled") is False
    assert form.holds("sixth", "retry_count") == 2
    assert form.shows("sixth.timeout") == 2.1
    form.type("sixth.timeout", 1e9)
    form.type("sixth.retry_count", -5)
    assert form.shows("sixth.timeout") == 300.0
    assert form.shows("sixth.retry_count") == 0


def test_an_address_holds_once_it_is_left_alone(form: Form) -> None:
    form.type("comfyui.url", "http://10.0.0.1")
    form.type("comfyui.url", "http://10.0.0.12:8188", now=1.0)
    assert form.shows("comfyui.url") == "http://10.0.0.12:8188"
    assert not form.settle(SETTLE)
    assert form.holds("comfyui", "url") == ""
    assert form.settle(1.0 + SETTLE)
    assert form.holds("comfyui", "url") == "http://10.0.0.12:8188"
    assert not form.values.drafts


def test_a_half_typed_address_stays_in_its_field(form: Form) -> None:
    form.type("comfyui.url", "http://10.0.")
    assert not form.settle(1e9)
    assert form.shows("comfyui.url") == "http://10.0."
    assert form.holds("comfyui", "url") == ""


def test_name_and_password_of_an_address_become_a_key(form: Form) -> None:
    form.type("comfyui.url", "http://me:geheim@127.0.0.1:8188")
    form.settle()
    assert form.shows("comfyui.url") == "http://127.0.0.1:8188"
    assert form.store.trust.keys.entries[("comfyui", HERE)].credentials == Credentials("me", "geheim")


def test_what_the_environment_says_is_shown_and_wins() -> None:
    form = Form({"MOVIE_DIRECTOR_COMFYUI_URL": "http://env:1", "MOVIE_DIRECTOR_COMFYUI_ENABLED": "0"})
    form.type("comfyui.enabled", True)
    assert form.shows("comfyui.enabled") is False
    assert form.shows("comfyui.url") == "http://env:1"


def test_to_reset_what_is_typed_leaves_what_is_used(form: Form) -> None:
    form.type("comfyui.url", "http://10.0.0.9:8188")
    form.settle()
    form.type("comfyui.url", "http://10.0.0.")
    assert form.values.is_typed("comfyui", "url")
    assert form.values.reset(form.store, "comfyui", "url")
    assert form.shows("comfyui.url") == form.holds("comfyui", "url") == "http://10.0.0.9:8188"
    assert not form.values.can_undo_reset
    assert form.values.reset(form.store, "comfyui", "url")
    assert form.holds("comfyui", "url") == ""


def test_an_address_that_is_chosen_takes_the_place_of_what_is_typed(form: Form) -> None:
    form.type("comfyui.url", "http://10.0.0.1:8188")
    form.values.use_address(form.store, "comfyui", "http://10.0.0.2:8188")
    assert not form.settle()
    assert form.shows("comfyui.url") == form.holds("comfyui", "url") == "http://10.0.0.2:8188"


def test_a_reset_takes_back_and_can_be_undone(form: Form) -> None:
    form.type("comfyui.enabled", False)
    form.type("sixth.timeout", 9.0)
    form.type("auto_connect", False)
    form.type("comfyui.url", "http://half.")
    assert form.values.reset(form.store, "comfyui")
    assert form.holds("comfyui", "enabled") is True
    assert form.holds("sixth", "timeout") == 9.0
    assert form.shows("comfyui.url") == ""
    assert form.values.can_undo_reset
    form.type("sixth.timeout", 8.0)
    form.values.undo_reset(form.store)
    assert form.holds("comfyui", "enabled") is False
    assert form.holds("sixth", "timeout") == 8.0, "what came later stays"
    assert not form.values.can_undo_reset


def test_one_field_or_all_can_be_reset(form: Form) -> None:
    form.type("comfyui.enabled", False)
    form.type("comfyui.timeout", 9.0)
    form.type("auto_connect", False)
    assert form.values.reset(form.store, "comfyui", "timeout")
    assert form.store.newest.user.of("comfyui") == {"enabled": False}
    assert form.values.reset(form.store)
    assert not form.store.newest.user
    assert not form.values.reset(form.store), "there is nothing more"


def test_what_nobody_set_cannot_be_reset_though_a_profile_is_named(form: Form) -> None:
    form.store.change(lambda user: profiles.save(user, "Home"))
    assert not form.values.may_reset(form.store)
    assert not form.values.reset(form.store)
    form.type("comfyui.url", "http://half.")
    assert form.values.may_reset(form.store)
    assert form.values.may_reset(form.store, "comfyui")
    assert form.values.may_reset(form.store, "comfyui", "url")
    assert not form.values.may_reset(form.store, "sixth")
    assert form.values.reset(form.store)
    assert not form.values.may_reset(form.store)


def test_to_reset_all_is_to_use_no_profile(form: Form) -> None:
    form.store.change(lambda user: profiles.load(SCHEMA, user, "LAN studio"))
    assert form.values.reset(form.store, "comfyui")
    assert form.store.user.values.get("", "profile") == "LAN studio"
    assert form.values.reset(form.store)
    assert not form.store.user.values
    form.values.undo_reset(form.store)
    assert form.store.user.values.get("", "profile") == "LAN studio"


def test_what_replaces_everything_uses_what_was_typed_and_drops_what_cannot_be(form: Form) -> None:
    form.type("comfyui.url", "http://10.0.0.9:8188")
    form.type("sixth.url", "http://10.0.")
    form.values.settle_all(form.store)
    assert form.holds("comfyui", "url") == "http://10.0.0.9:8188"
    assert form.shows("sixth.url") == "http://10.0."
    form.values.drop_drafts()
    assert form.shows("sixth.url") == ""
    assert form.holds("comfyui", "url") == "http://10.0.0.9:8188"


def test_the_end_keeps_what_can_be_used_and_leaves_nothing_for_another_life(form: Form) -> None:
    form.type("comfyui.url", "http://10.0.0.9:8188")
    form.type("sixth.url", "http://10.0.")
    form.enter_key("sk\ncanary")
    assert form.values.key_faults
    form.values.end(form.store)
    assert form.holds("comfyui", "url") == "http://10.0.0.9:8188"
    assert not form.values.drafts
    assert not form.values.key_faults


def test_a_key_goes_in_and_never_comes_out(form: Form) -> None:
    form.enter_key("sk-canary")
    assert form.keys[("comfyui", HERE)] == Secret("sk-canary")
    form.enter_key(DOTS)
    assert form.keys[("comfyui", HERE)] == Secret("sk-canary"), "dots change nothing"
    form.enter_key(DOT * 3 + "sk-other")
    assert form.keys[("comfyui", HERE)] == Secret("sk-other")
    assert form.values.forget_key(form.store, "comfyui", None)
    assert not form.values.forget_key(form.store, "comfyui", None)
    assert not form.keys


def test_an_emptied_key_is_forgotten(form: Form) -> None:
    form.enter_key("sk-canary")
    form.enter_key("")
    assert not form.keys


def test_a_key_keeps_the_password_of_its_address(form: Form) -> None:
    form.store.set_key("comfyui", HERE, Secret(credentials=Credentials("me", "geheim")))
    form.enter_key("sk-canary")
    assert form.keys[("comfyui", HERE)] == Secret("sk-canary", Credentials("me", "geheim"))


def test_a_key_that_cannot_be_sent_is_told(form: Form) -> None:
    form.enter_key("sk\ncanary")
    fault = form.values.key_faults["comfyui"]
    assert fault.code is ProblemCode.BAD_SETTING
    assert "canary" not in repr(fault)
    form.enter_key("sk-canary")
    assert not form.values.key_faults


def test_a_key_is_for_the_address_in_the_field_though_it_was_not_used_yet(form: Form) -> None:
    form.type("comfyui.url", "http://10.0.0.1:4000")
    form.settle()
    form.type("comfyui.url", "http://10.0.0.9:4000", now=2.0)
    form.enter_key("sk-canary")
    assert form.holds("comfyui", "url") == "http://10.0.0.9:4000"
    assert form.keys == {("comfyui", Origin("http", "10.0.0.9", 4000)): Secret("sk-canary")}


def test_a_key_beside_an_address_that_cannot_be_used_is_kept_for_none(form: Form) -> None:
    form.type("comfyui.url", "http://10.0.")
    form.enter_key("sk-canary")
    assert not form.keys
    assert form.values.key_faults["comfyui"].parameter("reason") == "correct the address first"
    assert "canary" not in repr(form.values.key_faults)
    assert not form.values.forget_key(form.store, "comfyui", None)
    form.type("comfyui.url", "http://10.0.0.9:4000")
    form.settle()
    form.enter_key("sk-canary")
    assert form.keys == {("comfyui", Origin("http", "10.0.0.9", 4000)): Secret("sk-canary")}
    assert not form.values.key_faults


def test_a_key_is_not_for_the_address_that_was_just_taken_out(form: Form) -> None:
    form.type("comfyui.url", "http://10.0.0.1:4000")
    form.settle()
    there = ServiceStatus(
        "comfyui",
        "ComfyUI",
        True,
        State.CONNECTED,
        0.0,
        endpoint=parse_endpoint("http://10.0.0.1:4000"),
        source=Source.CONFIGURED,
    )
    form.type("comfyui.url", "", now=2.0)
    form.enter_key("sk-canary", there)
    assert form.keys == {("comfyui", HERE): Secret("sk-canary")}


def test_an_address_that_the_environment_says_has_the_key_whatever_is_typed() -> None:
    form = Form({"MOVIE_DIRECTOR_COMFYUI_URL": "http://env:1"})
    form.type("comfyui.url", "http://10.0.0.9:4000")
    form.enter_key("sk-canary")
    assert form.keys == {("comfyui", Origin("http", "env", 1)): Secret("sk-canary")}
