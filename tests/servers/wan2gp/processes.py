"""Starts Wan2GP's two servers as processes that tests can freeze and kill."""

from __future__ import annotations

from ..fixtures import python_or_skip
from ..process import ServerProcess

READY_LIMIT = 120.0
"""Seconds that the web UI may need on a computer with much else to do; alone it needs 7."""


def web_ui_process(*arguments: str, port: int = 0) -> ServerProcess:
    """The web UI as a process; `arguments` are further options of its command line. May skip the test."""
    return ServerProcess(
        "tests.servers.wan2gp.web_ui",
        ["--port", str(port), *arguments],
        python=python_or_skip("gradio-5.29"),
        ready_limit=READY_LIMIT,
    )


def mcp_process(*arguments: str, port: int = 0) -> ServerProcess:
    """MCP mode as a process; `arguments` are further options of its command line. May skip the test."""
    return ServerProcess(
        "tests.servers.wan2gp.mcp_mode",
        ["--port", str(port), *arguments],
        python=python_or_skip("wan2gp-mcp"),
        ready_limit=READY_LIMIT,
    )
