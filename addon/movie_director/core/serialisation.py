# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON shapes that scripts may rely on; docs/json.md describes them.

Each names its shape and version in ``schema``. Within a version fields are only ever added. Moments
are ISO 8601 in UTC with milliseconds, made from the monotonic readings by the two clocks that are handed in
together; spans are seconds. No shape holds a secret: credentials are not among the values that get here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, TypeAlias

from .changes import Change, change_text
from .diagnosis import Diagnosis, LayerResult
from .endpoint import Endpoint
from .errors import Parameter, Problem
from .facts import Capability, Device, LanguageModel, ServiceInfo
from .llm import llm_status, text_service
from .messages import explain
from .model import Sighting
from .presentation import colour, context, light, required_are_ready
from .snapshot import DiscoveryReport, ServiceStatus, Snapshot
from .strangers_met import without_our_own

STATUS = "movie-director/status/1"
DISCOVERY = "movie-director/discovery/1"
DIAGNOSIS = "movie-director/diagnosis/1"
CHANGE = "movie-director/change/1"

Json: TypeAlias = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Clocks:
    """One moment read from both clocks: monotonic seconds, and seconds since 1970."""

    monotonic: float
    wall: float

    def moment(self, monotonic: float | None = None) -> str:
        """A monotonic reading as ISO 8601 in UTC; without one, the moment of the clocks themselves."""
        elapsed = 0.0 if monotonic is None else monotonic - self.monotonic
        when = _EPOCH + timedelta(seconds=self.wall + elapsed)
        return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def status_json(snapshot: Snapshot, clocks: Clocks, start_hints: Mapping[str, str]) -> Json:
    """Everything known about all services. `start_hints` says per service how to start it."""
    services = [
        service_json(status, clocks, start_hints.get(status.service, ""))
        for status in without_our_own(snapshot).services.values()
    ]
    return {
        "schema": STATUS,
        "at": clocks.moment(),
        "ok": required_are_ready(snapshot),
        "light": light(snapshot.services.values()).value,
        "services": services,
        "llm": _llm(snapshot),
    }


def service_json(status: ServiceStatus, clocks: Clocks, start_hint: str = "") -> Json:
    """One service: its connection, and what it told about itself."""
    known = context(status.label, status.endpoint, start_hint)
    return {
        "service": status.service,
        "label": status.label,
        "required": status.required,
        "light": colour(status).value,
        "state": status.state.value,
        "health": status.health.value if status.health else None,
        "since": clocks.moment(status.since),
        "endpoint": endpoint_json(status.endpoint),
        "source": status.source.value if status.source else None,
        "latency_seconds": _rounded(status.latency),
        "stream": status.stream.value,
        "attempt": status.attempt,
        "attempting": status.attempting,
        "last_attempt_at": _moment(status.last_attempt_at, clocks),
        "retry_at": _moment(status.retry_at, clocks),
        "retry_in_seconds": _remaining(status.retry_at, clocks),
        "breaker": status.breaker.value,
        "support": status.support.value,
        "problem": problem_json(status.problem, known),
        "info": _info(status.info),
        "others": [_sighting(sighting) for sighting in status.others],
    }


def discovery_json(report: DiscoveryReport, clocks: Clocks, missing: Iterable[str], *, ok: bool) -> Json:
    """What a look around found; `missing` names the services that were looked for and not found."""
    return {
        "schema": DISCOVERY,
        "at": clocks.moment(),
        "ok": ok,
        "addresses_tried": report.addresses_tried,
        "seconds": _rounded(report.seconds),
        "advertised": report.advertised,
        "found": [_sighting(each) for each in report.sightings if each.service is not None],
        "other_programs": [_sighting(each) for each in report.sightings if each.service is None],
        "missing": list(missing),
    }


def diagnoses_json(
    diagnoses: Iterable[Diagnosis],
    clocks: Clocks,
    contexts: Mapping[str, Mapping[str, Parameter]],
    *,
    ok: bool,
) -> Json:
    """Connection tests; `contexts` holds per target what `core.messages.explain` wants to know."""
    tests = [diagnosis_json(each, contexts.get(each.target, {})) for each in diagnoses]
    return {"schema": DIAGNOSIS, "at": clocks.moment(), "ok": ok, "tests": tests}


def diagnosis_json(diagnosis: Diagnosis, known: Mapping[str, Parameter]) -> Json:
    return {
        "target": diagnosis.target,
        "service": diagnosis.service,
        "endpoint": endpoint_json(diagnosis.endpoint),
        "finished": diagnosis.finished,
        "passed": diagnosis.passed,
        "layers": [_layer(result, known) for result in diagnosis.layers],
        "problem": problem_json(diagnosis.problem, known),
        "info": _info(diagnosis.info),
    }


def change_json(change: Change, clocks: Clocks, start_hint: str = "") -> Json:
    """One piece of news, complete by itself, so that it can be a line of a log."""
    status = change.status
    return {
        "schema": CHANGE,
        "at": clocks.moment(change.at),
        "change": change.kind.value,
        "text": change_text(change),
        "outage_seconds": _rounded(change.outage),
        "service": status.service,
        "label": status.label,
        "required": status.required,
        "light": colour(status).value,
        "state": status.state.value,
        "health": status.health.value if status.health else None,
        "endpoint": endpoint_json(status.endpoint),
        "version": status.info.version if status.info else None,
        "retry_in_seconds": _remaining(status.retry_at, clocks),
        "problem": problem_json(status.problem, context(status.label, status.endpoint, start_hint)),
    }


def problem_json(what: Problem | None, known: Mapping[str, Parameter]) -> Json | None:
    """A problem with its sentences in English; `code` and `fix` are what scripts should look at."""
    if what is None:
        return None
    explanation = explain(what, known)
    return {
        "code": what.code.value,
        "title": explanation.title,
        "advice": explanation.advice,
        "detail": what.detail,
        "retry": what.retry,
        "fix": explanation.fix.value,
    }


def _layer(result: LayerResult, known: Mapping[str, Parameter]) -> Json:
    return {
        "layer": result.layer.value,
        "verdict": result.verdict.value,
        "seconds": _rounded(result.seconds),
        "problem": problem_json(result.problem, known),
    }


def endpoint_json(endpoint: Endpoint | None) -> Json | None:
    if endpoint is None:
        return None
    return {
        "url": endpoint.url,
        "scheme": endpoint.scheme,
        "host": endpoint.host,
        "port": endpoint.port,
        "path": endpoint.path,
    }


def _info(info: ServiceInfo | None) -> Json | None:
    if info is None:
        return None
    return {
        "program": info.program,
        "version": info.version or None,
        "devices": [_device(device) for device in info.devices],
        "features": list(info.features),
        "models": models_json(info.models),
        "queue_remaining": info.queue.remaining if info.queue else None,
        "access": info.access.value,
        "capabilities": [capability_json(each) for each in info.capabilities],
        "language_models": [language_model_json(each) for each in info.language_models],
        "variables": list(info.variables),
        "complete": info.complete,
    }


def models_json(models: Iterable[tuple[str, tuple[str, ...]]]) -> list[Json]:
    return [{"folder": folder, "names": list(names)} for folder, names in models]


def capability_json(capability: Capability) -> Json:
    """What can be made, by which operation, with which values."""
    return {
        "makes": capability.makes,
        "operation": capability.operation or None,
        "parameters": [
            {
                "name": each.name,
                "kind": each.kind,
                "minimum": each.minimum,
                "maximum": each.maximum,
                "choices": list(each.choices),
            }
            for each in capability.parameters
        ],
    }


def language_model_json(model: LanguageModel) -> Json:
    return {"name": model.name, "provider": model.provider or None}


def _llm(snapshot: Snapshot) -> Json | None:
    """How the LLM integration stands; None where no service writes texts."""
    llm, service = llm_status(snapshot), text_service(snapshot)
    if llm is None or service is None:
        return None
    return {
        "service": llm.service,
        "configured": llm.configured,
        "key": llm.key.value,
        "active_model": llm.active_model or None,
        "models": [language_model_json(each) for each in llm.models],
        "providers": list(llm.providers),
        "variables": list(llm.variables),
        "reason": problem_json(llm.reason, context(service.label, service.endpoint)),
    }


def _device(device: Device) -> Json:
    return {
        "name": device.name,
        "kind": device.kind,
        "memory_total": device.memory_total,
        "memory_free": device.memory_free,
    }


def _sighting(sighting: Sighting) -> Json:
    return {
        "endpoint": endpoint_json(sighting.endpoint),
        "service": sighting.service,
        "program": sighting.info.program if sighting.info else sighting.stranger or None,
        "version": (sighting.info.version or None) if sighting.info else None,
        "seconds": _rounded(sighting.seconds),
        "problem": problem_json(sighting.problem, {"address": sighting.endpoint.authority}),
    }


def _moment(monotonic: float | None, clocks: Clocks) -> str | None:
    return None if monotonic is None else clocks.moment(monotonic)


def _remaining(retry_at: float | None, clocks: Clocks) -> float | None:
    return None if retry_at is None else _rounded(max(0.0, retry_at - clocks.monotonic))


def _rounded(seconds: float | None) -> float | None:
    """Microseconds are the finest that any of our clocks can mean."""
    return None if seconds is None else round(seconds, 6)
