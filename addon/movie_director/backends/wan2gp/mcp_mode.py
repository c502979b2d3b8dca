# SPDX-License-Identifier: GPL-3.0-or-later
"""MCP mode of Wan2GP: no page, one address, and tools instead of buttons."""

from __future__ import annotations

from dataclasses import replace

from ...core.errors import NoAnswer, ProtocolError, ServerFailed, WrongProgram
from ...core.facts import ServiceInfo
from ...core.settings import Policy
from ...transport.header_fields import authorization
from ...transport.http import Answer, HttpClient
from ..base import Surroundings, wrong_program
from . import facts
from .mcp import McpServer, answers_mcp

NO_PAGE = 404
_NOTHING_HERE = b"Not Found"
"""The whole answer of ``/``."""
_PAGE_OF_MODELS = 50
_TRIES = 2


def suspects(page: Answer) -> bool:
    """Whether ``/`` may be that of MCP mode, which has nothing there and says so in nine bytes."""
    return page.status == NO_PAGE and page.body == _NOTHING_HERE


def identify(http: HttpClient) -> ServiceInfo | None:
    """Identity by what the server calls itself; None for a server that is not MCP, or not Wan2GP."""
    server = McpServer(http)
    if not answers_mcp(server):
        return None
    try:
        name = server.name()
    except (ProtocolError, ServerFailed):
        return None  # such as a server that answers in events: Wan2GP never does
    return ServiceInfo(facts.PROGRAM, features=(facts.MCP,)) if name == facts.TITLE else None


class McpClient:
    """A `backends.base.Client` for MCP mode; owned by one thread, opens nothing before `answers` or `open`.

    It tells neither a version of its own nor a queue: jobs are known only to those who gave them.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._policy = surroundings.policy
        self._server = McpServer(self._new_http())
        self._info = ServiceInfo(facts.PROGRAM, features=(facts.MCP,))
        self._tools_known = False
        self._models: dict[str, str] = {}
        self._asked = 0
        self._tries_left = _TRIES

    # --- life --------------------------------------------------------------------------------------

    def answers(self) -> bool:
        """Whether something here speaks MCP; sends nothing but GET."""
        return answers_mcp(self._server, self._policy.check_timeout)

    def open(self) -> ServiceInfo:
        """Verify that it is Wan2GP; to be called once `answers` was true."""
        try:
            self._verify()
        except ProtocolError as error:
            raise self._wrong_program("an MCP server", error.problem.detail) from error
        self._info = ServiceInfo(facts.PROGRAM, features=(facts.MCP,))
        self.restart_facts()
        return self._info

    def check(self) -> ServiceInfo:
        """Ask for its name: 264 bytes that no other program sends, answered without touching a model.

        Raises `WrongProgram` when another program, or no MCP server, answers.
        """
        try:
            self._verify()
        except ProtocolError as error:
            if self.answers():
                raise
            raise self._wrong_program("", error.problem.detail) from error
        return self._info

    def retime(self, policy: Policy) -> None:
        """Use these times from now on; what is open stays so."""
        self._policy = policy
        self._server.http.read_timeout = policy.check_timeout

    def drop(self) -> None:
        """Close all sockets but stay usable."""
        self._server.http.close()
        self._server.http = self._new_http()

    def close(self) -> None:
        """Release everything; never raises."""
        self._server.http.close()

    # --- stream: MCP mode tells nothing by itself -----------------------------------------------------

    def open_stream(self) -> None:
        """None: there is no such channel."""

    def close_stream(self) -> None:
        """Nothing to close."""

    def keep_stream_alive(self) -> None:
        """Nothing to keep alive."""

    # --- facts -------------------------------------------------------------------------------------

    def read_facts(self) -> ServiceInfo | None:
        """Read the tools, then the models, some per call; None when nothing is left.

        What fails, or is late twice, is left out.
        """
        if self._info.complete:
            return None
        try:
            if self._tools_known:
                self._read_models()
            else:
                self._read_tools()
            self._tries_left = _TRIES
        except (ProtocolError, ServerFailed):
            self._info = replace(self._info, complete=True)
        except NoAnswer:
            self._tries_left -= 1
            if not self._tries_left:
                raise
        return self._info

    def restart_facts(self) -> None:
        """Read them anew; what is known stays until then."""
        self._tools_known = False
        self._models.clear()
        self._asked = 0
        self._tries_left = _TRIES
        self._info = replace(self._info, complete=False)

    def _read_tools(self) -> None:
        offered = facts.tools(self._server.tools(self._policy.check_timeout))
        self._tools_known = True
        self._info = replace(
            self._info,
            capabilities=facts.capabilities(offered),
            complete=facts.LIST_AVAILABILITY not in offered,
        )

    def _read_models(self) -> None:
        """One page of the models that make video; the last one brings nothing new."""
        asked: dict[str, object] = {
            "main_output": "video",
            "limit": _PAGE_OF_MODELS,
            "offset": self._asked,
        }
        page = facts.availability(
            self._server.read(facts.LIST_AVAILABILITY, asked, self._policy.check_timeout)
        )
        known = len(self._models)
        self._models.update({model: status for status, model in page})
        self._asked += _PAGE_OF_MODELS
        last = len(page) < _PAGE_OF_MODELS or len(self._models) == known or self._asked >= facts.MOST_MODELS
        models = facts.by_status((status, model) for model, status in self._models.items())
        self._info = replace(self._info, models=models, complete=last)

    # --- the parts ---------------------------------------------------------------------------------

    def _verify(self) -> None:
        name = self._server.name(self._policy.check_timeout)
        if name != facts.TITLE:
            raise self._wrong_program(f"the MCP server {name}".rstrip(), f"it calls itself {name!r}")

    def _wrong_program(self, found: str, detail: str) -> WrongProgram:
        return wrong_program(facts.PROGRAM, self._surroundings.endpoint, detail, found)

    def _new_http(self) -> HttpClient:
        surroundings = self._surroundings
        return HttpClient(
            surroundings.endpoint,
            surroundings.sockets,
            connect_timeout=self._policy.connect_timeout(surroundings.endpoint.is_loopback),
            read_timeout=self._policy.check_timeout,
            headers=authorization(surroundings.credentials, surroundings.api_key),
            credentials=surroundings.credentials,
            ca_file=surroundings.ca_file,
            answers=surroundings.answers,
        )
