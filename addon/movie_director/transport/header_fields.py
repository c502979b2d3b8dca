# SPDX-License-Identifier: GPL-3.0-or-later
"""The header fields of our requests."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

from .. import VERSION
from ..core.endpoint import Credentials, Endpoint
from ..core.errors import ConfigError, ProblemCode, problem
from ..core.printable import excerpt

USER_AGENT = "MovieDirector/" + ".".join(map(str, VERSION))

_KEY_HEADERS = frozenset({"authorization", "x-api-key", "api-key", "cookie"})


def host_field(endpoint: Endpoint) -> str:
    """The authority as a server wants to see it: without a zone, which means nothing to it."""
    host = endpoint.host.partition("%")[0]
    return Endpoint(endpoint.scheme, host, endpoint.port).authority


def basic_authorization(credentials: Credentials) -> str:
    pair = f"{credentials.user}:{credentials.password}".encode()
    return "Basic " + b64encode(pair).decode("ascii")


def authorization(credentials: Credentials | None, api_key: str) -> dict[str, str]:
    """The fields that show who we are: a key as Bearer, or user and password as Basic, or none.

    Of both, user and password have that place, for a web server that stands before the program; the key, for
    the program, has a field of its own.
    """
    if credentials is None:
        return {"Authorization": f"Bearer {api_key}"} if api_key else {}
    fields = {"Authorization": basic_authorization(credentials)}
    return {**fields, "X-API-Key": api_key} if api_key else fields


def has_key(headers: Mapping[str, str]) -> bool:
    """Whether one of the fields shows who we are."""
    return any(name.lower() in _KEY_HEADERS for name in headers)


def check_sendable(headers: Mapping[str, str]) -> None:
    """Raise `ConfigError` (``bad-setting``) for a field that HTTP cannot carry.

    The value may be a secret, so no text ever shows it.
    """
    for name, value in headers.items():
        if not _is_name(name) or not _is_value(value):
            shown = excerpt(name)
            reason = "it has characters that an HTTP header cannot have"
            detail = f"{shown}: {reason}"
            code, value = ProblemCode.BAD_SETTING, "(hidden)"
            raise ConfigError(problem(code, detail, retry=False, name=shown, value=value, reason=reason))


def _is_name(name: str) -> bool:
    return name.isascii() and name.replace("-", "").replace("_", "").isalnum()


def _is_value(value: str) -> bool:
    return value.isprintable() and value == value.strip() and all(ord(mark) < 256 for mark in value)
