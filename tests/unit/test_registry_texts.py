"""The registry as a terminal shows it, and the words of its parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from movie_director.cli.lines import Line
from movie_director.cli.services import nothing_text, services_lines
from movie_director.cli.table import status_lines
from movie_director.core.facts import Capability, LanguageModel, Parameter, ServiceInfo
from movie_director.core.model import Health, State
from movie_director.core.registry import offers, who_can_make
from movie_director.core.registry_texts import (
    counts_text,
    listed,
    makes_text,
    operation_text,
    parameter_text,
    seen_text,
    support_text,
)
from movie_director.core.serialisation import Clocks
from movie_director.core.snapshot import Remembered, ServiceStatus
from movie_director.core.versions import Support, VersionRule

from tests.samples import COMFY, HERE, NOW, snapshot, status

AT = Clocks(NOW, 1_795_219_200.25)
RULE = VersionRule("0.3.45", "0.33.0")
CHECKPOINTS = tuple(f"model {number}" for number in range(12))
STOCKED = replace(COMFY, models=(("checkpoints", CHECKPOINTS), ("vae", ()), ("loras", ("a", "b"))))
PROXY = ServiceInfo(
    "LiteLLM",
    "1.106.0",
    language_models=(LanguageModel("gpt-5", "openai"), LanguageModel("local")),
    complete=True,
)
GENERATE = Capability(
    "video", "generate", (Parameter("prompt", "text"), Parameter("steps", "number", 1.0, 100.0))
)


def plain(lines: Iterable[Line]) -> str:
    return "\n".join("".join(span.text for span in line) for line in lines)


def seen(info: ServiceInfo, **changes: Any) -> Remembered:
    entry = Remembered("wan2gp", "http://127.0.0.1:7860", AT.wall - 7200.0, replace(info, complete=True))
    return replace(entry, **changes)


def rows() -> list[ServiceStatus]:
    return [
        status(State.SUSPENDED, service="wan2gp", label="Wan2GP", retry_at=NOW + 6.2, makes=("video",)),
        status(State.CONNECTED, info=STOCKED, makes=("image", "video")),
        status(State.CONNECTED, service="litellm", label="LiteLLM", info=PROXY, makes=("text",)),
        status(State.DISABLED, service="rvc", label="RVC", makes=("voice",)),
    ]


def shown(make: str | None = None, width: int | None = None, *, all_names: bool = False) -> str:
    wan = ServiceInfo("Wan2GP", "12.60", models=(("t2v", ("wan", "hunyuan")),), capabilities=(GENERATE,))
    board = snapshot(*rows(), remembered={"wan2gp": seen(wan)})
    found = offers(board) if make is None else who_can_make(board, make)
    rules = {"comfyui": RULE}
    return plain(services_lines(board, found, AT, width, rules, all_names=all_names))


# --- as a whole -------------------------------------------------------------------------------------------


def test_everything_that_can_be_made() -> None:
    assert (
        shown()
        == """\
● LiteLLM 1.106.0  Connected                http://127.0.0.1:8188
  Makes      text
  Models     2 language models

● ComfyUI 0.33.0   Connected                http://127.0.0.1:8188  2 in the queue
  Makes      images, video
  Models     12 checkpoints, 2 loras

✖ Wan2GP           Paused, next try in 7 s
  Makes      video
  By         generate: prompt (text), steps (1 to 100)
  Last seen  2 h ago at http://127.0.0.1:7860: 2 t2v

Language models
  gpt-5 (openai), local"""
    )


def test_all_names_on_a_narrow_terminal() -> None:
    drawn = shown("video", 60, all_names=True).splitlines()
    assert drawn[2:5] == [
        "  Models     checkpoints: model 0, model 1, model 2, model",
        "             3, model 4, model 5, model 6, model 7, model 8,",
        "             model 9, model 10, model 11",
    ]
    assert drawn[-2:] == [
        "  Last seen  2 h ago at http://127.0.0.1:7860: 2 t2v",
        "  Models     t2v: wan, hunyuan",
    ]
    assert "Language models" not in drawn, "no question about text"


def test_what_is_still_being_read_is_said() -> None:
    reading = replace(STOCKED, models=(), complete=False)
    board = snapshot(status(State.CONNECTED, info=reading, makes=("image",)))
    drawn = plain(services_lines(board, offers(board), AT, None, {}, all_names=False))
    assert drawn.endswith("\n  Models     still being read")


def test_an_operation_that_makes_two_things_stands_there_once() -> None:
    both = replace(COMFY, models=(), capabilities=(replace(GENERATE, makes="image"), GENERATE))
    board = snapshot(status(State.CONNECTED, info=both))
    drawn = plain(services_lines(board, offers(board), AT, None, {}, all_names=False))
    assert drawn.count("generate:") == 1
    assert "  Makes      images, video\n" in drawn


@pytest.mark.parametrize(
    ("make", "ready_only", "sentence"),
    [
        (None, False, "No service makes anything."),
        ("voice", False, "No service makes voices."),
        ("image", True, "Nothing that makes images is ready."),
        (None, True, "Nothing is ready."),
    ],
)
def test_nothing_is_a_sentence(make: str | None, ready_only: bool, sentence: str) -> None:
    assert nothing_text(make, ready_only=ready_only) == sentence


# --- versions ---------------------------------------------------------------------------------------------

TOO_OLD = status(State.CONNECTED, info=replace(COMFY, version="0.3.10"), support=Support.TOO_OLD)
TOO_OLD_TEXT = "ComfyUI 0.3.10 is older than 0.3.45, the oldest that works with Movie Director: update it."
NEWER = status(State.CONNECTED, info=replace(COMFY, version="0.34"), support=Support.NEWER)
NEWER_TEXT = "ComfyUI 0.34 is newer than 0.33.0, the newest that was tested with Movie Director."


@pytest.mark.parametrize(
    ("service", "sentence"),
    [
        (TOO_OLD, TOO_OLD_TEXT),
        (NEWER, NEWER_TEXT),
        (status(State.CONNECTED, support=Support.TESTED), ""),
        (status(State.CONNECTED, support=Support.UNKNOWN), ""),
    ],
)
def test_an_unusual_version_is_told_in_one_sentence(service: ServiceStatus, sentence: str) -> None:
    assert support_text(service, RULE) == sentence


def test_without_a_limit_the_sentence_is_shorter() -> None:
    assert support_text(TOO_OLD, VersionRule()) == (
        "ComfyUI is too old to work with Movie Director: update it."
    )


def test_the_status_notes_an_unusual_version_below_the_table() -> None:
    def noted(service: ServiceStatus) -> str:
        lines = status_lines(snapshot(service), NOW, None, {}, {"comfyui": RULE})
        return plain(lines).partition("(1 of 1 ready)")[2]

    assert noted(TOO_OLD) == f"\n\n▲ {TOO_OLD_TEXT}"
    assert noted(NEWER) == f"\n\n  {NEWER_TEXT}"
    assert noted(status(State.CONNECTED, support=Support.TESTED)) == ""
    gone = replace(TOO_OLD, state=State.RECONNECTING, health=None)
    assert TOO_OLD_TEXT not in plain(status_lines(snapshot(gone), NOW, None, {}, {"comfyui": RULE}))


def test_the_registry_notes_an_unusual_version_with_the_service() -> None:
    board = snapshot(replace(TOO_OLD, makes=("image",), health=Health.READY))
    drawn = plain(services_lines(board, offers(board), AT, None, {"comfyui": RULE}, all_names=False))
    assert drawn.endswith(f"\n▲ {TOO_OLD_TEXT}")


# --- the parts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        (Parameter("prompt", "text"), "prompt (text)"),
        (Parameter("steps", "number", 1.0, 100.0), "steps (1 to 100)"),
        (Parameter("seed", "number", -1.0, 999_999_999.0), "seed (-1 to 999999999)"),
        (Parameter("cfg", "number", 0.5), "cfg (0.5 or more)"),
        (Parameter("cfg", "number", None, 7.5), "cfg (7.5 or less)"),
        (Parameter("seed", "number"), "seed (a number)"),
        (Parameter("size", "choice", choices=("a", "b")), "size (one of 2)"),
        (Parameter("loop", "boolean"), "loop (yes or no)"),
        (Parameter("odd", "range"), "odd"),
        (Parameter("odd", "cheese"), "odd"),
    ],
)
def test_a_parameter(parameter: Parameter, words: str) -> None:
    assert parameter_text(parameter) == words


def test_an_operation_lists_a_few_parameters_unless_all_are_wanted() -> None:
    many = Capability("video", "go", tuple(Parameter(f"p{number}", "number") for number in range(8)))
    assert operation_text(many).endswith("p5 (a number) and 2 more")
    assert operation_text(many, all_names=True).endswith("p6 (a number), p7 (a number)")
    assert operation_text(Capability("video", "go")) == "go"
    assert operation_text(Capability("video")) == ""


def test_counts_and_lists() -> None:
    assert counts_text(replace(STOCKED, language_models=PROXY.language_models)) == (
        "12 checkpoints, 2 loras, 2 language models"
    )
    assert counts_text(ServiceInfo("x", models=(("", ("a",)),))) == "1 model file"
    many = tuple((f"kind {number}", ("x", "y")) for number in range(8))
    assert counts_text(ServiceInfo("x", models=many)).endswith("2 kind 5 and 2 other kinds")
    assert listed(("a", "b")) == "a, b"
    assert makes_text(("image", "voice")) == "images, voices"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (seen(STOCKED), "2 h ago at http://127.0.0.1:7860: 12 checkpoints, 2 loras"),
        (
            seen(STOCKED, shortened=True, url=HERE.url),
            "2 h ago at http://127.0.0.1:8188: at least 12 checkpoints, 2 loras",
        ),
        (seen(replace(STOCKED, models=()), seen_at=AT.wall + 60), "0 s ago at http://127.0.0.1:7860"),
    ],
)
def test_when_it_was_last_seen_and_with_what(entry: Remembered, words: str) -> None:
    assert seen_text(entry, AT.wall) == words
