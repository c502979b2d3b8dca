# SPDX-License-Identifier: GPL-3.0-or-later
"""Cards of the panel and their parts, for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from movie_director.core.card_parts import LLM, Viewing
from movie_director.core.cards import Card, PanelCards, panel_cards
from movie_director.core.diagnosis import Diagnosis, Layer, LayerResult, Verdict
from movie_director.core.errors import ProblemCode, problem
from movie_director.core.facts import Access, LanguageModel, ServiceInfo
from movie_director.core.model import State
from movie_director.core.serialisation import Clocks
from movie_director.core.settings import ServiceSettings, Settings
from movie_director.core.snapshot import ServiceStatus

from tests.samples import HERE, NOW, snapshot, status

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
PASSED = Diagnosis(
    "comfyui",
    "comfyui",
    HERE,
    (LayerResult(Layer.PORT, Verdict.PASSED, 0.002), LayerResult(Layer.CREDENTIALS, Verdict.NOT_NEEDED)),
    finished=True,
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
