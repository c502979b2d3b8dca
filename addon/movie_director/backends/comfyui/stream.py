# SPDX-License-Identifier: GPL-3.0-or-later
"""ComfyUI's WebSocket, as the worker reads it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

from ...core.errors import ConnectionLost, ProblemCode, problem
from ...core.facts import Queue, ServiceInfo
from ...transport.websocket import WebSocket
from . import messages
from .mute import Heartbeat, MuteDetector, Pulse

_MOST_MESSAGES = 1000
_MOST_SECONDS = 0.05
"""What one call of `read` may take from a server that never stops talking."""


def new_path() -> str:
    """The path of a new WebSocket, with a client id that was never used before.

    Two sockets with one id mute each other: see docs/adr/0013-comfyui-websocket-is-a-hint.md.
    """
    return f"/ws?clientId={uuid.uuid4().hex}"


class QueueStream:
    """An open WebSocket that tells each change of the queue; a `backends.base.StreamChannel`.

    `learn` takes a queue and returns the info that follows from it, or None if nothing changed.
    `ping_interval`: seconds of silence before a ping. `greeting_limit`: seconds within which the first status
    has to come, which ComfyUI sends right after the handshake.
    """

    def __init__(
        self,
        websocket: WebSocket,
        learn: Callable[[Queue], ServiceInfo | None],
        ping_interval: float,
        greeting_limit: float,
    ) -> None:
        self._websocket = websocket
        self._learn = learn
        self._news: ServiceInfo | None = None
        self._mute = MuteDetector()
        self._greet_by = time.monotonic() + greeting_limit
        self._heartbeat = Heartbeat(ping_interval)

    def fileno(self) -> int:
        return self._websocket.fileno()

    @property
    def has_buffered(self) -> bool:
        return self._news is not None or self._websocket.has_buffered

    def read(self) -> ServiceInfo | None:
        """Read what has come, without waiting; the new info if it changed.

        Raises `ConnectionLost` (``stream-lost``), `ProtocolError`, `Cancelled`.
        """
        self._drain()
        news, self._news = self._news, None
        return news

    def polled(self, queue: Queue | None) -> None:
        """Compare with the queue that an HTTP request told."""
        self._mute.polled(queue)

    def keep_alive(self, patience: float) -> None:
        """Ping when it is time; raise `ConnectionLost` (``stream-lost``, ``stream-mute``) when it is dead.

        `patience`: seconds that a ping may stay unanswered.
        """
        pulse = self._pulse(patience)
        if pulse is Pulse.STOPPED or self._mute.is_mute or self._lacks_greeting:
            self._drain()  # the sign of life may lie unread before us
            pulse = self._pulse(patience)
        if self._mute.is_mute:
            raise ConnectionLost(
                problem(ProblemCode.STREAM_MUTE, "HTTP twice told another queue than the WebSocket")
            )
        if self._lacks_greeting:
            raise ConnectionLost(problem(ProblemCode.STREAM_MUTE, "no status came after the handshake"))
        if pulse is Pulse.STOPPED:
            detail = f"no answer to a ping within {patience:g} s"
            raise ConnectionLost(problem(ProblemCode.STREAM_LOST, detail))
        if pulse is Pulse.PING:
            self._websocket.ping()

    def close(self) -> None:
        self._websocket.close()

    @property
    def _lacks_greeting(self) -> bool:
        return not self._mute.was_told and time.monotonic() >= self._greet_by

    def _pulse(self, patience: float) -> Pulse:
        return self._heartbeat.check(time.monotonic(), self._websocket.last_received_at, patience)

    def _drain(self) -> None:
        until = time.monotonic() + _MOST_SECONDS
        for _ in range(_MOST_MESSAGES):
            message = self._websocket.receive(0.0)
            if message is not None and isinstance(message.data, str):
                self._take(message.data)
            # No message may also mean: only a pong or a part of a message, and more behind it.
            if (message is None and not self._websocket.has_buffered) or time.monotonic() >= until:
                return

    def _take(self, text: str) -> None:
        message = messages.parse(text)
        if isinstance(message, messages.Status):
            self._mute.told(message.queue)
            if message.queue is not None:
                self._news = self._learn(message.queue) or self._news
