# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of several scenes decides: the one from which the file's settings were taken."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest
from movie_director.core.errors import ProblemCode
from movie_director.core.migrations import CURRENT
from movie_director.ui.project_state import ProjectState


def saying(url: str) -> str:
    return json.dumps({"version": CURRENT, "settings": {"services": {"comfyui": {"url": url}}}})


MINE, THEIRS, OLD = (saying(f"http://{host}") for host in ("mine", "theirs", "old"))
NEWER = json.dumps({"version": CURRENT + 1})


@dataclass
class Scene:
    key: object
    text: str = ""
    written: list[str] = field(default_factory=list)

    def write(self, text: str) -> None:
        self.written.append(text)
        self.text = text


def opened(*scenes: Scene, preferred: object = "a") -> ProjectState:
    state = ProjectState()
    state.load(scenes, preferred)
    return state


def test_the_scene_in_the_window_decides_and_nothing_is_written_by_loading() -> None:
    a, b = Scene("a", MINE), Scene("b", OLD)
    assert opened(b, a).text == MINE
    assert opened(b, Scene("a")).text == OLD, "one that says nothing leaves it to another"
    assert opened(Scene("a")).text == ""
    assert opened().text == ""
    assert a.written == b.written == []


def test_an_edit_reaches_every_scene_and_only_those_that_differ() -> None:
    a, b, c = Scene("a", MINE), Scene("b"), Scene("c", THEIRS)
    state = opened(a, b, c)
    assert state.write((a, b, c), THEIRS)
    assert (a.text, b.text, c.text) == (THEIRS,) * 3
    assert c.written == []
    assert state.said == {"comfyui": {"url": "http://theirs"}}
    assert not state.write((a, b, c), THEIRS)


def test_a_scene_that_appears_later_does_not_win() -> None:
    a, stranger = Scene("a", MINE), Scene("x", THEIRS)
    state = opened(a)
    assert not state.follow((stranger, a))
    assert (state.text, stranger.text) == (MINE, MINE)


def test_undo_and_scripts_are_followed_in_the_deciding_scene_alone() -> None:
    a, b = Scene("a", MINE), Scene("b", MINE)
    state = opened(a, b)
    b.text = THEIRS  # as redo brings back what an appended scene once said
    assert not state.follow((a, b))
    assert (a.text, b.text) == (MINE, MINE)
    a.text = OLD
    assert state.follow((a, b))
    assert (state.text, b.text) == (OLD, OLD)


def test_when_the_deciding_scene_is_removed_a_known_one_takes_its_place() -> None:
    a, b, stranger = Scene("a", MINE), Scene("b", MINE), Scene("x", THEIRS)
    state = opened(a, b)
    assert not state.follow((stranger, b))
    assert (state.text, stranger.text, state.home) == (MINE, MINE, "b")
    last = Scene("y", THEIRS)
    assert not state.follow((last,)), "nor does one that replaces all"
    assert (state.text, last.text, state.home) == (MINE, MINE, "y")
    assert not state.follow(())


@pytest.mark.parametrize("text", [NEWER, "{"])
def test_what_cannot_be_understood_is_neither_used_nor_spread_nor_overwritten(text: str) -> None:
    a, b = Scene("a", text), Scene("b", MINE)
    state = opened(a, b)
    assert state.error is not None
    assert state.said == {}
    assert not state.follow((a, b))
    assert (a.text, b.text) == (text, MINE)


def test_why_nothing_or_not_all_is_used_is_told_with_the_name_of_the_file() -> None:
    wrong = json.dumps({"version": CURRENT, "settings": {"services": {"comfyui": "x"}}})
    for text, code in (
        (NEWER, ProblemCode.SETTINGS_NEWER),
        ("{", ProblemCode.SETTINGS_UNREADABLE),
        (wrong, ProblemCode.BAD_SETTING),
    ):
        [fault] = opened(Scene("a", text)).faults("film.blend")
        assert (fault.code, fault.parameter("where")) == (code, "film.blend")
    assert opened(Scene("a", MINE)).faults("film.blend") == ()


def test_another_file_starts_anew() -> None:
    state = opened(Scene("a", MINE))
    state.load((Scene("b"),), "b")
    assert (state.text, state.home, state.said) == ("", "b", {})
