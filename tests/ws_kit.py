"""A WebSocket server side written out frame by frame, and our client for it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import socket
import struct
from collections.abc import Callable, Iterator
from typing import Any

from movie_director.core.endpoint import parse_endpoint
from movie_director.transport.sockets import SocketFactory
from movie_director.transport.websocket import WebSocket

from tests.conftest import LONG_TIMEOUT
from tests.servers.plain import read_head

Handler = Callable[[socket.socket], None]

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
FINAL = 0x80

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept_answer(head: bytes, *headers: str) -> bytes:
    """The answer 101 to the head of a handshake."""
    key = re.search(rb"Sec-WebSocket-Key: (\S+)", head)
    assert key is not None
    accept = base64.b64encode(hashlib.sha1(key[1] + _GUID).digest()).decode()
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", *headers]
    return "\r\n".join([*lines, f"Sec-WebSocket-Accept: {accept}", "", ""]).encode()


def upgraded(talk: Handler, heads: list[bytes] | None = None, *headers: str) -> Handler:
    """Answers the handshake, notes its head, and then talks."""

    def handle(sock: socket.socket) -> None:
        head = read_head(sock)
        if heads is not None:
            heads.append(head)
        sock.sendall(accept_answer(head, *headers))
        talk(sock)

    return handle


def frame(opcode: int, payload: bytes = b"", *, final: bool = True, announce: int | None = None) -> bytes:
    """A frame of a server; `announce` lies about the length."""
    length = len(payload) if announce is None else announce
    first = bytes([opcode | (FINAL if final else 0)])
    if length < 126:
        return first + bytes([length]) + payload
    if length < 65536:
        return first + struct.pack("!BH", 126, length) + payload
    return first + struct.pack("!BQ", 127, length) + payload


def read_frame(sock: socket.socket) -> tuple[int, bytes]:
    """Opcode and payload of a frame of a client, which is final and masked, or (-1, b"") at the end."""
    with contextlib.suppress(EOFError):
        first, second = _exactly(sock, 2)
        assert first & FINAL
        assert second & 0x80
        length = second & 0x7F
        if length >= 126:
            wide = 2 if length == 126 else 8
            length = int.from_bytes(_exactly(sock, wide), "big")
        mask = _exactly(sock, 4)
        payload = bytes(byte ^ mask[place % 4] for place, byte in enumerate(_exactly(sock, length)))
        return first & 0x0F, payload
    return -1, b""


def saying(*frames: bytes, then: Handler | None = None) -> Handler:
    """After the handshake sends the frames, then waits for the client to go or does something else."""

    def talk(sock: socket.socket) -> None:
        for one in frames:
            sock.sendall(one)
        if then is not None:
            then(sock)
            return
        while read_frame(sock)[0] not in (CLOSE, -1):
            pass

    return upgraded(talk)


@contextlib.contextmanager
def socket_to(factory: SocketFactory, url: str, path: str = "/ws", **options: Any) -> Iterator[WebSocket]:
    """Our WebSocket to a URL, closed at the end."""
    endpoint = parse_endpoint(url)
    websocket = WebSocket.connect(endpoint, path, factory, **{"timeout": LONG_TIMEOUT, **options})
    with contextlib.closing(websocket):
        yield websocket


def _exactly(sock: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data
