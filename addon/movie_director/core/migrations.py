# SPDX-License-Identifier: GPL-3.0-or-later
"""Older documents of settings, brought to the newest version step by step.

| version | what it was |
|---|---|
| 1 | one flat set of services with every value written out, as the first plans had it |
| 2 | the same with ``health_check_enabled`` and ``health_check_interval`` |
| 3 | what `core.settings_document` describes: only what the user set, with profiles |

A step gets a document of its version and returns a new one of the next; it never changes its argument,
and takes what it does not know along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

CURRENT = 3
FORMAT = "movie-director/settings"

Document = dict[str, object]


class Unknown(Exception):
    """This is no document of any version; the text says why."""


def migrated(document: object) -> Document:
    """The document in the newest version; one of a future version as it is.

    Raises `Unknown` for what is no document of settings.
    """
    if not isinstance(document, dict):
        raise Unknown("it is not a JSON object")
    if document.get("format", FORMAT) != FORMAT:
        raise Unknown(f"it is not of the format {FORMAT}")
    version = version_of(document)
    while version < CURRENT:
        document = STEPS[version](document)
        version += 1
    return document


def version_of(document: Mapping[str, object]) -> int:
    """The version of a document, at least 1. Raises `Unknown`."""
    version = document.get("version", document.get("config_version"))
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise Unknown("it does not say its version")
    return version


def from_1_to_2(document: Mapping[str, object]) -> Document:
    """The health checks got an interval of their own."""
    return {**_with_each_service(_without(document, "config_version"), _checked), "version": 2}


def from_2_to_3(document: Mapping[str, object]) -> Document:
    """Only what differs from the defaults of that time is what the user set; profiles have a place."""
    new = _without(_with_each_service(document, _set_by_user), *_ABOUT_THE_FILE)
    says_something = document.keys() & {"settings", "services", _AUTO_CONNECT}
    settings = new.pop("settings", {})
    # What cannot be looked into is told and kept, like any other name that is not known.
    inner = _without(settings, *_ABOUT_THE_FILE) if isinstance(settings, dict) else {"settings": settings}
    _move_services(new, inner)
    for place in (inner, new):
        _move_auto_connect(place, inner)
    return {**new, "format": FORMAT, "version": 3, **({"settings": inner} if says_something else {})}


STEPS: Mapping[int, Callable[[Mapping[str, object]], Document]] = {1: from_1_to_2, 2: from_2_to_3}

_OLD_URLS = {
    "comfyui": "ws://localhost:8188",
    "wan2gp": "http://localhost:7860",
    "litellm": "http://localhost:8000",
    "rvc": "http://localhost:7865",
    "audioldm": "http://localhost:7863",
}
"""Written into every document of version 1 and 2, whether or not anybody chose them."""
_OLD_DEFAULTS: Mapping[str, object] = {
    "enabled": True,
    "retry_count": 3,
    "custom_data": {},
    "check_interval": 30,
}
_RENAMED = {"connection_timeout": "timeout", "health_check_interval": "check_interval"}
_AUTO_CONNECT = "auto_connect_on_startup"
_ABOUT_THE_FILE = ("addon", "timestamp", "connection_profile")
"""Said of the document, and no setting."""
_STATUS = ("health_check_enabled", "last_connected", "connection_status")
"""What was kept with the settings and is none."""
_OLD_TIMEOUTS = (30.0, 60.0)


def _with_each_service(
    document: Mapping[str, object], change: Callable[[str, Document], Document]
) -> Document:
    """The same with what `change` makes of each service. Exports had them one level deeper than scenes."""
    new = _with_services(document, change)
    settings = new.get("settings")
    return {**new, "settings": _with_services(settings, change)} if isinstance(settings, dict) else new


def _with_services(place: Mapping[str, object], change: Callable[[str, Document], Document]) -> Document:
    services = place.get("services")
    if not isinstance(services, dict):
        return dict(place)
    changed = {
        name: change(name, each) if isinstance(each, dict) else each for name, each in services.items()
    }
    return {**place, "services": changed}


def _checked(service: str, fields: Document) -> Document:
    return {"health_check_enabled": True, "health_check_interval": 30, **fields}


def _set_by_user(service: str, fields: Document) -> Document:
    written_anyway: dict[str, tuple[object, ...]] = {
        "url": ("", _OLD_URLS.get(service)),
        "timeout": _OLD_TIMEOUTS,
        **{name: (default,) for name, default in _OLD_DEFAULTS.items()},
    }
    kept: Document = {}
    for name, value in fields.items():
        renamed = _RENAMED.get(name, name)
        if name not in _STATUS and value not in written_anyway.get(renamed, ()):
            kept[name if renamed in fields else renamed] = value
    return kept


def _move_services(outer: Document, inner: Document) -> None:
    """Let them stand within the settings; one that stands there already is not replaced."""
    services, others = inner.get("services", {}), outer.get("services", {})
    if isinstance(services, dict) and isinstance(others, dict):
        others = _said(others)
        together = {**others, **_said(services)}
        inner["services"] = together
        outer["services"] = {name: each for name, each in others.items() if each != together[name]}
    elif "services" not in inner:
        inner["services"] = outer.pop("services")
    if outer.get("services") == {}:
        del outer["services"]


def _said(services: Mapping[str, object]) -> Document:
    return {name: fields for name, fields in services.items() if fields != {}}


def _move_auto_connect(place: Document, inner: Document) -> None:
    general = inner.get("general", {})
    if place.get(_AUTO_CONNECT, True) is True:
        place.pop(_AUTO_CONNECT, None)
    elif isinstance(general, dict) and "auto_connect" not in general:
        inner["general"] = {**general, "auto_connect": place.pop(_AUTO_CONNECT)}


def _without(document: Mapping[str, object], *names: str) -> Document:
    return {name: value for name, value in document.items() if name not in names}
