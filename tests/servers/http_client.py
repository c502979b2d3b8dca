"""One HTTP exchange for tests, independent of the product's client: `http.client` of the standard library."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """Status, headers (looked up without regard to case) and the whole body."""

    status: int
    headers: Message
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def content(self) -> Any:
        """The body as the recordings keep it: parsed if it is JSON, else as text."""
        if self.headers.get_content_type() == "application/json":
            return self.json()
        return self.body.decode("utf-8", "replace")


def exchange(
    url: str,
    method: str = "GET",
    *,
    json_body: Any = None,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    timeout: float = 20.0,
) -> Answer:
    """Send one request on a connection of its own; OSError or HTTPException when there is no whole answer."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if json_body is not None:
        body = json.dumps(json_body).encode()
    try:
        connection.request(method, target, body, headers or {})
        with connection.getresponse() as response:
            return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()
