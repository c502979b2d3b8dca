# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel shows: its light, the cards of the services and of language models, and what ticks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from movie_director.core.card_parts import Action, Mark
from movie_director.core.cards import is_ticking, panel_cards
from movie_director.core.diagnosis import Layer, LayerResult, Verdict
from movie_director.core.errors import Problem, ProblemCode, problem
from movie_director.core.facts import Access, LanguageModel
from movie_director.core.messages import text
from movie_director.core.model import Health, State
from movie_director.core.presentation import overview, state_message
from movie_director.core.serialisation import Clocks
from movie_director.core.settings import Settings
from movie_director.core.snapshot import DiscoveryReport, ServiceStatus, Snapshot

from tests.card_kit import AT, DENIED, OFF, OPEN, PASSED, PROXY, WALL, card, facts, proxy, shown
from tests.samples import HERE, NOW, REFUSED, other_instance, snapshot, status

# --- the light ----------------------------------------------------------------------------------------------


def test_before_the_first_snapshot_and_before_the_workers_begin_it_is_starting() -> None:
    for cards in (panel_cards(None, Settings(), AT), shown(status(State.DISABLED))):
        assert (cards.head.mark, cards.head.word, cards.cards) == (Mark.CONNECTING, "Starting …", ())


def test_one_that_is_switched_off_is_off_and_one_that_has_not_begun_starts() -> None:
    rows = (status(State.DISABLED), status(State.DISABLED, service="rvc", label="RVC"))
    first, second = shown(*rows, settings=OFF).cards
    assert (first.mark, first.state) == (Mark.OFF, "Off")
    assert (second.mark, second.state) == (Mark.CONNECTING, "Starting …")


def test_with_everything_off_the_head_says_so() -> None:
    head = shown(status(State.DISABLED), settings=OFF).head
    assert (head.mark, head.word, head.count) == (Mark.OFF, "Nothing is switched on", "")
    assert panel_cards(Snapshot(), Settings(), AT).head.mark is Mark.OFF


@pytest.mark.parametrize(
    ("rows", "mark"),
    [
        ([status(State.CONNECTED)], Mark.READY),
        ([status(State.CONNECTED, health=Health.BUSY)], Mark.ATTENTION),
        ([status(State.CONNECTING)], Mark.CONNECTING),
        ([status(State.CONNECTED), proxy(State.CONNECTING)], Mark.CONNECTING),
        ([status(State.CONNECTED), proxy(State.DISCONNECTED)], Mark.ATTENTION),
        ([status(State.RECONNECTING), proxy()], Mark.MISSING),
    ],
)
def test_the_light_is_that_of_the_terminal(rows: list[ServiceStatus], mark: Mark) -> None:
    over = overview(snapshot(*rows))
    head = shown(*rows).head
    assert (head.mark, head.word, head.count) == (mark, over.word, f"{over.ready} of {over.total} ready")


def test_nothing_is_looked_for_until_the_user_asks() -> None:
    cards = shown(status(State.DISABLED), at=replace(AT, waits_for_user=True))
    assert (cards.head.mark, cards.head.word) == (Mark.OFF, "Not connected yet")
    assert cards.cards[0].state == "Off"
    assert "Press Refresh" in cards.notices[0].sentence


def test_notices() -> None:
    looking = DiscoveryReport()
    at = replace(AT, loopback_only=True, notices=("A setting is wrong.",))
    told = shown(status(State.CONNECTED), at=at, discovery=looking).notices
    assert told[0].sentence == "Looking around …"
    assert "Online access is off" in told[1].sentence
    assert "Nothing is wrong" in told[1].tooltip
    assert told[2].sentence == "A setting is wrong."
    assert len({each.tooltip for each in told}) == len(told), "a tooltip that says nothing of its own"
    assert shown(status(State.CONNECTED), discovery=replace(looking, finished=True)).notices == ()


# --- one service --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("required", [True, False])
def test_every_state_has_a_mark_and_the_words_of_the_terminal(state: State, required: bool) -> None:
    row = status(state, required=required)
    found = card(row, settings=OFF)
    assert found.state == text(state_message(row, NOW))
    assert found.required is required
    assert found.tooltip == f"ComfyUI: {found.state}, {'required' if required else 'optional'}."
    missing = Mark.MISSING if required else Mark.ATTENTION
    expected = {
        State.DISABLED: Mark.OFF,
        State.CONNECTING: Mark.CONNECTING,
        State.CONNECTED: Mark.READY,
        State.FAILED: Mark.NEEDS_YOU,
    }
    assert found.mark is expected.get(state, missing)


def test_a_countdown_counts() -> None:
    row = status(State.RECONNECTING, retry_at=NOW + 6.5)
    assert card(row).state == "Trying again in 7 s"
    assert facts(row)["Next try"] == "in 7 s"
    later = replace(OPEN, clocks=Clocks(NOW + 3, WALL + 3))
    assert facts(row, later)["Next try"] == "in 4 s"
    assert facts(row, replace(OPEN, clocks=Clocks(NOW + 9, WALL)))["Next try"] == "now"
    assert "Next try" not in facts(replace(row, attempting=True))


def test_a_folded_card_has_nothing_that_folds_out() -> None:
    found = card(status(State.CONNECTED, others=(other_instance(),)))
    assert (found.unfolded, found.details, found.others, found.buttons, found.test) == (
        False,
        (),
        (),
        (),
        None,
    )


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        (State.CONNECTED, [Action.RETRY, Action.TEST, Action.OPEN_PAGE, Action.COPY_DETAILS]),
        (State.SUSPENDED, [Action.RETRY, Action.TEST, Action.COPY_DETAILS]),
        (State.DISABLED, [Action.OPEN_SETTINGS]),
    ],
)
def test_buttons(state: State, actions: list[Action]) -> None:
    buttons = card(status(state), OPEN, settings=OFF).buttons
    assert [each.action for each in buttons] == actions
    assert {each.service for each in buttons} == {"comfyui"}


def test_the_page_that_is_opened_is_that_of_the_service() -> None:
    page = card(status(State.CONNECTED), OPEN).buttons[2]
    assert page.argument == "http://127.0.0.1:8188"


# --- tests of the connection --------------------------------------------------------------------------------


def test_a_test_that_passed() -> None:
    found = card(status(State.CONNECTED), OPEN, tests={"comfyui": PASSED}).test
    assert found is not None
    assert [(each.mark, each.detail.label, each.detail.value) for each in found.lines] == [
        (Mark.READY, "Program listens", "ok, 2.0 ms"),
        (Mark.OFF, "Access granted", "no key needed"),
    ]
    assert found.result is not None
    assert (found.result.mark, found.result.sentence) == (Mark.READY, "Passed in 2.0 ms.")
    assert (found.running, found.trouble) == (False, None)


def test_a_test_that_runs_has_no_result_yet() -> None:
    found = card(status(State.CONNECTED), OPEN, tests={"comfyui": replace(PASSED, finished=False)}).test
    assert found is not None
    assert (found.running, found.result, found.trouble) == (True, None, None)


def test_a_test_that_failed_names_the_first_thing_to_mend() -> None:
    failed = replace(PASSED, layers=(LayerResult(Layer.PORT, Verdict.FAILED, 0.1, REFUSED),))
    found = card(status(State.CONNECTED), OPEN, tests={"comfyui": failed}).test
    assert found is not None
    assert found.result is None
    assert found.trouble is not None
    assert found.trouble.sentence == "ComfyUI is not running at 127.0.0.1:8188."


@pytest.mark.parametrize(
    ("of_test", "is_told"),
    [(REFUSED, False), (problem(ProblemCode.NO_ANSWER, address="127.0.0.1:8188", limit=5.0), True)],
)
def test_a_problem_that_stands_in_the_card_is_not_told_again_by_the_test(
    of_test: Problem, is_told: bool
) -> None:
    layers = (LayerResult(Layer.PORT, Verdict.FAILED, 0.1, of_test),)
    found = card(
        status(State.RECONNECTING, endpoint=HERE), OPEN, tests={"comfyui": replace(PASSED, layers=layers)}
    )
    assert found.trouble is not None
    assert found.trouble.sentence == "ComfyUI is not running at 127.0.0.1:8188."
    assert found.test is not None
    assert len(found.test.lines) == 1
    assert (found.test.trouble is not None) is is_told


# --- language models ----------------------------------------------------------------------------------------


def test_language_models_that_are_set_up() -> None:
    found = shown(proxy(), at=OPEN).llm
    assert found is not None
    assert (found.mark, found.state) == (Mark.READY, "Set up")
    assert found.sentence == "story-writer, one of 2 by openai; key accepted"
    assert {each.label: each.value for each in found.details} == {
        "Model": "story-writer",
        "Key": "key accepted",
        "Models": "2",
        "Providers": "openai",
        "More models": "start LiteLLM with the key of another provider: GEMINI_API_KEY, XAI_API_KEY",
    }
    assert found.models == ("story-writer (openai)", "poet")


def test_the_card_says_once_that_they_are_not_set_up() -> None:
    found = shown(proxy(State.FAILED, problem=DENIED)).llm
    assert found is not None
    assert (found.state, found.sentence) == ("Not set up", "LiteLLM needs a key")


def test_many_language_models_are_counted() -> None:
    many = tuple(LanguageModel(f"model-{number}") for number in range(25))
    found = shown(proxy(info=replace(PROXY, language_models=many)), at=OPEN).llm
    assert found is not None
    assert (len(found.models), found.models[-1]) == (21, "… and 5 more")


def test_of_many_variables_the_first_are_shown_and_all_are_in_the_tooltip() -> None:
    many = tuple(f"PROVIDER_{number}_API_KEY" for number in range(9))
    found = shown(proxy(info=replace(PROXY, variables=many)), at=OPEN).llm
    assert found is not None
    line = found.details[-1]
    assert line.value == f"start LiteLLM with the key of another provider: {', '.join(many[:6])} and 3 more"
    assert line.tooltip.endswith(", ".join(many))


@pytest.mark.parametrize(
    ("row", "mark", "key"),
    [
        (proxy(info=replace(PROXY, access=Access.OPEN)), Mark.READY, "no key needed"),
        (proxy(info=replace(PROXY, access=Access.NOT_CHECKED)), Mark.ATTENTION, "key not checked"),
        (proxy(State.FAILED, problem=DENIED), Mark.NEEDS_YOU, "needs a key"),
        (
            proxy(State.FAILED, problem=problem(ProblemCode.KEY_REJECTED, retry=False)),
            Mark.NEEDS_YOU,
            "key rejected",
        ),
        (proxy(State.DISCONNECTED), Mark.ATTENTION, "key not checked"),
        (proxy(State.CONNECTING), Mark.CONNECTING, "key not checked"),
    ],
)
def test_what_is_known_of_the_key(row: ServiceStatus, mark: Mark, key: str) -> None:
    found = shown(row, at=OPEN).llm
    assert found is not None
    assert found.mark is mark
    assert [each.value for each in found.details if each.label == "Key"] == [key]


def test_language_models_of_a_service_that_is_off_or_does_not_exist() -> None:
    found = shown(status(State.CONNECTED), proxy(State.DISABLED), at=OPEN).llm
    assert found is not None
    assert (found.mark, found.state, found.sentence, found.details) == (Mark.OFF, "Off", "", ())
    assert shown(status(State.CONNECTED)).llm is None


# --- the passing of time ------------------------------------------------------------------------------------


def test_only_what_changes_by_itself_ticks() -> None:
    quiet = status(State.CONNECTED, since=NOW - 100, last_attempt_at=NOW - 100)
    counting = status(State.RECONNECTING, retry_at=NOW + 5)
    fresh = status(State.CONNECTED)
    nobody: frozenset[str] = frozenset()
    assert not is_ticking(snapshot(quiet), frozenset({"comfyui"}), NOW)
    assert is_ticking(snapshot(counting), nobody, NOW)
    assert not is_ticking(snapshot(fresh), nobody, NOW)
    assert is_ticking(snapshot(fresh), frozenset({"comfyui"}), NOW)
    assert not is_ticking(snapshot(status(State.DISABLED)), frozenset({"comfyui"}), NOW)
