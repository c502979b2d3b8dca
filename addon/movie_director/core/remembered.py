# SPDX-License-Identifier: GPL-3.0-or-later
"""What services could do when they were last seen, and the document in which that is kept.

Only what a service says about itself is kept, and where it was: no key, no password, nothing else of the
settings. The document is read like an answer of a stranger, for anybody may have edited it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from . import reading
from .endpoint import parse_endpoint
from .errors import ConfigError, ProtocolError
from .facts import Capability, LanguageModel, Parameter, ServiceInfo
from .model import State
from .serialisation import Json, capability_json, language_model_json, models_json
from .snapshot import Remembered, ServiceStatus

SCHEMA = "movie-director/remembered/1"
LIMIT = 1024 * 1024
"""Bytes of the document, written or read."""
REFRESH = 600.0
"""Seconds after which it is worth writing that a service is still there."""

_SCHEMA = re.compile(r"movie-director/remembered/(\d{1,6})")
_SERVICE = re.compile(r"[a-z0-9]{1,40}")
_LATEST = 2.5e11
"""Seconds since 1970 of the last moment that can be written as a date, the year 9892."""
_MOST_SERVICES = 32
_MOST_NAMES = 5_000
"""Of any one list."""
_MOST_FOLDERS = 200
_CUTS = (_MOST_NAMES, 1_000, 200, 40, 8, 0)
"""How long a list may be: the first of these with which the document keeps to its limit."""


class Unreadable(Exception):
    """This is no document of ours; the text says why."""


class NewerSchema(Exception):
    """A newer version of the program wrote this document; the text is its schema."""


def remember(status: ServiceStatus, wall: float) -> Remembered | None:
    """What is worth remembering of a service at this moment; None unless it is connected and all is read."""
    info = status.info
    if status.state is not State.CONNECTED or status.endpoint is None or info is None or not info.complete:
        return None
    lasting = ServiceInfo(
        info.program,
        info.version,
        features=info.features,
        models=info.models,
        capabilities=info.capabilities,
        language_models=info.language_models,
        complete=True,
    )
    return Remembered(status.service, status.endpoint.url, wall, lasting)


def is_news(known: Remembered | None, fresh: Remembered) -> bool:
    """Whether it is worth writing, compared with what is known already."""
    if known is None or known.url != fresh.url or known.info != fresh.info:
        return True
    return fresh.seen_at - known.seen_at >= REFRESH


# --- writing ----------------------------------------------------------------------------------------


def written(entries: Mapping[str, Remembered]) -> str:
    """The document as ASCII text of at most `LIMIT` bytes.

    What does not fit is left out, and marked: services seen longest ago beyond a generous number, then the
    ends of long lists.
    """
    newest_first = sorted(entries.values(), key=lambda entry: -entry.seen_at)
    kept = {entry.service for entry in newest_first[:_MOST_SERVICES]}
    for most in _CUTS:
        services = {name: _entry_json(_cut(entry, most)) for name, entry in entries.items() if name in kept}
        text = _dumped(services)
        if len(text) <= LIMIT:
            return text
    return _dumped({})


def _dumped(services: Json) -> str:
    return json.dumps({"schema": SCHEMA, "services": services}, separators=(",", ":")) + "\n"


def _entry_json(entry: Remembered) -> Json:
    info = entry.info
    return {
        "url": entry.url,
        "seen_at": entry.seen_at,
        "program": info.program,
        "version": info.version,
        "features": list(info.features),
        "models": models_json(info.models),
        "capabilities": [capability_json(each) for each in info.capabilities],
        "language_models": [language_model_json(each) for each in info.language_models],
        "shortened": entry.shortened,
    }


def _cut(entry: Remembered, most: int) -> Remembered:
    """The entry with no list longer than `most`, and marked if that took something away."""
    info = entry.info
    shorter = replace(
        info,
        features=info.features[:most],
        models=tuple((folder, names[:most]) for folder, names in info.models[: min(most, _MOST_FOLDERS)]),
        capabilities=tuple(_cut_capability(each, most) for each in info.capabilities[:most]),
        language_models=info.language_models[:most],
    )
    return replace(entry, info=shorter, shortened=entry.shortened or shorter != info)


def _cut_capability(capability: Capability, most: int) -> Capability:
    parameters = [replace(each, choices=each.choices[:most]) for each in capability.parameters[:most]]
    return replace(capability, parameters=tuple(parameters))


# --- reading ----------------------------------------------------------------------------------------


def read(data: bytes) -> dict[str, Remembered]:
    """What is usable of the document, by service.

    Raises `NewerSchema` for a document of a later version, `Unreadable` for what is no such document.
    """
    if len(data) > LIMIT:
        raise Unreadable(f"larger than {LIMIT} bytes")
    try:
        document = reading.mapping(reading.parse_json(data.decode("utf-8")))
    except (UnicodeDecodeError, ProtocolError) as error:
        raise Unreadable("not JSON in UTF-8") from error
    schema = reading.text(document.get("schema"))
    found = _SCHEMA.fullmatch(schema)
    if found is None or int(found[1]) < 1:
        raise Unreadable(f"its schema is not {SCHEMA}")
    if int(found[1]) > 1:
        raise NewerSchema(schema)
    return {entry.service: entry for entry in _entries(document.get("services"))}


def _entries(value: object) -> Iterator[Remembered]:
    for number, (service, fields) in enumerate(reading.mapping(value).items()):
        if number >= _MOST_SERVICES:
            return
        entry = _entry(service, reading.mapping(fields)) if _SERVICE.fullmatch(service) else None
        if entry is not None:
            yield entry


def _entry(service: str, fields: Mapping[str, object]) -> Remembered | None:
    """One service; None without an address or a moment."""
    seen_at = reading.number(fields.get("seen_at"), 0.0, _LATEST)
    url = fields.get("url")
    if seen_at is None or not isinstance(url, str):
        return None
    try:
        endpoint = parse_endpoint(url)
    except ConfigError:
        return None
    info = ServiceInfo(
        reading.text(fields.get("program"), 100),
        reading.text(fields.get("version"), 100),
        features=reading.names(fields.get("features"), _MOST_NAMES),
        models=tuple(_models(fields.get("models"))),
        capabilities=tuple(_capabilities(fields.get("capabilities"))),
        language_models=tuple(_language_models(fields.get("language_models"))),
        complete=True,
    )
    return Remembered(service, endpoint.url, seen_at, info, fields.get("shortened") is True)


def _models(value: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    for each in reading.items(value)[:_MOST_FOLDERS]:
        fields = reading.mapping(each)
        if fields:
            yield reading.name(fields.get("folder")), reading.names(fields.get("names"), _MOST_NAMES)


def _capabilities(value: object) -> Iterator[Capability]:
    for each in reading.items(value)[:_MOST_NAMES]:
        fields = reading.mapping(each)
        makes = reading.name(fields.get("makes"), 40)
        if makes:
            operation = reading.name(fields.get("operation"))
            yield Capability(makes, operation, tuple(_parameters(fields.get("parameters"))))


def _parameters(value: object) -> Iterator[Parameter]:
    for each in reading.items(value)[:_MOST_NAMES]:
        fields = reading.mapping(each)
        name, kind = reading.name(fields.get("name")), reading.name(fields.get("kind"), 40)
        if name and kind:
            minimum, maximum = (
                reading.number(fields.get(key), -1e300, 1e300) for key in ("minimum", "maximum")
            )
            choices = reading.names(fields.get("choices"), _MOST_NAMES)
            yield Parameter(name, kind, minimum, maximum, choices)


def _language_models(value: object) -> Iterator[LanguageModel]:
    for each in reading.items(value)[:_MOST_NAMES]:
        fields = reading.mapping(each)
        name = reading.name(fields.get("name"))
        if name:
            yield LanguageModel(name, reading.text(fields.get("provider"), 100))
