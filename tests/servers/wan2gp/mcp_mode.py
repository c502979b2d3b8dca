"""Run MCP mode of Wan2GP in an environment with its MCP library: `python -m tests.servers.wan2gp.mcp_mode`.

The library is the real one, set up as Wan2GP does: one JSON answer per POST, no sessions. What it offers is
the recorded list of tools.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import threading
import time
from typing import Any

from .. import serving
from . import recording
from .mcp_tools import Tools

HOST = "127.0.0.1"
END_LIMIT = 2.0

_fastmcp: Any = importlib.import_module("mcp.server.fastmcp")
_types: Any = importlib.import_module("mcp.types")
_uvicorn: Any = importlib.import_module("uvicorn")


class RecordedTools(_fastmcp.FastMCP):  # type: ignore[misc]
    """A server that lists the recorded tools and calls ours. The library wants its methods to be async."""

    def __init__(self, name: str, tools: Tools, *, sessions: bool) -> None:
        self._listed = [_types.Tool(**tool) for tool in recording.mcp()["tools/list"]["result"]["tools"]]
        self._callable = tools.by_name()
        super().__init__(name, json_response=not sessions, stateless_http=not sessions, log_level="CRITICAL")

    async def list_tools(self) -> list[Any]:
        return self._listed

    async def call_tool(self, name: str, arguments: dict[str, Any]) -> Any:
        """Text and structure of the answer; an exception becomes an answer with `isError`."""
        try:
            answer = self._callable[name](arguments)
        except Exception as error:
            raise RuntimeError(f"Error executing tool {name}: {error}") from error
        texts = answer if isinstance(answer, list) else [answer]
        content = [_types.TextContent(type="text", text=json.dumps(text, indent=2)) for text in texts]
        return content, {"result": answer} if isinstance(answer, list) else answer


def main() -> int:
    """Serve until SIGTERM, Ctrl-C or the end of standard input. Returns the exit code."""
    options = _parser().parse_args()
    output = serving.keep_standard_output()
    tools = Tools(options.seconds, tuple(options.on_disk))
    app = RecordedTools(options.name, tools, sessions=options.sessions).streamable_http_app()
    # Not on a socket of ours: asyncio would take it for none of TCP, and answer 40 ms late (Nagle).
    config = _uvicorn.Config(
        app, HOST, options.port, log_level="critical", access_log=False, timeout_graceful_shutdown=1
    )
    server = _uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            return 1
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    serving.serve_until_told(output, f"http://{HOST}:{port}")
    server.should_exit = True
    thread.join(END_LIMIT)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.servers.wan2gp.mcp_mode", description="MCP mode of Wan2GP without the program."
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one, which is the default")
    parser.add_argument("--name", default="WanGP", help="what the server calls itself (default: WanGP)")
    parser.add_argument("--seconds", type=float, default=0.05, help="how long a job takes (default: 0.05)")
    parser.add_argument(
        "--on-disk", nargs="*", default=[], metavar="MODEL_TYPE", help="models whose files are there"
    )
    parser.add_argument(
        "--sessions", action="store_true", help="keep sessions and answer in events, as other programs do"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
