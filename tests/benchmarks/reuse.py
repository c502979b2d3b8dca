"""How many health checks find their connection still open, at a server that closes idle ones."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

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
    checks = scale.pick(25, 40, 40)
    factor = float(scale.pick(10, 4, 1))
    server = ClosingServer(_IDLE_LIMIT / factor)
    with RawServer(server.serve) as listener:
        policy = replace(Policy(), check_interval=Policy().check_interval / factor)
        with Watched(listener.url, policy) as watched:
            watched.now_or_next(is_connected)
            server.forget()
            await_that(lambda: len(server.checks) >= checks, "the checks")
            seen = server.checks[:checks]
    note = (
        f"{checks} checks every {policy.check_interval:g} s at a server that closes connections idle for "
        f"{_IDLE_LIMIT / factor:g} s (real: 4 s and 5 s), as that server saw them"
    )
    limits = at_least(_LEAST_REUSE)
    yield Figure("checks on a reused connection", "%", (_reused(seen),), limits, note=note)
    timely = [check for check in seen if check.pause < _IDLE_LIMIT / factor]
    if timely:
        beside = f"{note}; only those that a busy machine did not delay past the server's limit"
        reused = (_reused(timely),)
        yield Figure("timely checks on a reused connection", "%", reused, limits, is_gate=True, note=beside)


def _reused(checks: Sequence[Check]) -> float:
    return 100 * sum(check.is_reused for check in checks) / len(checks)


class Check(NamedTuple):
    """One health check, as the server sees it."""

    is_reused: bool
    """Whether it came on a connection that had carried a request before."""
    pause: float
    """Seconds since the last answer to anything but a WebSocket's handshake."""


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
        self._answered_at = time.monotonic()
        self.checks: list[Check] = []

    def forget(self) -> None:
        """Begin to count anew."""
        self.checks = []

    def serve(self, sock: socket.socket) -> None:
        sock.settimeout(self._idle_limit)
        is_reused = False
        while head := read_head(sock):
            path = head.split(b" ", 2)[1].decode("ascii").partition("?")[0]
            if path == "/system_stats":
                self.checks.append(Check(is_reused, time.monotonic() - self._answered_at))
            is_reused = True
            sock.sendall(self._answer(path))
            if path != "/ws":
                self._answered_at = time.monotonic()

    def _answer(self, path: str) -> bytes:
        status = b"200 OK" if path in self._answers else b"404 Not Found"
        body = json.dumps(self._answers.get(path, {})).encode()
        head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        return head % (status, len(body)) + body
