# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel of project settings tells, and how it is put into a layout."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from movie_director.core.card_parts import Mark
from movie_director.core.checking import bad_setting, no_object
from movie_director.core.consent import Consent, withheld_from_project
from movie_director.core.consent_cards import allowed, question
from movie_director.core.errors import Problem, ProblemCode, problem
from movie_director.core.keyring import Origin
from movie_director.core.last_connections import LastConnection
from movie_director.core.layers import LayerValues, resolve, to_settings
from movie_director.core.messages import message, text
from movie_director.core.project_cards import KnownOfProject, ProjectBox, ProjectField, project_cards
from movie_director.core.project_layer import read_project
from movie_director.core.schema import Key, Layer, Value
from movie_director.core.settings_view import SettingsView
from movie_director.core.wrapping import width
from movie_director.ui import project_drawing
from movie_director.ui.drawing import Page

from tests.recording_layout import Drawn, RecordingLayout
from tests.settings_kit import SCHEMA, layer

FILE = "film.blend"
THERE = "http://192.168.1.20:8188"
ICONS = {mark: number for number, mark in enumerate(Mark, start=1)}


def known(
    said: dict[str, dict[str, object]] | None = None,
    *,
    file: dict[str, Value] | None = None,
    consent: Consent | None = None,
    extra: tuple[Problem, ...] = (),
) -> KnownOfProject:
    """What is known when a project says this, and the config file that."""
    project, problems = read_project(SCHEMA, said or {}, FILE)
    user = layer(Layer.USER, comfyui__timeout=7.0)
    layers = (layer(Layer.FILE, **(file or {})), project, user)
    effective = resolve(SCHEMA, layers)
    withheld = withheld_from_project(SCHEMA, layers, effective, consent or Consent())
    view = SettingsView(
        loaded=True,
        effective=effective,
        settings=to_settings(SCHEMA, effective, withheld=withheld),
        user=user.values,
        project=project.values,
        consent=consent or Consent(),
        problems=(*extra, *problems),
    )
    return KnownOfProject(SCHEMA, view, said or {}, where=FILE, unfolded={"comfyui": True})


def box(what: KnownOfProject, service: str = "comfyui") -> ProjectBox:
    return next(each for each in project_cards(what).services if each.service == service)


def field(what: KnownOfProject, name: str) -> ProjectField:
    return next(each for each in box(what).fields if each.key == Key("comfyui", name))


def test_what_is_not_set_tells_what_holds_and_who_says_so() -> None:
    shown = field(known(), "timeout")
    assert (shown.is_set, shown.value) == (False, "7 s (set in the preferences)")
    assert field(known(), "retry_count").value == "4 (default)"
    assert field(known(), "url").value == "found by itself (default)"
    assert field(known(), "custom_data").value == "none (default)"
    assert "api_key" not in [each.key.name for each in box(known()).fields]
    assert "ca_file" not in [each.key.name for each in box(known()).fields]
    assert [each.key.name for each in project_cards(known()).general] == ["auto_connect", "profile"]


def test_the_profile_of_a_project_is_said_to_be_a_note() -> None:
    tooltip = project_cards(known()).general[1].tooltip
    assert tooltip.startswith(text(message("project-tip.profile")))
    assert text(message("setting-help.profile")) not in tooltip


def test_what_is_set_is_a_field_even_where_it_is_the_default() -> None:
    shown = field(known({"comfyui": {"enabled": True}}), "enabled")
    assert (shown.is_set, shown.note, shown.value) == (True, "", "")
    assert box(known({"comfyui": {"enabled": True}})).summary == "1 set here"


def test_who_wins_over_the_project_is_told() -> None:
    shown = field(known({"comfyui": {"timeout": 5}}, file={"comfyui__timeout": 9.0}), "timeout")
    assert (shown.is_set, shown.note, shown.is_wrong) == (True, "Set in the config file", False)


def test_a_mistake_in_the_file_stands_beside_its_field() -> None:
    what = known({"comfyui": {"timeout": 9999}, "nobody": {"url": "x"}})
    shown = field(what, "timeout")
    assert (shown.is_set, shown.is_wrong) == (True, True)
    assert shown.note == "Not used: expected a number of seconds from 1 to 300."
    assert len(project_cards(what).problems) == 1, "what has no field is told above"
    assert "nobody.url" in project_cards(what).problems[0]


@pytest.mark.parametrize("where", [FILE, ""])
def test_a_part_of_the_file_that_says_nothing_is_told_and_can_be_reset(where: str) -> None:
    wrong = no_object("settings.services.comfyui", "x", where).problem
    shown = project_cards(replace(known(extra=(wrong,)), where=where))
    assert ("settings.services.comfyui" in shown.problems[0], shown.may_reset) == (True, True)
    other = no_object("settings.services.comfyui", "x", "/home/settings.json").problem
    assert project_cards(known(extra=(other,))).problems == ()


def test_the_mistake_of_another_file_is_not_taken_for_one_of_the_project() -> None:
    other = bad_setting("comfyui.timeout", "x", "expected more", "/home/settings.json").problem
    assert not field(known({"comfyui": {"timeout": 9999}}, extra=(other,)), "timeout").note.endswith("more.")
    assert not field(known(extra=(other,)), "timeout").is_wrong
    assert project_cards(known(extra=(other,))).problems == ()


def test_what_was_entered_and_cannot_be_used_stays_beside_its_field() -> None:
    fault = bad_setting("comfyui.url", "x", "expected an address").problem
    shown = field(replace(known(), faults={Key("comfyui", "url"): fault}), "url")
    assert (shown.is_set, shown.is_wrong, shown.note) == (True, True, "Not used: expected an address.")


def test_services_are_folded_out_where_there_is_something_to_see() -> None:
    what = replace(known({"rvc": {"enabled": False}}), unfolded={})
    assert [each.service for each in project_cards(what).services if each.is_unfolded] == ["rvc"]
    folded = replace(what, unfolded={"rvc": False, "comfyui": True})
    assert [each.service for each in project_cards(folded).services if each.is_unfolded] == ["comfyui"]


def test_a_project_of_a_newer_version_can_only_be_reset() -> None:
    fault = problem(ProblemCode.SETTINGS_NEWER, where=FILE, project=FILE)
    shown = project_cards(replace(known(), fault=fault))
    assert shown.is_locked
    assert shown.may_reset
    assert (shown.general, shown.services) == ((), ())
    assert FILE in shown.problems[0]


def test_where_a_service_was_is_told() -> None:
    hints = MappingProxyType({"comfyui": LastConnection(THERE, "2026-11-21T06:30Z")})
    assert box(replace(known(), hints=hints)).last == f"Last connected at {THERE}, 2026-11-21 06:30 UTC."


def test_an_address_on_another_computer_is_asked_for_until_it_is_allowed() -> None:
    said: dict[str, dict[str, object]] = {"comfyui": {"url": THERE}}
    asked = box(known(said)).question
    assert asked is not None
    assert (asked.once, asked.always) == (f"Allow {THERE} once", f"Always allow {THERE}")
    assert box(known(said)).summary == "needs your consent"
    consent = Consent(once=frozenset({Origin.parse(THERE)}))
    assert box(known(said, consent=consent)).question is None
    assert question(known({"comfyui": {"url": "http://127.0.0.1:1"}}).view, "comfyui") is None


def test_allowed_addresses_are_listed_with_how_long() -> None:
    consent = Consent(
        always=frozenset({Origin.parse("http://b:1")}), once=frozenset({Origin.parse("http://a:1")})
    )
    shown = allowed(known(consent=consent).view)
    assert [(each.origin, each.until) for each in shown] == [
        ("http://a:1", "until Blender ends"),
        ("http://b:1", "always"),
    ]


def test_before_the_settings_are_read_nothing_is_shown() -> None:
    for what in (None, replace(known(), view=SettingsView())):
        assert project_cards(what).reading
        assert project_cards(what).services == ()


# --- drawn --------------------------------------------------------------------------------------------------


def drawn(what: KnownOfProject | None, room: float = 30.0) -> list[Drawn]:
    layout: Any = RecordingLayout()
    project_drawing.draw(layout, lambda service: service, project_cards(what), Page(room, ICONS.__getitem__))
    return layout.drawn


@pytest.mark.parametrize("room", [10.0, 16.0, 24.0, 60.0])
def test_nothing_is_wider_than_the_region(room: float) -> None:
    what = known({"comfyui": {"timeout": 9999, "url": THERE}})
    for each in drawn(what, room):
        if each.method == "operator" and each.arguments["operator"] == "movie_director.copy_text":
            assert width(each.text) <= room, each.text


def test_a_field_has_a_box_that_takes_it_back_and_the_others_one_that_sets_them() -> None:
    calls = drawn(known({"comfyui": {"timeout": 5}}))
    fields = [each.arguments for each in calls if each.method == "prop"]
    assert [(each["data"], each["property"]) for each in fields] == [("comfyui", "timeout")]
    boxes = {
        (
            each.arguments["operator"].rpartition(".")[2],
            each.properties["service"],
            each.properties["setting"],
        )
        for each in calls
        if each.method == "operator" and "setting" in each.properties
    }
    assert ("reset_project_settings", "comfyui", "timeout") in boxes
    assert ("set_for_project", "comfyui", "url") in boxes
    assert ("set_for_project", "", "auto_connect") in boxes


def test_the_layer_values_are_those_of_the_file() -> None:
    """What the tests above rely on: details name the file."""
    found, _ = read_project(SCHEMA, {"comfyui": {"timeout": 5}}, FILE)
    assert found == LayerValues(Layer.PROJECT, found.values, {Key("comfyui", "timeout"): FILE})
