"""A server whose misbehaviour is written out byte by byte."""

from __future__ import annotations

import socket
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from .listening import Listener

_Server = TypeVar("_Server", bound="RawServer")

READ_SIZE = 65536
HEAD_END = b"\r\n\r\n"


class RawServer:
    """Calls `handler(socket)` for each connection, in a thread; a context manager which leaves nothing.

    >>> def truncated(sock):
    ...     read_head(sock)
    ...     sock.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 100\\r\\n\\r\\nshort")
    >>> with RawServer(truncated) as server:
    ...     fetch(server.url)
    """

    def __init__(
        self, handler: Callable[[socket.socket], None], host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.accepted = 0
        self._handler = handler
        self._listener = Listener(self._serve, host, port, name="raw")

    def __enter__(self: _Server) -> _Server:
        self._listener.listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.end()

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def url(self) -> str:
        """`http://host:port` without a path."""
        host = self._listener.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def open_connections(self) -> int:
        return self._listener.open_connections()

    def _serve(self, sock: socket.socket) -> None:
        self.accepted += 1
        self._handler(sock)


def read_head(sock: socket.socket) -> bytes:
    """What the client sends up to the empty line behind its headers, or to its end if there is none."""
    data = b""
    while HEAD_END not in data and (more := sock.recv(READ_SIZE)):
        data += more
    return data


def hold(sock: socket.socket) -> None:
    """Keep the connection open without a word until the client closes it or the server ends."""
    while sock.recv(READ_SIZE):
        pass
