# SPDX-License-Identifier: GPL-3.0-or-later
"""Cards as they are put into a layout: nothing is too wide, nothing is lost, everything has a tooltip."""

from __future__ import annotations

from dataclasses import replace

import pytest
from movie_director.core.card_parts import LLM, Action, Mark, Viewing
from movie_director.core.cards import PanelCards, panel_cards
from movie_director.core.diagnosis import Diagnosis, Layer, LayerResult, Verdict
from movie_director.core.errors import ProblemCode, problem
from movie_director.core.facts import Access, LanguageModel, ServiceInfo
from movie_director.core.model import Source, State, Stream
from movie_director.core.serialisation import Clocks
from movie_director.core.settings import ServiceSettings, Settings
from movie_director.core.snapshot import DiscoveryReport, ServiceStatus
from movie_director.core.versions import Support
from movie_director.core.wrapping import width
from movie_director.ui.drawing import OPERATORS, Page, draw

from tests.recording_layout import Drawn, RecordingLayout
from tests.samples import HERE, NOW, REFUSED, other_instance, snapshot, status, suspended

MODELS = tuple(LanguageModel(f"model-{number}", "openai") for number in range(30))
PROXY = ServiceInfo("LiteLLM", "1.106.2", access=Access.ACCEPTED, language_models=MODELS, complete=True)
WRONG = problem(ProblemCode.WRONG_PROGRAM, "GET /", address="127.0.0.1:7860", found="Stable Diffusion WebUI")
FAILED = Diagnosis(
    "rvc", "rvc", HERE, (LayerResult(Layer.PORT, Verdict.FAILED, 0.1, REFUSED),), finished=True
)
ALL = frozenset({"comfyui", "wan2gp", "litellm", "rvc", "audioldm", LLM})
ICONS = {mark: number for number, mark in enumerate(Mark, start=1)}


def five(state: State) -> tuple[ServiceStatus, ...]:
    """One service in this state, and the others each in another."""
    rvc = replace(suspended(), service="rvc", label="RVC", required=False)
    return (
        status(state, others=(other_instance(),), makes=("image", "video")),
        status(State.FAILED, service="wan2gp", label="Wan2GP", source=Source.CONFIGURED, problem=WRONG),
        status(
            State.CONNECTED,
            service="litellm",
            label="LiteLLM",
            required=False,
            makes=("text",),
            info=PROXY,
            stream=Stream.NONE,
            support=Support.NEWER,
        ),
        rvc,
        status(State.CONNECTING, service="audioldm", label="AudioLDM", required=False),
    )


def cards(state: State = State.CONNECTED, unfolded: frozenset[str] = ALL) -> PanelCards:
    at = Viewing(Clocks(NOW, 1.7e9), unfolded=unfolded, loopback_only=True)
    off = Settings().with_service("comfyui", ServiceSettings(enabled=state is not State.DISABLED))
    shown = snapshot(*five(state), tests={"rvc": FAILED}, discovery=DiscoveryReport())
    return panel_cards(shown, off, at)


def drawn(what: PanelCards, room: float = 30.0) -> list[Drawn]:
    layout = RecordingLayout()
    draw(layout, what, Page(room, ICONS.__getitem__))
    return layout.drawn


def buttons(calls: list[Drawn]) -> list[Drawn]:
    return [each for each in calls if each.method == "operator"]


@pytest.mark.parametrize("room", [8.0, 12.0, 16.0, 24.0, 40.0, 120.0])
@pytest.mark.parametrize("state", State)
def test_no_sentence_is_wider_than_the_region(state: State, room: float) -> None:
    for each in buttons(drawn(cards(state), room)):
        if each.arguments["operator"] in ("movie_director.copy_text", "movie_director.show_details"):
            assert width(each.text) <= room, each


def test_how_many_are_ready_is_not_cut_in_the_narrowest_sidebar() -> None:
    lines = [each.text for each in buttons(drawn(cards(), 9.0))]
    assert "2 of 5 ready" not in lines
    assert "2 of 5 ready" in " ".join(lines)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("unfolded", [frozenset(), ALL])
def test_every_word_of_the_cards_is_drawn(state: State, unfolded: frozenset[str]) -> None:
    what = cards(state, unfolded)
    words = " ".join(each.text for each in drawn(what, 16.0))
    assert what.llm is not None
    expected = [what.head.word, what.llm.sentence, *(note.sentence for note in what.notices)]
    for card in what.cards:
        expected += [card.label, card.state, *(each.value for each in card.details)]
        expected += [note.sentence for note in card.notes]
        expected += [card.trouble.sentence, card.trouble.advice] if card.trouble is not None else []
    for sentence in expected:
        assert "".join(sentence.split()) in "".join(words.split())


@pytest.mark.parametrize("room", [10.0, 60.0])
def test_every_text_has_a_tooltip_and_copies_the_whole(room: float) -> None:
    for each in buttons(drawn(cards(), room)):
        if each.arguments["operator"] == "movie_director.copy_text":
            assert each.properties["tooltip"]
            assert each.properties["text"]
        if each.arguments["operator"] == "movie_director.show_details":
            assert each.properties["tooltip"]
            assert each.properties["service"] in ALL
            assert each.arguments["emboss"] is False


@pytest.mark.parametrize("state", State)
def test_no_text_is_without_a_tooltip(state: State) -> None:
    assert not [each for each in drawn(cards(state)) if each.method == "label" and each.text]


def test_marks_have_their_own_icons() -> None:
    shown = {each.arguments["icon_value"] for each in drawn(cards()) if "icon_value" in each.arguments}
    marks = (Mark.READY, Mark.NEEDS_YOU, Mark.ATTENTION, Mark.CONNECTING, Mark.MISSING)
    assert {ICONS[mark] for mark in marks} <= shown


def test_buttons_know_their_service_and_their_argument() -> None:
    found = {each.arguments["operator"]: each.properties for each in buttons(drawn(cards()))}
    answers = {OPERATORS[each] for each in (Action.ALLOW_ONCE, Action.ALLOW_ALWAYS)}
    assert set(OPERATORS.values()) - answers <= set(found)
    use = found[OPERATORS[Action.USE_ADDRESS]]
    assert use == {"service": "comfyui", "url": "http://127.0.0.1:8189"}
    assert found[OPERATORS[Action.HELP]]["topic"] == "start-program"


def test_an_address_of_a_project_is_asked_for_with_two_answers() -> None:
    origin = "http://192.168.1.20:8188"
    asked = problem(ProblemCode.NOT_ALLOWED, "", address="192.168.1.20:8188", origin=origin)
    shown = snapshot(status(State.FAILED, source=Source.CONFIGURED, problem=asked))
    what = panel_cards(shown, Settings(), Viewing(Clocks(NOW, 1.7e9)))
    answers = (Action.ALLOW_ONCE, Action.ALLOW_ALWAYS)

    def found(room: float) -> list[Drawn]:
        every = buttons(drawn(what, room))
        return [each for each in every if each.arguments["operator"] in map(OPERATORS.get, answers)]

    assert [each.text for each in found(30.0)] == [f"Allow {origin} once", f"Always allow {origin}"]
    assert [each.text for each in found(12.0)] == ["Allow once", "Always allow"], "they would be cut"
    for each in (*found(30.0), *found(12.0)):
        assert each.properties == {"service": "comfyui", "origin": origin}


def test_buttons_stand_beside_each_other_only_where_there_is_room() -> None:
    def rows(room: float) -> list[int]:
        """How many buttons follow each row that holds buttons."""
        counts: list[int] = []
        for each in drawn(cards(unfolded=frozenset({"audioldm"})), room):
            is_button = each.arguments.get("operator") in (
                OPERATORS[Action.RETRY],
                OPERATORS[Action.TEST],
                OPERATORS[Action.COPY_DETAILS],
            )
            if each.method == "row":
                counts.append(0)
            elif is_button:
                counts[-1] += 1
        return [count for count in counts if count]

    assert rows(16.0) == [1, 1, 1]
    assert rows(60.0) == [2, 1]


def test_required_services_come_first_under_their_heading() -> None:
    texts = [each.text for each in drawn(cards(unfolded=frozenset()), 60.0) if each.text]
    order = [texts.index(each) for each in ("Required", "ComfyUI", "Wan2GP", "Optional", "LiteLLM", "RVC")]
    assert order == sorted(order)


def test_while_starting_there_is_a_head_and_nothing_else() -> None:
    texts = [
        each.text for each in drawn(panel_cards(None, Settings(), Viewing(Clocks(NOW, 0.0)))) if each.text
    ]
    assert texts == ["Starting …"]
