# SPDX-License-Identifier: GPL-3.0-or-later
"""One WebSocket connection on a socket of ours (docs/adr/0012)."""

from __future__ import annotations

import contextlib
import ssl
import struct
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..core.endpoint import Endpoint
from ..core.errors import ServiceError
from ..core.printable import excerpt
from . import tls, vendored
from .buffered_stream import BufferedStream
from .header_fields import USER_AGENT, check_sendable, host_field
from .sockets import SocketFactory
from .websocket_failures import handshake_failed, lost, malformed, not_upgraded, stream_failed

if TYPE_CHECKING:
    from .frames import FrameReader

_CONTINUATION, _TEXT, _CLOSE, _PING, _PONG = 0x0, 0x1, 0x8, 0x9, 0xA
_SWITCHING_PROTOCOLS = 101
_HEAD_LIMIT = 64 * 1024
_NORMAL_CLOSURE = 1000
_CONTROL_TIMEOUT = 1.0
_CLOSE_TIMEOUT = 0.05
_SHORTEST_SEND = 0.001
_URL_MARKS = "%/?:@&=+$,;~*'()!"


@dataclass(frozen=True)
class Message:
    """A whole message: str if it was sent as text, else bytes."""

    data: str | bytes


class WebSocket:
    """One WebSocket connection on a socket of ours.

    Owned by one thread, closable from others through the factory; then every call raises `Cancelled`.
    """

    def __init__(self, stream: BufferedStream, frames: FrameReader, address: str, message_limit: int) -> None:
        self._stream = stream
        self._frames = frames
        self._address = address
        self._message_limit = message_limit
        self._opcode: int | None = None
        self._parts: list[bytes] = []
        self._size = 0
        self._usable = True

    @classmethod
    def connect(
        cls,
        endpoint: Endpoint,
        path: str,
        sockets: SocketFactory,
        *,
        timeout: float,
        headers: Mapping[str, str] | None = None,
        message_limit: int = 32 * 1024 * 1024,
        ca_file: str | None = None,
    ) -> WebSocket:
        """Open a WebSocket at `path`, which begins with "/" and may have a query.

        `timeout` (seconds) is the limit for connection, TLS and handshake; `message_limit` (bytes) that of
        every message that will be received. Raises `Unreachable`, `Cancelled`, `NoAnswer`, `ConfigError`
        for a header that cannot be sent, and with the code ``stream-refused`` `Rejected` (401, 403),
        `ServerFailed` (5xx), `ConnectionLost` or `ProtocolError`, with the parameter `status` if there
        was one.
        """
        check_sendable(headers or {})
        deadline = time.monotonic() + timeout
        context = tls.trust(ca_file) if endpoint.secure else None
        sock = tls.open_connection(endpoint, sockets, context, connect_timeout=timeout, deadline=deadline)
        from . import frames

        stream = BufferedStream(sock, _HEAD_LIMIT)
        url = endpoint.websocket_url + quote(path, safe=_URL_MARKS)
        fields = {"User-Agent": USER_AGENT, **(headers or {})}
        try:
            status = frames.shake_hands(stream, url, host_field(endpoint), fields)
            if status != _SWITCHING_PROTOCOLS:
                raise not_upgraded(endpoint, status)
        except BaseException as error:
            stream.close()
            if isinstance(error, ServiceError) or not isinstance(error, Exception):
                raise
            raise handshake_failed(error, endpoint, timeout, stream.head) from error
        reader = frames.FrameReader(stream, message_limit, endpoint.authority)
        return cls(stream, reader, endpoint.authority, message_limit)

    def fileno(self) -> int:
        """The descriptor to select on, -1 once closed; see `has_buffered`."""
        return self._stream.fileno()

    @property
    def has_buffered(self) -> bool:
        """Whether something can be received although the descriptor may not be readable."""
        return self._stream.has_buffered

    @property
    def last_received_at(self) -> float:
        """When a byte last came, of whatever frame (monotonic)."""
        return self._stream.last_received_at

    def receive(self, timeout: float) -> Message | None:
        """The next message, or None: nothing within `timeout` seconds, a control frame, part of a message.

        Reads at most one frame; what has come of an unfinished one is kept. Raises `ConnectionLost`
        (``stream-lost``) at its end, `ProtocolError` (malformed-answer, answer-too-large), `Cancelled`.
        """
        with self._failures_mapped():
            self._stream.limit(timeout)
            self._frames.room = self._message_limit - self._size
            try:
                frame = self._frames.read_frame()
            except (TimeoutError, BlockingIOError, ssl.SSLWantReadError):
                return None
            return self._take(*frame)

    def send_text(self, text: str, *, timeout: float) -> None:
        """Send one message. Raises `ConnectionLost` (``stream-lost``), also after `timeout` seconds, since
        half a frame cannot be taken back; or `Cancelled`."""
        self._send(_TEXT, text.encode("utf-8", "replace"), timeout)

    def ping(self) -> None:
        """Ask for a sign of life, which `last_received_at` will show; raises like `send_text`."""
        self._send(_PING, b"", _CONTROL_TIMEOUT)

    def close(self) -> None:
        """Say good-bye without waiting for the answer, then close. Never raises, takes 0.1 s at most."""
        if self._usable:
            with contextlib.suppress(ServiceError):
                self._send(_CLOSE, struct.pack("!H", _NORMAL_CLOSURE), _CLOSE_TIMEOUT)
        self._usable = False
        self._stream.close()

    def _take(self, opcode: int, payload: bytes, is_final: bool) -> Message | None:
        """What a frame means: a whole message, or None."""
        if opcode == _CLOSE:
            raise lost(self._address, _closing(payload))
        if opcode == _PING:
            self._send(_PONG, payload, _CONTROL_TIMEOUT)
        if opcode in (_PING, _PONG):
            return None
        if (opcode == _CONTINUATION) != (self._opcode is not None):
            raise malformed(self._address, "a continuation of nothing, or a new message within another")
        if opcode != _CONTINUATION:
            self._opcode = opcode
        if payload:
            self._parts.append(payload)
            self._size += len(payload)
        return self._complete() if is_final else None

    def _complete(self) -> Message:
        data = b"".join(self._parts)
        is_text = self._opcode == _TEXT
        self._opcode, self._parts, self._size = None, [], 0
        return Message(data.decode("utf-8", "replace") if is_text else data)

    def _send(self, opcode: int, payload: bytes, timeout: float) -> None:
        from . import frames

        with self._failures_mapped():
            self._stream.limit(max(timeout, _SHORTEST_SEND))
            self._stream.send(frames.encode(opcode, payload))

    @contextlib.contextmanager
    def _failures_mapped(self) -> Iterator[None]:
        """After a failure nothing more is sent: the other side may be in the middle of a frame."""
        try:
            if not self._usable:
                raise lost(self._address, "used after its end")
            yield
        except ServiceError:
            self._usable = False
            raise
        except (OSError, vendored.websocket.WebSocketException) as error:
            self._usable = False
            raise stream_failed(error, self._address) from error


def _closing(payload: bytes) -> str:
    if len(payload) < 2:
        return "closed by the peer"
    reason = excerpt(payload[2:].decode("utf-8", "replace"))
    return f"closed by the peer with code {int.from_bytes(payload[:2], 'big')} {reason}".rstrip()
