# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that is one of our services is no stranger to another of them."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from movie_director.cli.table import status_lines
from movie_director.core.diagnosis import Diagnosis, Layer, LayerResult, Verdict
from movie_director.core.endpoint import Endpoint, parse_endpoint
from movie_director.core.errors import Problem, ProblemCode, problem
from movie_director.core.model import Sighting, State
from movie_director.core.presentation import explained
from movie_director.core.serialisation import Clocks, status_json
from movie_director.core.snapshot import ServiceStatus
from movie_director.core.strangers_met import other_program, without_our_own

from tests.card_kit import OPEN, shown
from tests.samples import NOW, REFUSED, snapshot, status

GRADIO = Sighting(Endpoint("http", "127.0.0.1", 7863), None, None, "a Gradio app")
COMMA = Sighting(Endpoint("http", "::1", 7860), None, None, "Draw, look at me")
PLAIN = "Wan2GP was not found on this computer."


def missing(*met: Sighting) -> Problem:
    others = tuple(other_program(each) for each in met)
    return problem(ProblemCode.NOT_FOUND, "looked", met=others, program="Wan2GP")


def wan2gp(*met: Sighting) -> ServiceStatus:
    return status(State.DISCONNECTED, service="wan2gp", label="Wan2GP", problem=missing(*met))


def audioldm(url: str = "127.0.0.1:7863", state: State = State.CONNECTED) -> ServiceStatus:
    return status(state, service="audioldm", label="AudioLDM", endpoint=parse_endpoint(url))


def title(*rows: ServiceStatus) -> str:
    told = explained(without_our_own(snapshot(*rows)).services["wan2gp"])
    assert told is not None
    return told.title


@pytest.mark.parametrize("url", ["127.0.0.1:7863", "http://localhost:7863", "http://[::1]:7863/app"])
def test_a_service_that_is_connected_is_no_stranger(url: str) -> None:
    assert title(wan2gp(GRADIO), audioldm(url)) == PLAIN


@pytest.mark.parametrize(
    "other",
    [audioldm(state=State.RECONNECTING), audioldm("127.0.0.1:7864"), audioldm("render.lan:7863")],
)
def test_a_program_at_no_address_of_ours_stays_one(other: ServiceStatus) -> None:
    rows = snapshot(wan2gp(GRADIO), other)
    assert without_our_own(rows) == rows
    assert title(*rows.services.values()) == (
        "Wan2GP was not found on this computer, only a Gradio app at 127.0.0.1:7863."
    )


@pytest.mark.parametrize("met", [(GRADIO, COMMA), (COMMA, GRADIO)])
def test_of_several_the_others_stay(met: tuple[Sighting, ...]) -> None:
    assert title(wan2gp(*met), audioldm()) == (
        "Wan2GP was not found on this computer, only Draw, look at me at [::1]:7860."
    )


def test_what_does_not_say_its_name_is_another_program() -> None:
    mute = replace(GRADIO, stranger="")
    assert title(wan2gp(mute, COMMA)) == (
        "Wan2GP was not found on this computer, only another program at 127.0.0.1:7863,"
        " Draw, look at me at [::1]:7860."
    )


@pytest.mark.parametrize("code", [ProblemCode.KEY_MISSING, ProblemCode.KEY_REJECTED])
@pytest.mark.parametrize(("name", "shown"), [("a Gradio app", "a Gradio app"), ("", "another program")])
def test_a_log_in_that_may_hide_the_service_is_told(code: ProblemCode, name: str, shown: str) -> None:
    locked = replace(GRADIO, stranger=name, problem=problem(code, retry=False))
    told = explained(wan2gp(COMMA, locked), "Run: python wgp.py.")
    assert told is not None
    assert told.title == (
        "Wan2GP was not found on this computer, only Draw, look at me at [::1]:7860,"
        f" {shown} behind a log-in at 127.0.0.1:7863."
    )
    assert told.advice == (
        "If Wan2GP is behind that log-in, enter its address with your name and password in the settings,"
        " like http://name:password@127.0.0.1:7863."
    )


@pytest.mark.parametrize("name", ["me at 127.0.0.1:1, and", "{address}"])
def test_a_name_is_never_read_as_anything_else(name: str) -> None:
    odd = replace(GRADIO, stranger=name)
    assert f"only {name} at 127.0.0.1:7863." in title(wan2gp(odd), audioldm("127.0.0.1:1"))


def test_other_problems_are_left_as_they_are() -> None:
    rows = snapshot(audioldm(), status(State.RECONNECTING, problem=REFUSED))
    assert without_our_own(rows) is rows


def test_panel_terminal_and_json_say_the_same() -> None:
    rows = (wan2gp(GRADIO), audioldm())
    of_panel = shown(*rows, at=OPEN).cards[0].trouble
    assert of_panel is not None
    assert of_panel.sentence == PLAIN
    lines = status_lines(snapshot(*rows), NOW, 100, {})
    of_terminal = ["".join(span.text for span in line) for line in lines]
    assert [line[2:] for line in of_terminal if "not found" in line] == [PLAIN]
    of_json: Any = status_json(snapshot(*rows), Clocks(NOW, 0.0), {})
    assert of_json["services"][0]["problem"]["title"] == PLAIN


def test_a_connection_test_names_no_service_of_ours_either() -> None:
    layers = (LayerResult(Layer.PORT, Verdict.FAILED, 0.1, missing(GRADIO)),)
    tests = MappingProxyType({"wan2gp": Diagnosis("wan2gp", "wan2gp", None, layers, finished=True)})
    found = without_our_own(snapshot(wan2gp(), audioldm(), tests=tests)).tests["wan2gp"].problem
    assert found is not None
    assert found.met == ()
