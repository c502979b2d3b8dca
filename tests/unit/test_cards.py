# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel shows: every state, every fact, every problem, and what may be done about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest
from movie_director.core.card_details import details, origin_texts
from movie_director.core.card_parts import LLM, Action, Mark, Viewing
from movie_director.core.card_problems import help_text, trouble
from movie_director.core.card_report import report
from movie_director.core.cards import Card, PanelCards, is_ticking, panel_cards
from movie_director.core.diagnosis import Diagnosis, Layer, LayerResult, Verdict
from movie_director.core.endpoint import Endpoint
from movie_director.core.english import ENGLISH
from movie_director.core.errors import ProblemCode, problem
from movie_director.core.facts import Access, LanguageModel, Queue, ServiceInfo
from movie_director.core.keyring import Key, Keyring
from movie_director.core.layers import Effective, EffectiveValue
from movie_director.core.messages import FIXES, Fix, message, text
from movie_director.core.model import Health, Source, State, Stream
from movie_director.core.presentation import overview, state_message
from movie_director.core.remembered import remember
from movie_director.core.schema import Key as SettingKey
from movie_director.core.schema import Layer as SettingLayer
from movie_director.core.serialisation import Clocks
from movie_director.core.settings import ServiceSettings, Settings
from movie_director.core.snapshot import DiscoveryReport, ServiceStatus, Snapshot
from movie_director.core.versions import Support, VersionRule

from tests.samples import COMFY, HERE, NOW, REFUSED, other_instance, snapshot, status, suspended

WALL = 1_700_000_000.0  # 22:13:20 UTC
AT = Viewing(Clocks(NOW, WALL))
OPEN = replace(AT, unfolded=frozenset({"comfyui", "wan2gp", "litellm", LLM}))
OFF = Settings().with_service("comfyui", ServiceSettings(enabled=False))
DENIED = problem(ProblemCode.KEY_MISSING, "GET /v1/models: HTTP 401", retry=False)
PROXY = ServiceInfo(
    "LiteLLM",
    "1.106.2",
    access=Access.ACCEPTED,
    language_models=(LanguageModel("story-writer", "openai"), LanguageModel("poet")),
    variables=("GEMINI_API_KEY", "XAI_API_KEY"),
    complete=True,
)


def proxy(state: State = State.CONNECTED, **changes: Any) -> ServiceStatus:
    usual = {"service": "litellm", "label": "LiteLLM", "required": False, "makes": ("text",)}
    return status(state, **(usual | {"info": PROXY} | changes))


def shown(*rows: ServiceStatus, at: Viewing = AT, settings: Settings = Settings(), **more: Any) -> PanelCards:  # noqa: B008
    return panel_cards(snapshot(*rows, **more), settings, at)


def card(row: ServiceStatus, at: Viewing = AT, **more: Any) -> Card:
    return shown(row, at=at, **more).cards[0]


def facts(row: ServiceStatus, at: Viewing = OPEN, **more: Any) -> dict[str, str]:
    return {each.label: each.value for each in card(row, at, **more).details}


# --- the light ---------------------------------------------------------------------------------------


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
    assert "Press Refresh" in cards.notices[0]


def test_notices() -> None:
    looking = DiscoveryReport()
    at = replace(AT, loopback_only=True, notices=("A setting is wrong.",))
    told = shown(status(State.CONNECTED), at=at, discovery=looking).notices
    assert told[0] == "Looking around …"
    assert "Online access is off" in told[1]
    assert told[2] == "A setting is wrong."
    assert shown(status(State.CONNECTED), discovery=replace(looking, finished=True)).notices == ()


# --- one service -------------------------------------------------------------------------------------


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


def test_all_that_is_known_of_a_connected_service() -> None:
    row = status(State.CONNECTED, support=Support.TESTED, makes=("image", "video"), attempt=0)
    assert facts(row) == {
        "Address": "http://127.0.0.1:8188",
        "Source": "found by itself",
        "Version": "0.33.0, tested",
        "Makes": "images, video",
        "Models": "1 checkpoint",
        "Device": "NVIDIA GeForce RTX 4090, 20.1 of 24 GiB free",
        "Queue": "2 in the queue",
        "Answer": "4.2 ms",
        "Live updates": "on",
        "Since": "22:13:10, for 10 s",
        "Last try": "10 s ago, at 22:13:09",
    }


def test_facts_of_a_service_that_is_down_are_not_shown() -> None:
    row = status(State.RECONNECTING, info=COMFY, endpoint=HERE, latency=0.1, stream=Stream.MISSING)
    assert set(facts(row)) == {"Address", "Since", "Last try", "Failed tries"}
    assert facts(row)["Failed tries"] == "3"


def test_one_that_only_wants_a_key_tells_its_version() -> None:
    assert facts(proxy(State.FAILED, problem=DENIED, support=Support.NEWER))["Version"] == (
        "1.106.2, newer than tested"
    )


@pytest.mark.parametrize(
    ("changes", "label", "value"),
    [
        ({"info": replace(COMFY, complete=False)}, "Models", "1 checkpoint; still being read"),
        ({"info": ServiceInfo("ComfyUI")}, "Models", "still being read"),
        ({"info": replace(COMFY, queue=Queue(0))}, "Queue", "nothing in the queue"),
        ({"stream": Stream.MISSING}, "Live updates", "off, it is asked every few seconds instead"),
        ({"source": Source.LAST_GOOD}, "Source", "remembered from last time"),
        ({"source": Source.CONFIGURED}, "Source", "set by you"),
        ({"support": Support.TOO_OLD}, "Version", "0.33.0, too old"),
        ({"attempting": True, "last_attempt_at": NOW - 2}, "Last try", "now, since 22:13:18"),
    ],
)
def test_a_fact_in_words(changes: dict[str, Any], label: str, value: str) -> None:
    assert facts(status(State.CONNECTED, **changes))[label] == value


def test_what_is_not_known_has_no_line() -> None:
    row = status(State.CONNECTED, info=ServiceInfo("RVC", complete=True), stream=Stream.NONE, latency=None)
    assert set(facts(row)) == {"Address", "Source", "Since", "Last try"}


def test_times_of_day_are_those_of_the_reader() -> None:
    at = replace(OPEN, zone=timezone(timedelta(hours=5, minutes=30)))
    assert facts(status(State.CONNECTED), at)["Last try"] == "10 s ago, at 03:43:09"


def test_where_an_address_is_set() -> None:
    key = SettingKey("comfyui", "url")
    value = EffectiveValue("http://x", SettingLayer.ENVIRONMENT, "MOVIE_DIRECTOR_COMFYUI_URL")
    unset = SettingKey("rvc", "url")
    origins = origin_texts(Effective({key: value, unset: EffectiveValue("")}), ["comfyui", "rvc"])
    assert origins == {"comfyui": "set by the environment (MOVIE_DIRECTOR_COMFYUI_URL)"}
    at = replace(OPEN, origins=origins)
    row = status(State.CONNECTED, source=Source.CONFIGURED)
    assert facts(row, at)["Source"] == "set by the environment (MOVIE_DIRECTOR_COMFYUI_URL)"


def test_what_it_could_do_when_it_was_last_seen() -> None:
    seen = remember(status(State.CONNECTED), WALL - 7200)
    assert seen is not None
    row = status(State.DISCONNECTED)
    found = details(row, seen, OPEN)
    assert found[-1].label == "Last seen"
    assert found[-1].value == "2 h ago at http://127.0.0.1:8188: 1 checkpoint"
    assert all(each.label != "Last seen" for each in details(status(State.CONNECTED), seen, OPEN))


def test_every_line_has_a_tooltip() -> None:
    for row in (status(State.CONNECTED, makes=("image",)), suspended(), proxy()):
        for each in card(row, replace(AT, unfolded=frozenset({row.service}))).details:
            assert each.tooltip.endswith("."), each


def test_a_version_and_a_credit_are_told_in_sentences() -> None:
    at = replace(OPEN, version_rules={"comfyui": VersionRule(oldest="1.0")})
    told = card(status(State.CONNECTED, support=Support.TOO_OLD), at).notes
    assert told[0].mark is Mark.ATTENTION
    assert told[0].sentence.startswith("ComfyUI 0.33.0 is older than 1.0")
    wan2gp = card(status(State.DISCONNECTED, service="wan2gp", label="Wan2GP"), OPEN).notes
    assert [each.sentence for each in wan2gp] == ["Video generation uses WanGP (Wan2GP) by DeepBeepMeep."]


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
    assert all(each.service == "comfyui" and each.tooltip for each in buttons)


def test_the_page_that_is_opened_is_that_of_the_service() -> None:
    page = card(status(State.CONNECTED), OPEN).buttons[2]
    assert page.argument == "http://127.0.0.1:8188"
    assert page.argument in page.tooltip


# --- problems ----------------------------------------------------------------------------------------


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
    assert found.button.tooltip
    helps = (Fix.START_PROGRAM, Fix.RESTART_PROGRAM, Fix.CHECK_NETWORK)
    assert (found.button.action is Action.HELP) is (fix in helps)


def test_the_advice_says_how_the_program_is_started() -> None:
    at = replace(AT, start_hints={"comfyui": "Run 'python main.py'."})
    found = trouble(status(State.RECONNECTING), at)
    assert found is not None
    assert found.advice == "Run 'python main.py'."


def test_the_other_scheme_is_one_press_away() -> None:
    wants = status(State.FAILED, endpoint=HERE, problem=problem(ProblemCode.NEEDS_HTTPS))
    found = trouble(wants, AT)
    assert found is not None
    assert found.button is not None
    assert (found.button.action, found.button.argument) == (Action.USE_ADDRESS, "https://127.0.0.1:8188")


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
    assert found_by_itself.button.action is Action.RETRY


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


# --- tests of the connection -------------------------------------------------------------------------

PASSED = Diagnosis(
    "comfyui",
    "comfyui",
    HERE,
    (LayerResult(Layer.PORT, Verdict.PASSED, 0.002), LayerResult(Layer.CREDENTIALS, Verdict.NOT_NEEDED)),
    finished=True,
)


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


# --- language models ---------------------------------------------------------------------------------


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
        "More models": "set GEMINI_API_KEY, XAI_API_KEY for LiteLLM",
    }
    assert found.models == ("story-writer (openai)", "poet")


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
    assert line.value == f"set {', '.join(many[:6])} and 3 more for LiteLLM"
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


# --- the passing of time, and the report ---------------------------------------------------------------


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


def test_the_report_has_everything_and_no_secret() -> None:
    detail = "GET /?token=abcdefgh with key opensesame-1234: refused"
    row = status(State.RECONNECTING, endpoint=HERE, problem=problem(ProblemCode.REFUSED, detail))
    ring = Keyring().add(HERE, Key(api_key="opensesame-1234"))
    settings = Settings().with_service("comfyui", ServiceSettings(keys=ring))
    told = report(snapshot(row), "comfyui", settings, AT, ["Movie Director 1.2.3"])
    assert told.startswith("Movie Director 1.2.3\n2023-11-14T22:13:20.000Z\nComfyUI: Trying again\n")
    assert "ComfyUI is not running" in told
    assert "Address: http://127.0.0.1:8188\n" in told
    assert "Details: refused, GET /" in told
    assert "opensesame" not in told
    assert "abcdefgh" not in told


def test_the_report_of_a_tested_service_has_the_test() -> None:
    told = report(snapshot(status(State.CONNECTED), tests={"comfyui": PASSED}), "comfyui", Settings(), AT)
    assert "Program listens: ok, 2.0 ms\n" in told


def test_the_report_needs_a_service_that_exists() -> None:
    with pytest.raises(KeyError):
        report(Snapshot(), "comfyui", Settings(), AT)
