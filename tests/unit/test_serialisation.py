"""The JSON shapes that docs/json.md promises, compared as whole documents with tests/data/json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from movie_director.core.changes import Change, Kind
from movie_director.core.diagnosis import Diagnosis, Layer, LayerResult, Verdict
from movie_director.core.model import Health, ServiceInfo, Sighting, State
from movie_director.core.presentation import context
from movie_director.core.serialisation import (
    Clocks,
    change_json,
    diagnoses_json,
    discovery_json,
    status_json,
)
from movie_director.core.snapshot import DiscoveryReport

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
HINT = "In its folder, run: python main.py."


def status_document() -> dict[str, Any]:
    shown = snapshot(
        status(State.CONNECTED, health=Health.DEGRADED, problem=STREAM_REFUSED, others=(other_instance(),)),
        status(State.SUSPENDED, service="wan2gp", label="Wan2GP", attempt=5, retry_at=NOW + 27.4),
        status(State.CONNECTING, service="rvc", label="RVC", required=False, attempting=True),
        status(State.DISABLED, service="audioldm", label="AudioLDM", required=False),
    )
    return status_json(shown, CLOCKS, {"wan2gp": HINT})


def discovery_document() -> dict[str, Any]:
    found = Sighting(HERE, "comfyui", COMFY, seconds=0.0052)
    report = DiscoveryReport((found, other_instance(), stranger()), 10, 0.0431, True)
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


DOCUMENTS = {
    "status": status_document,
    "discovery": discovery_document,
    "diagnosis": diagnosis_document,
    "change": change_document,
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
