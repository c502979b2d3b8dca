"""The JSON shapes that docs/json.md promises, compared as whole documents with tests/data/json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from movie_director.core.changes import Change, Kind
from movie_director.core.diagnosis import Diagnosis, Layer, LayerResult, Verdict
from movie_director.core.facts import Access, Capability, LanguageModel, Parameter, ServiceInfo
from movie_director.core.model import Health, Sighting, State
from movie_director.core.presentation import context
from movie_director.core.registry import offers
from movie_director.core.serialisation import (
    Clocks,
    change_json,
    diagnoses_json,
    discovery_json,
    status_json,
)
from movie_director.core.services_json import services_json
from movie_director.core.snapshot import DiscoveryReport, Remembered
from movie_director.core.versions import Support, VersionRule

from tests.samples import (
    COMFY,
    HERE,
    NOW,
    REFUSED,
    STREAM_REFUSED,
    other_instance,
    snapshot,
    status,
    stranger,
    suspended,
)

GOLDEN = Path(__file__).resolve().parents[1] / "data" / "json"
CLOCKS = Clocks(monotonic=NOW, wall=1795219200.25)
CHAT = Capability("text", "chat", (Parameter("temperature", "number", 0.0, 2.0),))
VIDEO = Capability("video", "generate", (Parameter("resolution", "choice", choices=("480p", "720p")),))
PROXY = ServiceInfo(
    "LiteLLM",
    "1.106.0",
    access=Access.ACCEPTED,
    capabilities=(CHAT,),
    language_models=(LanguageModel("gpt-5", "openai"), LanguageModel("local")),
    variables=("OPENAI_API_KEY",),
    complete=True,
)
HINT = "In its folder, run: python main.py."


def status_document() -> dict[str, Any]:
    shown = snapshot(
        status(State.CONNECTED, health=Health.DEGRADED, problem=STREAM_REFUSED, others=(other_instance(),)),
        status(State.SUSPENDED, service="wan2gp", label="Wan2GP", attempt=5, retry_at=NOW + 27.4),
        status(State.CONNECTING, service="rvc", label="RVC", required=False, attempting=True),
        status(State.DISABLED, service="audioldm", label="AudioLDM", required=False),
        status(
            State.CONNECTED,
            service="litellm",
            label="LiteLLM",
            info=PROXY,
            makes=("text",),
            support=Support.TESTED,
        ),
    )
    return status_json(shown, CLOCKS, {"wan2gp": HINT})


def discovery_document() -> dict[str, Any]:
    found = Sighting(HERE, "comfyui", COMFY, seconds=0.0052)
    report = DiscoveryReport((found, other_instance(), stranger()), 10, 0.0431, True, 2)
    return discovery_json(report, CLOCKS, ["wan2gp"], ok=False)


def diagnosis_document() -> dict[str, Any]:
    passed = (
        LayerResult(Layer.NAME, Verdict.PASSED, 0.0),
        LayerResult(Layer.PORT, Verdict.PASSED, 0.0003),
        LayerResult(Layer.HTTP, Verdict.PASSED, 0.0021),
        LayerResult(Layer.PROGRAM, Verdict.PASSED, 0.0044),
        LayerResult(Layer.CREDENTIALS, Verdict.NOT_NEEDED),
        LayerResult(Layer.READY, Verdict.WARNING, 0.0102, STREAM_REFUSED),
    )
    failed = (
        LayerResult(Layer.NAME, Verdict.PASSED, 0.0),
        LayerResult(Layer.PORT, Verdict.FAILED, 0.0004, REFUSED),
        *(LayerResult(each, Verdict.NOT_REACHED) for each in (Layer.HTTP, Layer.PROGRAM, Layer.CREDENTIALS)),
        LayerResult(Layer.READY, Verdict.NOT_REACHED),
    )
    tests = (
        Diagnosis("comfyui", "comfyui", HERE, passed, ServiceInfo("ComfyUI", "0.33.0"), True),
        Diagnosis("http://127.0.0.1:8188", None, HERE, failed, None, True),
    )
    return diagnoses_json(tests, CLOCKS, {"comfyui": context("ComfyUI", HERE)}, ok=False)


def change_document() -> dict[str, Any]:
    return change_json(Change(Kind.LOST, 991.25, suspended()), CLOCKS, HINT)


def services_document() -> dict[str, Any]:
    video = ServiceInfo(
        "Wan2GP", "12.60", models=(("t2v", ("wan 2.1",)),), capabilities=(VIDEO,), complete=True
    )
    seen = Remembered("wan2gp", "http://127.0.0.1:7860", CLOCKS.wall - 7200.0, video, shortened=True)
    shown = snapshot(
        status(State.SUSPENDED, service="wan2gp", label="Wan2GP", endpoint=HERE),
        status(
            State.CONNECTED,
            makes=("image", "video"),
            support=Support.NEWER,
            info=COMFY,
        ),
        status(State.CONNECTED, service="litellm", label="LiteLLM", info=PROXY),
        remembered={"wan2gp": seen},
    )
    rules = {"comfyui": VersionRule("0.3.45", "0.3.64")}
    found = offers(shown, ("video",))
    return services_json(shown, found, CLOCKS, rules, make="video", ready_only=False)


DOCUMENTS = {
    "status": status_document,
    "discovery": discovery_document,
    "diagnosis": diagnosis_document,
    "change": change_document,
    "services": services_document,
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_document_is_the_recorded_one(name: str) -> None:
    written = json.dumps(DOCUMENTS[name](), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    assert written == (GOLDEN / f"{name}.json").read_text("utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_field_is_documented(name: str) -> None:
    guide = (GOLDEN.parents[2] / "docs" / "json.md").read_text("utf-8")

    def fields(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*map(fields, value.values()))
        return set().union(*map(fields, value)) if isinstance(value, list) else set()

    missing = {field for field in fields(DOCUMENTS[name]()) if f"`{field}`" not in guide}
    assert not missing
    assert DOCUMENTS[name]()["schema"] in guide


def test_a_back_change_carries_the_outage() -> None:
    change = change_json(Change(Kind.BACK, 999.0, status(State.CONNECTED), 2.1), CLOCKS)
    assert (change["change"], change["text"], change["outage_seconds"]) == ("back", "back after 2.1 s", 2.1)


@pytest.mark.parametrize(
    ("monotonic", "moment"),
    [
        (None, "2026-11-21T00:00:00.250Z"),
        (NOW, "2026-11-21T00:00:00.250Z"),
        (NOW - 0.251, "2026-11-20T23:59:59.999Z"),
        (NOW + 86400, "2026-11-22T00:00:00.250Z"),
    ],
)
def test_moments_are_utc_with_milliseconds(monotonic: float | None, moment: str) -> None:
    assert Clocks(NOW, 1795219200.25).moment(monotonic) == moment


def test_a_wait_that_is_over_is_zero_not_negative() -> None:
    late = status_json(snapshot(status(State.SUSPENDED, retry_at=NOW - 3)), CLOCKS, {})
    assert late["services"][0]["retry_in_seconds"] == 0
