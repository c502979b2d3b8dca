# SPDX-License-Identifier: GPL-3.0-or-later
"""The conversation with one Wan2GP, whichever way it was started (docs/adr/0033)."""

from __future__ import annotations

from ...core.errors import Rejected, WrongProgram
from ...core.facts import ServiceInfo
from ...core.settings import Policy
from .._gradio.client import GradioClient
from ..base import Surroundings
from . import web_ui
from .mcp_mode import McpClient


class Wan2gpClient:
    """A `backends.base.Client` for Wan2GP; owned by one thread, opens nothing before `open`.

    An address answers either as the web UI or as MCP mode; which one is found out at each `open`.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self._has_key = bool(surroundings.api_key)
        self._web_ui = GradioClient(web_ui.PROGRAM, surroundings)
        self._mcp = McpClient(surroundings)
        self._way: GradioClient | McpClient = self._web_ui

    def open(self) -> ServiceInfo:
        """Verify that Wan2GP answers, as web UI or in MCP mode, and read its light facts."""
        self._way = self._web_ui
        try:
            return self._web_ui.open()
        except (WrongProgram, Rejected) as error:
            # A key is sent to MCP mode only, so who asked for one may let us in there.
            may_be_mcp = self._has_key or isinstance(error, WrongProgram)
            if not may_be_mcp or not self._mcp.answers():
                raise
        self._way = self._mcp
        return self._mcp.open()

    def check(self) -> ServiceInfo:
        """Ask for a sign of life; where another program answers, find out whether it is Wan2GP after all."""
        try:
            return self._way.check()
        except WrongProgram:
            return self.open()

    def open_stream(self) -> None:
        """None: neither way has such a channel."""

    def close_stream(self) -> None:
        """Nothing to close."""

    def keep_stream_alive(self) -> None:
        """Nothing to keep alive."""

    def read_facts(self) -> ServiceInfo | None:
        """Read the next of the heavier facts; None when nothing is left."""
        return self._way.read_facts()

    def restart_facts(self) -> None:
        """Read what may have changed anew."""
        self._way.restart_facts()

    def retime(self, policy: Policy) -> None:
        """Use these times from now on; what is open stays so."""
        self._web_ui.retime(policy)
        self._mcp.retime(policy)

    def drop(self) -> None:
        """Close all sockets but stay usable."""
        self._web_ui.drop()
        self._mcp.drop()

    def close(self) -> None:
        """Release everything; never raises."""
        self._web_ui.close()
        self._mcp.close()
