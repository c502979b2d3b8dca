# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preferences show beside each setting."""

from __future__ import annotations

from types import MappingProxyType

import pytest
from movie_director.core.drafts import Drafts
from movie_director.core.endpoint import parse_endpoint
from movie_director.core.layers import LayerValues, Values, resolve
from movie_director.core.model import Source, State
from movie_director.core.preference_fields import Field, fault_text, fields, shown_text
from movie_director.core.schema import Key, Layer, Schema, ServiceTraits, Value
from movie_director.core.settings_view import SettingsView
from movie_director.core.snapshot import ServiceStatus

SCHEMA = Schema((ServiceTraits("comfyui", "ComfyUI", 8188, required=True),))
URL = Key("comfyui", "url")


def view(layer: Layer | None = None, key: Key = URL, value: Value = "", detail: str = "") -> SettingsView:
    """Settings in which one layer says one thing."""
    said = Values(MappingProxyType({key: value})) if layer else Values()
    layers = [LayerValues(layer, said, {key: detail})] if layer else []
    user = said if layer is Layer.USER else Values()
    return SettingsView(loaded=True, effective=resolve(SCHEMA, layers), user=user)


def shown(
    view: SettingsView, name: str = "url", drafts: Drafts | None = None, status: ServiceStatus | None = None
) -> Field:
    found = fields(SCHEMA, view, drafts or Drafts(), "comfyui", status)
    return next(each for each in found if each.key.name == name)


def typed(text: str) -> Drafts:
    return Drafts().typed(SCHEMA, URL, text, "", 0.0)


def test_every_setting_of_the_user_has_a_field() -> None:
    names = [each.key.name for each in fields(SCHEMA, view(), Drafts(), "comfyui")]
    expected = [key.name for key, setting in SCHEMA if key.service and Layer.USER in setting.layers]
    assert names == expected
    assert [each.key.name for each in fields(SCHEMA, view(), Drafts(), "")] == ["auto_connect"]


@pytest.mark.parametrize(
    ("layer", "detail", "sentence"),
    [
        (Layer.ENVIRONMENT, "MOVIE_DIRECTOR_COMFYUI_URL", "MOVIE_DIRECTOR_COMFYUI_URL"),
        (Layer.FILE, "/home/me/config.toml, line 7", "/home/me/config.toml, line 7"),
        (Layer.PROJECT, "", "project"),
    ],
)
def test_what_is_decided_elsewhere_is_closed_and_says_where(layer: Layer, detail: str, sentence: str) -> None:
    field = shown(view(layer, URL, "http://x", detail))
    assert not field.is_open
    assert not field.is_wrong
    assert sentence in field.note
    assert field.note[0].isupper()


def test_what_the_user_set_can_be_taken_back() -> None:
    assert not shown(view()).is_set
    field = shown(view(Layer.USER, URL, "http://x"))
    assert field.is_set
    assert field.is_open
    assert field.note == ""


def test_a_wrong_text_has_its_reason_beside_it() -> None:
    field = shown(view(), drafts=typed("http://h:99999"))
    assert field.is_wrong
    assert field.is_set, "it can be taken back"
    assert "99999" in field.note
    assert shown(view(), drafts=typed("http://h")).note == "Used as soon as you stop typing."


def test_a_password_is_not_in_the_reason() -> None:
    assert "geheim" not in shown(view(), drafts=typed("http://me:geheim@h:0/")).note


def test_an_empty_address_says_where_the_service_was_found() -> None:
    assert shown(view()).note == "Empty: it is looked for on this computer."
    status = ServiceStatus(
        "comfyui",
        "ComfyUI",
        True,
        State.CONNECTED,
        0.0,
        endpoint=parse_endpoint("http://127.0.0.1:8188"),
        source=Source.DISCOVERED,
    )
    assert shown(view(), status=status).note == "Found at http://127.0.0.1:8188."


def test_nothing_is_open_before_the_settings_were_read() -> None:
    unread = SettingsView(effective=resolve(SCHEMA, []))
    assert not any(each.is_open for each in fields(SCHEMA, unread, Drafts(), "comfyui"))


def test_an_empty_object_is_an_empty_field() -> None:
    setting = SCHEMA.find(Key("comfyui", "custom_data"))
    assert setting is not None
    assert shown_text(setting, "{}") == ""
    assert shown_text(setting, '{"busy_limit": 9}') == '{"busy_limit": 9}'


def test_a_fault_without_a_reason_is_still_a_sentence() -> None:
    draft = typed("http://").get(URL)
    assert draft is not None
    assert draft.fault is not None
    assert fault_text(draft.fault).startswith("Not used yet: ")
    assert fault_text(type(draft.fault)(draft.fault.code)) == "Not used yet."
