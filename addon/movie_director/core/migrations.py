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
    return {
        **_without(document, "config_version"),
        "version": 2,
        "services": {
            service: {"health_check_enabled": True, "health_check_interval": 30, **fields}
            if isinstance(fields, dict)
            else fields
            for service, fields in _services(document).items()
        },
    }


def from_2_to_3(document: Mapping[str, object]) -> Document:
    """Only what differs from the defaults of that time is what the user set; profiles have a place."""
    services = {service: _set_by_user(service, each) for service, each in _services(document).items()}
    settings = document.get("settings")
    general: dict[str, object] = {}
    if document.get("auto_connect_on_startup") is False:
        general["auto_connect"] = False
    kept = _without(
        document,
        *("services", "version", "addon", "timestamp", "auto_connect_on_startup", "connection_profile"),
        *(("settings",) if isinstance(settings, dict) else ()),
    )
    inner: Document = {"services": {name: each for name, each in services.items() if each != {}}}
    if general:
        inner["general"] = general
    says_something = document.keys() & {"settings", "services", "auto_connect_on_startup"}
    return {**kept, "format": FORMAT, "version": 3, **({"settings": inner} if says_something else {})}


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
_STATUS = ("health_check_enabled", "last_connected", "connection_status")
"""What was kept with the settings and is none."""
_OLD_TIMEOUTS = (30.0, 60.0)


def _set_by_user(service: str, fields: object) -> object:
    if not isinstance(fields, dict):
        return fields
    kept: dict[str, object] = {
        _RENAMED.get(str(name), str(name)): value for name, value in fields.items() if name not in _STATUS
    }
    written_anyway: dict[str, tuple[object, ...]] = {
        "url": ("", _OLD_URLS.get(service)),
        "timeout": _OLD_TIMEOUTS,
        **{name: (default,) for name, default in _OLD_DEFAULTS.items()},
    }
    return {name: value for name, value in kept.items() if value not in written_anyway.get(name, ())}


def _services(document: Mapping[str, object]) -> Mapping[str, object]:
    """Exports had their services one level deeper than profiles."""
    settings = document.get("settings")
    inner = settings if isinstance(settings, dict) else document
    services = inner.get("services", {})
    return services if isinstance(services, dict) else {}


def _without(document: Mapping[str, object], *names: str) -> Document:
    return {name: value for name, value in document.items() if name not in names}
