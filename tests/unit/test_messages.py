"""Every problem has words, the words keep the house style, and nothing makes them fail."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from movie_director.core.changes import Kind
from movie_director.core.diagnosis import Layer, Verdict
from movie_director.core.english import ENGLISH
from movie_director.core.errors import Parameter, ProblemCode, problem
from movie_director.core.llm import KeyState
from movie_director.core.messages import FIXES, Fix, explain, message, text
from movie_director.core.presentation import Colour
from movie_director.core.registry import MAKES
from movie_director.core.versions import Support

SAMPLES: dict[str, Parameter] = {
    "program": "ComfyUI",
    "address": "192.168.100.200:18188",
    "host": "render-station.local",
    "found": "Stable Diffusion WebUI",
    "strangers": "Fooocus at 127.0.0.1:8188",
    "silent": "127.0.0.1:8188",
    "locked": "127.0.0.1:7860",
    "other": "127.0.0.1:8189",
    "instead": "127.0.0.1:8189",
    "location": "https://login.example.org/",
    "example": "http://127.0.0.1:8188",
    "login": "http://name:password@127.0.0.1:7865",
    "status": 500,
    "seconds": 2.0,
    "limit": 8 * 1024 * 1024,
    "name": "MOVIE_DIRECTOR_COMFYUI_URL",
    "value": "htp://localhost",
    "reason": "it is empty",
    "where": "/home/me/settings.json",
    "kept": "settings-unreadable-1.json",
    "nearest": "comfyui",
    "known": "comfyui",
    "start_hint": "In the folder of ComfyUI, run: python main.py.",
    "attempts": 5,
    "ready": 1,
    "total": 2,
    "url": "http://127.0.0.1:8188",
    "version": "0.33.0",
    "model": "story-writer",
    "variables": "OPENAI_API_KEY, ANTHROPIC_API_KEY",
    "oldest": "0.3.45",
    "newest": "0.33.0",
    "makes": "video",
    "count": 12,
    "names": "12 checkpoints",
    "minimum": "1",
    "maximum": "100",
    "project": "film.blend",
}

JARGON = re.compile(
    r"\b(port|ports|https?|sockets?|tcp|tls|ssl|dns|time-?out|exception|traceback|null|none|endpoint|url|json"
    r"|websocket|refused|protocol|server|client|request|response|status|certificate|redirect|localhost"
    r"|backend|thread)\b",
    re.IGNORECASE,
)
MAY_BE_TECHNICAL = {
    ("stream-refused", "advice"): "whoever put a proxy there knows the word WebSocket",
    ("certificate", "advice"): "the certificate is what has to be looked at",
    ("certificate-expired", "advice"): "as above",
    ("certificate-too-early", "advice"): "as above",
    ("certificate-other-name", "advice"): "as above",
    ("certificate-self-signed", "advice"): "as above",
    ("certificate-unknown", "advice"): "as above",
}
"""Texts for a reader who must have set up the very thing."""
STAYS_UNNAMED = {
    "unknown-service",
    "bad-setting",
    "unknown-setting",
    "settings-unreadable",
    "settings-kept-aside",
    "settings-newer",
    "settings-not-saved",
    "import-unreadable",
    "import-newer",
    "bad-profile",
    "unknown-profile",
    "too-many-profiles",
    "keys-were-open",
}
"""Problems that are about no program."""


GUIDE = Path(__file__).resolve().parents[2] / "docs" / "problems.md"
GUIDE_SAMPLES: dict[str, Parameter] = {
    "program": "ComfyUI",
    "address": "127.0.0.1:8188",
    "host": "render.lan",
    "found": "Stable Diffusion",
    "location": "https://login.example.org",
    "status": 500,
    "seconds": 3.0,
    "limit": 8 * 1024 * 1024,
}
SETTING: dict[str, Parameter] = {
    "name": "MOVIE_DIRECTOR_COMFYUI_TIMEOUT",
    "value": "ten",
    "reason": "expected a number of seconds from 1 to 300",
}
USER_FILE = "/home/me/.config/movie-director/settings.json"
GUIDE_SAMPLES_OF: dict[ProblemCode, dict[str, Parameter]] = {
    ProblemCode.BAD_URL: {
        "value": "htp://localhost",
        "reason": "the scheme 'htp' is not one of http, https, ws, wss",
    },
    ProblemCode.BAD_SETTING: SETTING,
    ProblemCode.UNKNOWN_SERVICE: {"value": "comfy", "nearest": "comfyui"},
    ProblemCode.UNKNOWN_SETTING: {
        "name": "MOVIE_DIRECTOR_COMFYUI_TIMOUT",
        "nearest": "MOVIE_DIRECTOR_COMFYUI_TIMEOUT",
    },
    ProblemCode.SETTINGS_UNREADABLE: {
        "where": "/home/me/.config/movie-director/config.toml",
        "reason": "Expected '=' after a key (line 3)",
    },
    ProblemCode.SETTINGS_KEPT_ASIDE: {"where": USER_FILE, "kept": "settings-unreadable-1.json"},
    ProblemCode.SETTINGS_NEWER: {"where": USER_FILE},
    ProblemCode.SETTINGS_NOT_SAVED: {"where": USER_FILE, "reason": "No space left on device"},
    ProblemCode.IMPORT_UNREADABLE: {
        "where": "/home/me/notes.json",
        "reason": "it holds no settings that can be used",
    },
    ProblemCode.IMPORT_NEWER: {"where": "/home/me/export.json"},
    ProblemCode.BAD_PROFILE: {"value": "Local", "reason": "a preset has this name"},
    ProblemCode.UNKNOWN_PROFILE: {"value": "Nigth", "nearest": "Night"},
    ProblemCode.TOO_MANY_PROFILES: {"count": 104, "maximum": "100"},
    ProblemCode.NOT_ALLOWED: {"address": "192.168.1.20:8188"},
    ProblemCode.KEYS_WERE_OPEN: {"where": "/home/me/.config/movie-director/secrets.json"},
}


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_is_explained_with_and_without_parameters(code: ProblemCode) -> None:
    assert code in FIXES
    for context in ({}, SAMPLES):
        explanation = explain(problem(code), context)
        for sentence in (explanation.title, explanation.advice):
            assert re.fullmatch(r"[A-Z'].*[.?]", sentence), sentence
            assert "{" not in sentence
            assert "  " not in sentence
    assert len(explain(problem(code), SAMPLES).title) < 120


@pytest.mark.parametrize("code", ProblemCode)
@pytest.mark.parametrize("part", ["title", "advice"])
def test_problems_are_told_without_jargon(code: ProblemCode, part: str) -> None:
    if (code.value, part) in MAY_BE_TECHNICAL:
        return
    for template in ENGLISH[f"problem.{code.value}.{part}"]:
        words = re.sub(r"\{[^}]*\}|https?://\S*", "", template)
        assert not JARGON.search(words), template


@pytest.mark.parametrize("code", sorted({code.value for code in ProblemCode} - STAYS_UNNAMED))
def test_titles_name_the_program(code: str) -> None:
    assert "{program}" in ENGLISH[f"problem.{code}.title"][-1]


@pytest.mark.parametrize("id", sorted(ENGLISH))
def test_every_text_can_be_written_from_known_parameters(id: str) -> None:
    for template in ENGLISH[id]:
        assert fields(template) <= set(SAMPLES), f"{template}: not among the documented parameters"
    assert fields(ENGLISH[id][-1]) <= {"program", "reason", "attempts", "seconds", "ready", "total"}
    assert text(message(id, **SAMPLES)) != id


@pytest.mark.parametrize(
    ("group", "members"),
    [("fix", Fix), ("layer", Layer), ("verdict", Verdict), ("light", Colour), ("change", Kind)],
)
def test_every_member_has_its_word(group: str, members: type[Fix]) -> None:
    assert {f"{group}.{member.value}" for member in members} <= set(ENGLISH)


def test_everything_that_is_known_of_a_key_has_its_words() -> None:
    assert {f"llm.key-{state.value}" for state in KeyState} <= set(ENGLISH)


def test_every_thing_that_can_be_made_has_its_word() -> None:
    assert {f"makes.{each}" for each in MAKES} <= set(ENGLISH)


def test_a_version_that_is_not_as_tested_is_told_in_one_sentence() -> None:
    for support in (Support.TOO_OLD, Support.NEWER):
        told = text(message(f"support.{support.value}", **SAMPLES))
        assert re.fullmatch(r"ComfyUI 0\.33\.0 is .*\.", told), told


@pytest.mark.parametrize("code", ProblemCode)
def test_the_guide_to_problems_says_what_the_program_says(code: ProblemCode) -> None:
    told = explain(problem(code), {**GUIDE_SAMPLES, **GUIDE_SAMPLES_OF.get(code, {})})
    beginning = f"\n### `{code.value}`\n**{told.title}**\n{told.advice}\n"
    assert GUIDE.read_text("utf-8").count(beginning) == 1, beginning


def test_the_guide_names_no_problem_that_does_not_exist() -> None:
    named = re.findall(r"^### `(.+)`$", GUIDE.read_text("utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(code.value for code in ProblemCode)


def test_a_complete_explanation() -> None:
    refused = problem(ProblemCode.REFUSED, "connect to 127.0.0.1:8188: errno 111", address="127.0.0.1:8188")
    told = explain(refused, {"program": "ComfyUI", "start_hint": "In its folder, run: python main.py."})
    assert told.title == "ComfyUI is not running at 127.0.0.1:8188."
    assert told.advice == "In its folder, run: python main.py."
    assert told.fix is Fix.START_PROGRAM


def test_parameters_of_the_problem_win_over_its_place() -> None:
    lost = problem(ProblemCode.CONNECTION_LOST, address="127.0.0.1:9000")
    told = explain(lost, {"program": "ComfyUI", "address": "127.0.0.1:8188"})
    assert told.title == "ComfyUI at 127.0.0.1:9000 ended the connection."


def test_the_service_of_a_problem_names_the_program() -> None:
    missing = problem(ProblemCode.NOT_FOUND, service="RVC")
    assert explain(missing).title == "RVC was not found on this computer."


def test_missing_parameters_choose_simpler_words() -> None:
    late = problem(ProblemCode.CONNECT_TIMEOUT, address="10.0.0.9:80")
    assert explain(late).title == "The program cannot be reached: 10.0.0.9:80 does not react."
    late = problem(ProblemCode.CONNECT_TIMEOUT, address="10.0.0.9:80", seconds=3)
    assert explain(late).title == "The program cannot be reached: 10.0.0.9:80 did not react within 3 s."


@pytest.mark.parametrize("seconds", ["soon", float("nan"), float("-inf"), 10**400])
def test_parameters_of_the_wrong_kind_do_no_harm(seconds: Parameter) -> None:
    late = problem(ProblemCode.NO_ANSWER, seconds=seconds)
    assert explain(late, {"program": "RVC"}).title.startswith("RVC is running, but ")


@pytest.mark.parametrize("hostile", ["{program}", "{0.__class__}", "{", "%s", "}{"])
def test_braces_in_parameters_stay_what_they_are(hostile: str) -> None:
    wrong = problem(ProblemCode.WRONG_PROGRAM, address="[::1]:80", found=hostile)
    title = explain(wrong, {"program": "ComfyUI"}).title
    assert title == f"ComfyUI was expected at [::1]:80, but '{hostile}' answers there."


def test_another_catalogue_is_used_where_it_has_a_text() -> None:
    german = {"problem.refused.title": ("{program} läuft nicht.",)}
    told = explain(problem(ProblemCode.REFUSED), {"program": "RVC"}, german)
    assert told.title == "RVC läuft nicht."
    assert told.advice == "Start RVC; it is connected as soon as it answers."


def test_an_unknown_message_shows_its_id() -> None:
    assert text(message("state.dreaming", seconds=1)) == "state.dreaming"
