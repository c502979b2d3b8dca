# SPDX-License-Identifier: GPL-3.0-or-later
"""The LLM integration as a view of snapshots, and the line that tells it."""

from __future__ import annotations

from typing import Any

import pytest
from movie_director.cli.lines import Line
from movie_director.cli.table import status_lines
from movie_director.cli.watch import frame
from movie_director.core.errors import Problem, ProblemCode, problem
from movie_director.core.facts import Access, LanguageModel, ServiceInfo
from movie_director.core.llm import KeyState, LlmStatus, llm_status
from movie_director.core.llm_texts import key_text, llm_row
from movie_director.core.model import Health, State
from movie_director.core.presentation import Colour, row
from movie_director.core.serialisation import Clocks
from movie_director.core.snapshot import ServiceStatus

from tests.samples import COMFY, NOW, REFUSED, snapshot, status

MODELS = (
    LanguageModel("story-writer", "openai"),
    LanguageModel("poet", "mistral"),
    LanguageModel("second", "openai"),
    LanguageModel("nobody-knows"),
)
VARIABLES = ("ANTHROPIC_API_KEY", "GEMINI_API_KEY", "GROQ_API_KEY", "XAI_API_KEY", "COHERE_API_KEY")
MISSING = problem(ProblemCode.KEY_MISSING, "GET /v1/models: HTTP 401", retry=False)
REJECTED = problem(ProblemCode.KEY_REJECTED, "GET /v1/models: HTTP 400", retry=False)


def proxy(state: State = State.CONNECTED, **changes: Any) -> ServiceStatus:
    usual = {"service": "litellm", "label": "LiteLLM", "required": False, "makes": ("text",)}
    return status(state, **(usual | changes))


def told(access: Access = Access.ACCEPTED, models: tuple[LanguageModel, ...] = MODELS) -> ServiceInfo:
    return ServiceInfo(
        "LiteLLM", "1.106.2", access=access, language_models=models, variables=VARIABLES, complete=True
    )


def view(shown: ServiceStatus) -> LlmStatus:
    found = llm_status(snapshot(status(State.CONNECTED, makes=("image", "video")), shown))
    assert found is not None
    return found


def line(shown: ServiceStatus) -> tuple[Colour, str]:
    found = llm_row(snapshot(shown))
    assert found is not None
    return found.colour, found.text


@pytest.mark.parametrize(
    ("access", "key"), [(Access.ACCEPTED, KeyState.ACCEPTED), (Access.OPEN, KeyState.NOT_NEEDED)]
)
def test_reached_let_in_and_a_model_is_configured(access: Access, key: KeyState) -> None:
    found = view(proxy(info=told(access)))
    assert found == LlmStatus(
        "litellm", True, key, "story-writer", MODELS, ("openai", "mistral"), VARIABLES, None
    )


def test_busy_is_configured_too() -> None:
    assert view(proxy(info=told(), health=Health.BUSY)).configured


@pytest.mark.parametrize(("what", "key"), [(MISSING, KeyState.MISSING), (REJECTED, KeyState.REJECTED)])
def test_a_key_that_is_missing_or_rejected(what: Problem, key: KeyState) -> None:
    found = view(proxy(State.FAILED, problem=what, info=told()))
    assert (found.configured, found.key, found.reason) == (False, key, what)
    assert (found.active_model, found.models, found.providers, found.variables) == ("", (), (), ())


def test_a_proxy_that_does_not_say_whether_the_key_is_right() -> None:
    found = view(proxy(info=told(Access.NOT_CHECKED)))
    assert (found.configured, found.key, found.active_model) == (False, KeyState.NOT_CHECKED, "")
    assert found.reason is not None
    assert found.reason.code is ProblemCode.KEY_NOT_CHECKED


def test_a_proxy_without_a_model_names_what_would_bring_some() -> None:
    found = view(proxy(info=told(models=())))
    assert (found.configured, found.key, found.variables) == (False, KeyState.ACCEPTED, VARIABLES)
    assert found.reason is not None
    assert found.reason.code is ProblemCode.NO_MODELS
    assert (
        found.reason.parameter("variables") == "ANTHROPIC_API_KEY, GEMINI_API_KEY, GROQ_API_KEY, XAI_API_KEY"
    )


@pytest.mark.parametrize("state", [state for state in State if state is not State.CONNECTED])
def test_what_was_known_of_a_proxy_that_is_away_does_not_count(state: State) -> None:
    found = view(proxy(state, info=told()))
    assert (found.configured, found.key, found.models) == (False, KeyState.NOT_CHECKED, ())
    assert found.reason == (None if state in (State.DISABLED, State.CONNECTING) else REFUSED)


def test_a_service_that_is_switched_off_is_not_worth_a_line() -> None:
    assert llm_row(snapshot(proxy(State.DISABLED))) is None


def test_without_a_service_that_writes_there_is_no_such_view() -> None:
    shown = snapshot(status(State.CONNECTED, makes=("image",)))
    assert llm_status(shown) is None
    assert llm_row(shown) is None


@pytest.mark.parametrize(
    ("shown", "colour", "text"),
    [
        (proxy(info=told()), Colour.GREEN, "story-writer, one of 4 by openai, mistral; key accepted"),
        (
            proxy(info=told(Access.OPEN, MODELS[3:])),
            Colour.GREEN,
            "nobody-knows, one of 1; no key needed",
        ),
        (proxy(State.FAILED, problem=MISSING), Colour.YELLOW, "LiteLLM needs a key"),
        (
            proxy(State.FAILED, problem=REJECTED, required=True),
            Colour.RED,
            "LiteLLM rejected the key",
        ),
        (proxy(State.DISCONNECTED), Colour.YELLOW, "LiteLLM is not connected"),
        (
            proxy(info=told(Access.NOT_CHECKED)),
            Colour.YELLOW,
            "LiteLLM has not checked the key",
        ),
        (
            proxy(info=told(models=())),
            Colour.YELLOW,
            "LiteLLM has no model; its own variables, such as ANTHROPIC_API_KEY, GEMINI_API_KEY,"
            " GROQ_API_KEY, XAI_API_KEY, would bring some",
        ),
    ],
)
def test_the_line(shown: ServiceStatus, colour: Colour, text: str) -> None:
    assert line(shown) == (colour, text)


def test_a_key_in_words() -> None:
    assert [key_text(key) for key in KeyState] == [
        "no key needed",
        "key accepted",
        "needs a key",
        "key rejected",
        "key not checked",
    ]


@pytest.mark.parametrize("what", [MISSING, REJECTED])
def test_the_version_of_a_service_that_only_wants_a_key_is_shown(what: Problem) -> None:
    assert row(proxy(State.FAILED, problem=what, info=told()), NOW).version == "1.106.2"
    assert row(proxy(State.FAILED, problem=REFUSED, info=COMFY), NOW).version == ""
    assert row(proxy(State.RECONNECTING, problem=what, info=COMFY), NOW).version == ""


def plain(lines: list[Line]) -> list[str]:
    return ["".join(span.text for span in line) for line in lines]


def test_status_and_watch_have_the_line_under_the_table() -> None:
    shown = snapshot(status(State.CONNECTED), proxy(info=told()))
    expected = "● Text  story-writer, one of 4 by openai, mistral; key accepted"
    drawn = plain(status_lines(shown, NOW, 100, {}))
    assert drawn.index(expected) < drawn.index("● Everything is ready (2 of 2 ready)")
    assert expected in plain(frame(shown, (), Clocks(NOW, 0.0), 100, 30, {}))
    without = plain(status_lines(snapshot(status(State.CONNECTED)), NOW, 100, {}))
    assert not [each for each in without if "Text" in each]


def test_a_terminal_says_once_that_it_is_not_set_up() -> None:
    drawn = plain(status_lines(snapshot(proxy(State.FAILED, problem=MISSING)), NOW, 100, {}))
    assert [each for each in drawn if "Text" in each] == ["▲ Text  not set up: LiteLLM needs a key"]
