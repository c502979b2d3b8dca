# SPDX-License-Identifier: GPL-3.0-or-later
"""The Model Context Protocol over HTTP, as far as a server without sessions needs it: one POST, one answer.

Servers made with the library that Wan2GP pins redirect ``/mcp`` to ``/mcp/``, newer ones the other way round.
"""

from __future__ import annotations

import contextlib
from urllib.parse import urlsplit

from ...core import reading
from ...core.errors import (
    ConfigError,
    ConnectionLost,
    NoAnswer,
    ProblemCode,
    ProtocolError,
    ServerFailed,
    problem,
)
from ...transport.header_fields import USER_AGENT
from ...transport.http import Answer, HttpClient, expect_ok

PATH = "/mcp"
ANSWER_LIMIT = 256 * 1024

_SMALL = 16 * 1024
_PROTOCOL = "2025-03-26"
_ACCEPT_JSON = {"Accept": "application/json"}
_ACCEPT = {"Accept": "application/json, text/event-stream"}
_NOT_BY_GET = frozenset({400, 405, 406})
"""What MCP servers answer to GET by one who wants no stream of events."""
_SESSION = "Mcp-Session-Id"
_MOVED = frozenset({307, 308})


class McpServer:
    """Asks one server; times are seconds, None for the limit of `http`. Every method raises `ServiceError`.

    Nothing is posted before `looks_like_mcp` was true: other programs take a POST for something.
    """

    def __init__(self, http: HttpClient) -> None:
        self.http = http
        self._path = PATH

    def looks_like_mcp(self, timeout: float | None = None) -> bool:
        """Whether GET is refused as MCP does it: by an error of JSON-RPC. Raises `Rejected` for 401, 403."""
        self._path = PATH
        answer = self._get(timeout)
        if answer.status in _MOVED and self._is_same_place(answer):
            self._path = PATH + "/"
            answer = self._get(timeout)
        if answer.status in (401, 403):
            expect_ok(answer)
        return answer.status in _NOT_BY_GET and _is_rpc_error(answer)

    def name(self, timeout: float | None = None) -> str:
        """What the server calls itself. Leaves nothing there: a session of another program is ended."""
        params = {
            "protocolVersion": _PROTOCOL,
            "capabilities": {},
            "clientInfo": {"name": "MovieDirector", "version": USER_AGENT.rpartition("/")[2]},
        }
        result = reading.mapping(self._ask("initialize", params, timeout, idempotent=True))
        return reading.text(reading.mapping(result.get("serverInfo")).get("name"))

    def tools(self, timeout: float | None = None) -> object:
        """The result of ``tools/list``."""
        return self._ask("tools/list", {}, timeout, idempotent=True)

    def read(self, tool: str, arguments: dict[str, object], timeout: float | None = None) -> object:
        """The structured answer of a tool that only tells something, and so may be asked twice.

        Raises `ServerFailed` when the tool fails.
        """
        params = {"name": tool, "arguments": arguments}
        result = reading.mapping(self._ask("tools/call", params, timeout, idempotent=True))
        if result.get("isError") is not False:
            content = [reading.mapping(each) for each in reading.items(result.get("content"))[:1]]
            said = reading.text(content[0].get("text")) if content else ""
            raise ServerFailed(problem(ProblemCode.SERVER_ERROR, f"{tool}: {said}"))
        return result.get("structuredContent")

    def _ask(self, method: str, params: object, timeout: float | None, *, idempotent: bool) -> object:
        asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = self.http.request(
            "POST",
            self._path,
            json=asked,
            headers=_ACCEPT,
            limit=ANSWER_LIMIT,
            timeout=timeout,
            idempotent=idempotent,
        )
        self._end_session(answer.headers.get(_SESSION, ""), timeout)
        said = reading.mapping(expect_ok(answer).json())
        if said.get("jsonrpc") != "2.0" or "result" not in said:
            raise reading.malformed(f"{method}: not the answer of an MCP server")
        return said["result"]

    def _end_session(self, session: str, timeout: float | None) -> None:
        if not session:
            return
        # Else a server of another program would keep it for ever, one for each time that we look around.
        with contextlib.suppress(ProtocolError, NoAnswer, ServerFailed, ConfigError, ConnectionLost):
            self.http.request(
                "DELETE", self._path, headers={_SESSION: session}, limit=_SMALL, timeout=timeout
            )

    def _get(self, timeout: float | None) -> Answer:
        # Without this header newer servers take the request for that of a stream, which never ends.
        return self.http.request(
            "GET",
            self._path,
            headers=_ACCEPT_JSON,
            limit=_SMALL,
            timeout=timeout,
            prefix_only=True,
            redirects=True,
        )

    def _is_same_place(self, answer: Answer) -> bool:
        """Whether a redirect leads to this server's ``/mcp/`` and nowhere else."""
        here = self.http.endpoint
        try:
            place = urlsplit(answer.headers.get("location", ""))
        except ValueError:
            return False
        return place.netloc in ("", here.authority) and place.path == f"{here.path}{PATH}/"


def answers_mcp(server: McpServer, timeout: float | None = None) -> bool:
    """`McpServer.looks_like_mcp`, where an answer that the protocol does not know means no."""
    try:
        return server.looks_like_mcp(timeout)
    except (ProtocolError, NoAnswer, ServerFailed):
        return False


def _is_rpc_error(answer: Answer) -> bool:
    try:
        said = reading.mapping(answer.json())
    except ProtocolError:
        return False
    return said.get("jsonrpc") == "2.0" and isinstance(reading.mapping(said.get("error")).get("code"), int)
