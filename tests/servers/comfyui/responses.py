"""HTTP requests as the routes see them, and answers with the headers that aiohttp gives them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

Headers = list[tuple[str, str]]

SERVER = "Python/3.11 aiohttp/3.14.5"
JSON_TYPE = "application/json; charset=utf-8"
TEXT_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Request:
    """One parsed request. `path` has no query; header names are lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; ValueError when it is not JSON (the real server answers 500 then)."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Response:
    """One answer. `value` keeps what a JSON body was made of, so that faults can change a field of it."""

    status: int = 200
    body: bytes = b""
    headers: Headers = field(default_factory=list)
    chunked: bool = False
    value: Any = None


def json_response(value: Any, status: int = 200) -> Response:
    """`value` as JSON, spaced as the real server spaces it."""
    body = json.dumps(value).encode()
    return Response(status, body, [("Content-Type", JSON_TYPE)], value=value)


def empty(status: int = 200) -> Response:
    """No body and, as recorded, no content type."""
    return Response(status)


def text(status: int, body: str, headers: Headers | None = None) -> Response:
    return Response(status, body.encode(), [("Content-Type", TEXT_TYPE), *(headers or [])])


def not_found() -> Response:
    """Unknown paths fall through to the handler of static files, which answers like this."""
    return Response(404, headers=[("Content-Type", "application/octet-stream")], chunked=True)


def method_not_allowed(allowed: str) -> Response:
    return text(405, "405: Method Not Allowed", [("Allow", allowed)])


def internal_error() -> Response:
    return text(500, "500 Internal Server Error\n\nServer got itself in trouble", [("Connection", "close")])


def reason(status: int) -> str:
    """The standard phrase of a status code, or an empty one for a code without."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
