# SPDX-License-Identifier: GPL-3.0-or-later
"""What LiteLLM's answers say, as values. Any JSON value may come in; what comes out is bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...core import reading
from ...core.facts import LanguageModel
from .providers import plain_provider

PROGRAM = "LiteLLM"

MOST_MODELS = 5_000
_LONGEST_PROVIDER = 40
_WORDLESS = frozenset(
    {"audio_speech", "audio_transcription", "embedding", "image_edit", "image_generation", "moderation"}
    | {"ocr", "realtime", "rerank", "search", "vector_store", "video_generation"}
)
"""What LiteLLM calls the modes of models that do not answer with text."""


def is_alive(value: object) -> bool:
    """Whether this is LiteLLM's answer to ``/health/liveliness``."""
    return value == "I'm alive!"


def is_readiness(value: object) -> bool:
    """Whether this is LiteLLM's answer to ``/health/readiness``."""
    answer = reading.mapping(value)
    return isinstance(answer.get("status"), str) and isinstance(answer.get("db"), str)


def version(value: object) -> str:
    """Read ``/health/readiness`` (up to some release) or ``/health/readiness/details`` (after it)."""
    return reading.text(reading.mapping(value).get("litellm_version"), 40)


def model_names(value: object) -> tuple[str, ...] | None:
    """Read ``/v1/models``; None if it is not a list of models.

    Models that make no text are left out as far as the proxy says so here; older ones do not. So are
    patterns such as "openai/*", which no one can ask.
    """
    listed = reading.mapping(value).get("data")
    if not isinstance(listed, list):
        return None
    entries = [reading.mapping(each) for each in listed]
    ids = [each.get("id") for each in entries if _makes_text(each.get("mode"))]
    return tuple(name for name in reading.names(ids, MOST_MODELS) if "*" not in name)


@dataclass(frozen=True)
class Deployment:
    """What the proxy's configuration says of one model."""

    provider: str = ""
    makes_text: bool = True


def deployments(value: object) -> dict[str, Deployment]:
    """Read ``/model/info``: name of a model -> what it is, in the order of the proxy's configuration.

    A name may stand for several models, between which the proxy chooses; the first counts.
    """
    found: dict[str, Deployment] = {}
    for each in reading.items(reading.mapping(value).get("data")):
        entry = reading.mapping(each)
        name = reading.name(entry.get("model_name"))
        if name and name not in found and len(found) < MOST_MODELS:
            found[name] = _deployment(entry)
    return found


def _deployment(entry: Mapping[str, object]) -> Deployment:
    details = reading.mapping(entry.get("model_info"))
    parameters = reading.mapping(entry.get("litellm_params"))
    # "ollama/llama3" is of "ollama"; a name without a slash does not say whose it is.
    before, slash, _ = reading.name(parameters.get("model")).partition("/")
    candidates = (details.get("litellm_provider"), parameters.get("custom_llm_provider"), slash and before)
    said = next((name for each in candidates if (name := reading.name(each, _LONGEST_PROVIDER))), "")
    return Deployment(plain_provider(said), _makes_text(details.get("mode")))


def _makes_text(mode: object) -> bool:
    """Whether models of this mode answer with text; where none is said, they may."""
    return reading.text(mode) not in _WORDLESS


def language_models(names: Sequence[str], configured: Mapping[str, Deployment]) -> tuple[LanguageModel, ...]:
    """The models that make text, in the order of the configuration; those that it does not name come last.

    Old proxies list them in no order at all, and in another one after each start.
    """
    order = {name: number for number, name in enumerate(configured)}
    nothing = Deployment()
    return tuple(
        LanguageModel(name, configured.get(name, nothing).provider)
        for name in sorted(names, key=lambda name: order.get(name, len(order)))
        if configured.get(name, nothing).makes_text
    )
