# SPDX-License-Identifier: GPL-3.0-or-later
"""What a card says of a problem, and the one button that helps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from movie_director.core.card_parts import Action
from movie_director.core.card_problems import help_text, trouble
from movie_director.core.diagnosis import Diagnosis, Layer, LayerResult, Verdict
from movie_director.core.endpoint import Endpoint
from movie_director.core.english import ENGLISH
from movie_director.core.errors import ProblemCode, problem
from movie_director.core.messages import FIXES, Fix, message, text
from movie_director.core.model import Source, State
from movie_director.core.snapshot import ServiceStatus

from tests.card_kit import AT, OFF, OPEN, PASSED, card
from tests.samples import HERE, REFUSED, other_instance, status


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_has_one_button_that_does_what_helps(code: ProblemCode) -> None:
    row = status(State.RECONNECTING, endpoint=HERE, problem=problem(code, "detail"))
    found = trouble(row, AT)
    assert found is not None
    assert found.sentence
    fix = FIXES[code]
    if fix is Fix.NONE:
        assert found.button is None
        return
    assert found.button is not None
    assert found.button.label
    if fix is not Fix.USE_OTHER_SCHEME:
        assert found.button.label == text(message(f"fix.{fix.value}", program="ComfyUI"))
    helps = (Fix.START_PROGRAM, Fix.RESTART_PROGRAM, Fix.CHECK_NETWORK)
    assert (found.button.action is Action.HELP) is (fix in helps)


def test_the_advice_says_how_the_program_is_started() -> None:
    at = replace(AT, start_hints={"comfyui": "Run 'python main.py'."})
    found = trouble(status(State.RECONNECTING), at)
    assert found is not None
    assert found.advice == "Run 'python main.py'."


@pytest.mark.parametrize(
    ("code", "action", "argument"),
    [
        (ProblemCode.NEEDS_HTTPS, Action.USE_ADDRESS, "https://127.0.0.1:8188"),
        (ProblemCode.ONLINE_ACCESS_OFF, Action.OPEN_SETTINGS, "SYSTEM"),
    ],
)
def test_what_helps_is_one_press_away(code: ProblemCode, action: Action, argument: str) -> None:
    found = trouble(status(State.FAILED, endpoint=HERE, problem=problem(code)), AT)
    assert found is not None
    assert found.button is not None
    assert (found.button.action, found.button.argument) == (action, argument)


def test_another_instance_is_used_where_the_set_one_is_gone() -> None:
    gone = status(State.RECONNECTING, endpoint=HERE, others=(other_instance(),))
    configured = trouble(replace(gone, source=Source.CONFIGURED), AT)
    found_by_itself = trouble(gone, AT)
    assert configured is not None
    assert found_by_itself is not None
    assert configured.button is not None
    assert found_by_itself.button is not None
    assert (configured.button.action, configured.button.argument) == (
        Action.USE_ADDRESS,
        "http://127.0.0.1:8189",
    )
    assert configured.advice == (
        "ComfyUI answers at 127.0.0.1:8189 now: to use that one, enter its address in the settings."
    )
    assert found_by_itself.button.action is Action.RETRY
    assert found_by_itself.advice == "ComfyUI answers at 127.0.0.1:8189 now: try again to use that one."


@pytest.mark.parametrize(
    ("row", "is_told"),
    [
        (status(State.RECONNECTING), True),
        (status(State.RECONNECTING, required=False), False),
        (status(State.FAILED, required=False), True),
        (status(State.CONNECTING, problem=REFUSED), False),
        (status(State.CONNECTED), False),
    ],
)
def test_a_folded_card_tells_only_problems_that_matter(row: ServiceStatus, is_told: bool) -> None:
    assert (card(row).trouble is not None) is is_told


def test_other_instances_can_be_chosen() -> None:
    found = card(status(State.CONNECTED, others=(other_instance(),)), OPEN).others[0]
    assert found.sentence == "ComfyUI 0.3.64 at http://127.0.0.1:8189"
    assert (found.button.action, found.button.argument) == (Action.USE_ADDRESS, "http://127.0.0.1:8189")
    assert card(status(State.DISABLED, others=(other_instance(),)), OPEN, settings=OFF).others == ()


@pytest.mark.parametrize("topic", [Fix.START_PROGRAM, Fix.RESTART_PROGRAM, Fix.CHECK_NETWORK])
def test_help_uses_what_is_known(topic: Fix) -> None:
    assert f"panel-help.{topic.value}" in ENGLISH
    row = status(State.DISCONNECTED, endpoint=Endpoint("http", "render.lan", 8188))
    told = help_text(row, topic.value, "Run 'python main.py'.")
    bare = help_text(status(State.DISCONNECTED), topic.value)
    assert "{" not in told + bare
    assert ("render.lan" in told) is (topic is Fix.CHECK_NETWORK)
    assert ("python main.py" in told) is (topic is not Fix.CHECK_NETWORK)


@pytest.mark.parametrize("after", [False, True])
def test_a_test_is_shown_until_the_connection_says_the_opposite(after: bool) -> None:
    since = 995.0
    at = since - 1.0 if after else since + 1.0
    passed = replace(PASSED, finished_at=at)
    layers = (LayerResult(Layer.PORT, Verdict.FAILED, 0.1, REFUSED),)
    failed = Diagnosis("comfyui", "comfyui", HERE, layers, None, True, at)
    ready, gone = status(State.CONNECTED, since=since), status(State.RECONNECTING, since=since)

    def is_shown(test: Diagnosis, row: ServiceStatus) -> bool:
        return card(row, OPEN, tests={"comfyui": test}).test is not None

    assert is_shown(passed, ready)
    assert is_shown(failed, gone)
    assert is_shown(passed, gone) is not after
    assert is_shown(failed, ready) is not after
    assert is_shown(failed, replace(gone, endpoint=HERE))
    assert is_shown(failed, replace(gone, endpoint=Endpoint("http", "127.0.0.1", 7860))) is not after
