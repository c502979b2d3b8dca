"""How many health checks find their connection still open, at a server that closes idle ones."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace

from movie_director.core.settings import Policy

from tests.servers.comfyui.generation import load_generation
from tests.servers.plain import RawServer, read_head

from .figures import Figure, Scale, at_least
from .pacing import await_that
from .watched import Watched, is_connected

_IDLE_LIMIT = 5.0
"""Seconds after which uvicorn closes an idle connection."""
_LEAST_REUSE = 95.0


def measure(scale: Scale) -> Iterator[Figure]:
    checks = 40
    factor = float(scale.pick(10, 4, 1))
    server = ClosingServer(_IDLE_LIMIT / factor)
    with RawServer(server.serve) as listener:
        policy = replace(Policy(), check_interval=Policy().check_interval / factor)
        with Watched(listener.url, policy) as watched:
            watched.now_or_next(is_connected)
            before = (server.checks, server.connections)
            await_that(lambda: server.checks >= before[0] + checks, "the checks")
            asked, opened = server.checks - before[0], server.connections - before[1]
    note = (
        f"{asked} checks every {policy.check_interval:g} s at a server that closes connections idle for "
        f"{_IDLE_LIMIT / factor:g} s (real: 4 s and 5 s); its connections that carried a request"
    )
    percent = 100 * (1 - opened / asked)
    limits = at_least(_LEAST_REUSE)
    yield Figure("checks on a reused connection", "%", (percent,), limits, is_gate=True, note=note)


class ClosingServer:
    """Answers what a connection to ComfyUI asks for, and closes idle connections."""

    def __init__(self, idle_limit: float) -> None:
        generation = load_generation("0.33.0")
        stats = {"system": generation.system, "devices": generation.devices}
        self._answers = {
            "/system_stats": stats,
            "/prompt": {"exec_info": {"queue_remaining": 0}},
            "/models": [],
        }
        self._idle_limit = idle_limit
        self.connections = 0
        """Connections that carried at least one request, except for those that asked for a WebSocket."""
        self.checks = 0

    def serve(self, sock: socket.socket) -> None:
        sock.settimeout(self._idle_limit)
        is_first = True
        while head := read_head(sock):
            path = head.split(b" ", 2)[1].decode("ascii").partition("?")[0]
            self.connections += is_first and path != "/ws"
            self.checks += path == "/system_stats"
            is_first = False
            sock.sendall(self._answer(path))

    def _answer(self, path: str) -> bytes:
        status = b"200 OK" if path in self._answers else b"404 Not Found"
        body = json.dumps(self._answers.get(path, {})).encode()
        head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        return head % (status, len(body)) + body
