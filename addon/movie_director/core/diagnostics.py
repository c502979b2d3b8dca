# SPDX-License-Identifier: GPL-3.0-or-later
"""A report on the whole program for who is to find a fault: bounded, and free of secrets and of names.

It is made of the same values in JSON and as text, and cleaned in one place, before either is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .anonymity import Anonymizer
from .changes import Change, change_text
from .diagnosis import Diagnosis
from .evidence import Evidence, LogPart
from .facts import ServiceInfo
from .presentation import context, required_are_ready
from .printable import visible
from .redact import Redactor
from .serialisation import Clocks, Json, diagnosis_json, problem_json, service_json
from .settings_report import setting_rows
from .snapshot import ServiceStatus

DIAGNOSTICS = "movie-director/diagnostics/1"

LONGEST_TEXT = 400
"""Characters of one value."""
LONGEST_RECORD = 1_000
"""Characters of one record of a log."""
LOG_SIZE = 20_000
"""Characters of all logs together; the newest records win."""
MOST = 40
"""Of problems, changes, tests, mistakes, and of what a service lists."""


def diagnostics(evidence: Evidence) -> Json:
    """The report as JSON; docs/json.md describes it."""
    view, where = evidence.view, evidence.surroundings
    document = {
        "schema": DIAGNOSTICS,
        "at": evidence.clocks.moment(),
        "ok": True,
        "ready": required_are_ready(evidence.snapshot),
        "movie_director": where.addon,
        "blender": where.blender or None,
        "python": where.python,
        "system": where.system,
        "packages": [{"name": name, "version": version} for name, version in where.packages[:MOST]],
        "files": [{"what": what, "path": path} for what, path in where.files.items()],
        "local_only": view.settings.local_only,
        "settings_read": view.loaded,
        "settings": _settings(evidence),
        "keys": [{"service": service, "address": str(origin)} for service, origin in view.keys[:MOST]],
        "settings_problems": [problem_json(each, {}) for each in view.problems[:MOST]],
        "services": [_service(each, evidence) for each in evidence.snapshot.services.values()],
        "tests": [_test(each, evidence) for each in list(evidence.snapshot.tests.values())[-MOST:]],
        "changes": [_change(each, evidence.clocks) for each in evidence.changes[-MOST:]],
        "mistakes": list(evidence.mistakes[-MOST:]),
        "log_problem": evidence.log_problem or None,
    }
    clean = _cleaner(evidence)
    cleaned: Json = _cleaned(document, lambda text: _cut(visible(clean(text)), LONGEST_TEXT))
    return cleaned | {"logs": [_log(each, clean, LOG_SIZE // len(evidence.logs)) for each in evidence.logs]}


def _cleaner(evidence: Evidence) -> Callable[[str], str]:
    """What takes secrets and names out of a text."""
    hide = Redactor(evidence.view.settings.secrets)
    services = [each for service in evidence.schema.services for each in (service.name, service.label)]
    anonymous = Anonymizer(evidence.surroundings.who, keep=services)
    return lambda text: anonymous(hide(text))


def _settings(evidence: Evidence) -> list[Json]:
    return [
        {
            "service": row.service or None,
            "name": row.name,
            "value": row.value,
            "layer": row.layer.value,
            "detail": row.detail,
        }
        for row in setting_rows(evidence.schema, evidence.view)
    ]


def _service(status: ServiceStatus, evidence: Evidence) -> Json:
    """As in status --json, but how many models there are instead of what they are called."""
    hint = evidence.start_hints.get(status.service, "")
    row = service_json(status, evidence.clocks, hint)
    others = [each.endpoint.url for each in status.others[:MOST]]
    return row | {"info": _info(status.info), "others": others}


def _info(info: ServiceInfo | None) -> Json | None:
    if info is None:
        return None
    return {
        "program": info.program,
        "version": info.version or None,
        "devices": [device.name for device in info.devices[:MOST]],
        "queue_remaining": info.queue.remaining if info.queue else None,
        "access": info.access.value,
        "models": sum(len(names) for _, names in info.models),
        "language_models": len(info.language_models),
        "capabilities": len(info.capabilities),
        "complete": info.complete,
    }


def _test(test: Diagnosis, evidence: Evidence) -> Json:
    status = evidence.snapshot.services.get(test.service or "")
    known = context(status.label if status is not None else test.target, test.endpoint)
    return diagnosis_json(test, known) | {"info": _info(test.info)}


def _change(change: Change, clocks: Clocks) -> Json:
    return {
        "at": clocks.moment(change.at),
        "service": change.status.service,
        "label": change.status.label,
        "change": change.kind.value,
        "text": change_text(change),
    }


def _log(log: LogPart, clean: Callable[[str], str], size: int) -> Json:
    """The newest records that fit into `size` characters. One record may be several lines: a traceback."""
    kept: list[str] = []
    for record in reversed(log.records):
        text = _cut(visible(clean(record), keep="\n"), LONGEST_RECORD)
        size -= len(text) + 1
        if size < 0:
            break
        kept.append(text)
    name = _cut(visible(clean(log.name)), LONGEST_TEXT)
    return {"name": name, "left_out": len(log.records) - len(kept), "records": kept[::-1]}


def _cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: _cleaned(each, clean) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [_cleaned(each, clean) for each in value]
    return value


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
