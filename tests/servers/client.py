"""A small WebSocket client for tests, independent of the product's: wsproto on a plain socket."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TypeVar
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Ping,
    Pong,
    RejectConnection,
    Request,
    TextMessage,
)

READ_SIZE = 1 << 18
Client = TypeVar("Client", bound="WebSocketClient")


class Closed(Exception):
    """The connection has ended; `code` is the close code, 1006 when there was no close frame."""

    def __init__(self, code: int) -> None:
        super().__init__(f"WebSocket closed with {code}")
        self.code = code


class Refused(Exception):
    """The server answered the handshake with this HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"handshake answered with {status}")
        self.status = status


@dataclass(frozen=True)
class Pongs:
    """Marks the arrival of a pong among the messages."""

    payload: bytes


class WebSocketClient:
    """One WebSocket; a context manager. `receive` gives str and bytes messages in order."""

    def __init__(self, url: str, *, timeout: float = 20.0, headers: dict[str, str] | None = None) -> None:
        """Connect to `ws://host:port/path`; OSError when nobody is there, Refused when not accepted."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
        self._sock = socket.create_connection((host, port), timeout)
        self._timeout = timeout
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._waiting: list[str | bytes | Pongs] = []
        self._text, self._data = "", bytearray()
        self._end: Closed | None = None
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        extra = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
        try:
            self._shake_hands(Request(host=parts.netloc, target=target, extra_headers=extra))
        except BaseException:
            self._sock.close()
            raise

    def __enter__(self: Client) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, text: str) -> None:
        self._sock.sendall(self._protocol.send(TextMessage(text)))

    def ping(self, payload: bytes = b"") -> None:
        self._sock.sendall(self._protocol.send(Ping(payload)))

    def receive(self, timeout: float | None = None) -> str | bytes | Pongs:
        """The next message or pong; TimeoutError after `timeout` seconds, Closed when there will be none."""
        deadline = time.monotonic() + (self._timeout if timeout is None else timeout)
        while not self._waiting:
            if self._end is not None:
                raise self._end
            self._read(deadline)
        return self._waiting.pop(0)

    def receive_until(self, wanted: Callable[[str | bytes | Pongs], bool]) -> list[str | bytes | Pongs]:
        """All messages up to and including the first one that is wanted."""
        received = [self.receive()]
        while not wanted(received[-1]):
            received.append(self.receive())
        return received

    def close(self) -> None:
        """Close the socket, with a close frame where that is still possible."""
        if self._end is None and self._sock.fileno() >= 0:
            with contextlib.suppress(OSError):
                self._sock.sendall(self._protocol.send(CloseConnection(code=1000)))
        self._sock.close()

    def _shake_hands(self, request: Request) -> None:
        self._sock.sendall(self._protocol.send(request))
        while True:
            data = self._sock.recv(READ_SIZE)
            self._protocol.receive_data(data or None)
            for event in self._protocol.events():
                if isinstance(event, AcceptConnection):
                    self._dispatch()
                    return
                if isinstance(event, RejectConnection):
                    raise Refused(event.status_code)

    def _read(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("no message in time")
        self._sock.settimeout(left)
        try:
            data = self._sock.recv(READ_SIZE)
        except TimeoutError:
            raise
        except OSError:
            data = b""
        if not data:
            self._end = Closed(1006)
            return
        self._protocol.receive_data(data)
        self._dispatch()

    def _dispatch(self) -> None:
        for event in self._protocol.events():
            if isinstance(event, TextMessage):
                self._collect(event.data, None, finished=event.message_finished)
            elif isinstance(event, BytesMessage):
                self._collect(None, bytes(event.data), finished=event.message_finished)
            elif isinstance(event, Ping):
                self._sock.sendall(self._protocol.send(event.response()))
            elif isinstance(event, Pong):
                self._waiting.append(Pongs(bytes(event.payload)))
            elif isinstance(event, CloseConnection):
                self._end = Closed(event.code)

    def _collect(self, text: str | None, data: bytes | None, *, finished: bool) -> None:
        """Add one piece of a message, and the whole to what is waiting once it is complete."""
        if text is not None:
            self._text += text
        if data is not None:
            self._data += data
        if finished:
            self._waiting.append(self._text if text is not None else bytes(self._data))
            self._text, self._data = "", bytearray()
