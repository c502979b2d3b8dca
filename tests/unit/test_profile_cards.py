# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preferences tell of profiles, and what an import is said to change."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from movie_director.core import profiles
from movie_director.core.profile_cards import profile_cards
from movie_director.core.settings_changes import changes
from movie_director.core.settings_document import UserSettings
from movie_director.ui import profile_drawing
from movie_director.ui.drawing import Page

from tests.recording_layout import RecordingLayout
from tests.settings_kit import SCHEMA, values

URL = "http://192.168.1.20:8188"


def user(**said: Any) -> UserSettings:
    return UserSettings(values(**said))


def test_presets_come_first_and_stay_as_they_are() -> None:
    cards = profile_cards(SCHEMA, user())
    assert [(row.name, row.is_preset) for row in cards.rows] == [
        ("Local", True),
        ("LAN studio", True),
        ("Development", True),
    ]
    assert cards.none


def test_the_profile_in_use_is_marked_and_whether_something_was_changed_since() -> None:
    saved = profiles.save(user(comfyui__url=URL), "Home")
    marks = {row.name: row.mark for row in profile_cards(SCHEMA, saved).rows}
    # Saving notes the name, which is itself no part of the profile.
    assert marks["Home"] == "in use"
    assert marks["Local"] == ""
    changed = saved.with_value(SCHEMA, "comfyui", "timeout", 9)
    assert {row.name: row.mark for row in profile_cards(SCHEMA, changed).rows}[
        "Home"
    ] == "in use, changed since"


def test_every_profile_and_preset_has_its_buttons() -> None:
    layout: Any = RecordingLayout()
    saved = profiles.save(user(), "Home")
    profile_drawing.draw(layout, profile_cards(SCHEMA, saved), Page(30.0, lambda mark: 0))
    used = [each for each in layout.drawn if each.arguments.get("operator") == "movie_director.load_profile"]
    assert [each.properties["name"] for each in used] == ["Local", "LAN studio", "Development", "Home"]


def test_changes_are_told_by_name_from_what_to_what() -> None:
    before = user(comfyui__url=URL, rvc__enabled=False)
    after = profiles.save(user(rvc__enabled=False, comfyui__timeout=9.0), "Home")
    told = changes(SCHEMA, before, after)
    assert told == (
        "Profile: none → Home",
        f"ComfyUI, Address: {URL} → found by itself",
        "ComfyUI, Longest wait for an answer: 2 s → 9 s",
        "New profile: Home",
    )
    assert changes(SCHEMA, after, after) == ()
    other = UserSettings(after.values, MappingProxyType({"Home": values(comfyui__url=URL)}))
    assert changes(SCHEMA, after, other) == (f"Replaced profile: Home (ComfyUI: {URL})",)
    both = values(comfyui__url="http://me:canary@render:8188", rvc__url="http://b", wan2gp__url="")
    more = UserSettings(after.values, MappingProxyType({**after.profiles, "Night": both}))
    told = changes(SCHEMA, after, more)
    assert told == ("New profile: Night (ComfyUI: http://render:8188, RVC WebUI: http://b)",)
