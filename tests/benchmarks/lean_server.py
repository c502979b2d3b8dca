"""A server that costs next to nothing, so that what is measured is the client.

`python -m tests.benchmarks.lean_server` prints `ready <url>` and serves until its input closes:

- any path: one small JSON answer, connections kept alive
- `/echo` as a WebSocket: every message of up to 125 bytes back
- `/flood/<n>` as a WebSocket: n numbered messages like ComfyUI's at once, then nothing more
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import struct
import sys
from collections.abc import Iterator

from tests.servers.plain import RawServer, read_head

STATUS_EVERY = 100
"""Every so many messages of a flood, one tells the queue: its length is the number of the message."""
READ_SIZE = 65536

_BODY = json.dumps({"system": {"os": "linux", "comfyui_version": "0.33.0"}, "devices": ["x" * 400]}).encode()
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s"
    % (len(_BODY), _BODY)
)
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY = re.compile(rb"Sec-WebSocket-Key:\s*(\S+)", re.IGNORECASE)


def serve(sock: socket.socket) -> None:
    while head := read_head(sock):
        key = _KEY.search(head)
        if key is None:
            sock.sendall(_ANSWER)
            continue
        accept = base64.b64encode(hashlib.sha1(key[1] + _GUID).digest())
        upgraded = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        sock.sendall(upgraded + b"Sec-WebSocket-Accept: %s\r\n\r\n" % accept)
        path = head.split(b" ", 2)[1].decode("ascii").partition("?")[0]
        if path.startswith("/flood/"):
            _flood(sock, int(path.rpartition("/")[2]))
        else:
            _echo(sock)
        return


def flood_message(number: int) -> str:
    """The message of this number, from 1 on."""
    if number % STATUS_EVERY == 0:
        status = {"status": {"exec_info": {"queue_remaining": number}}}
        return json.dumps({"type": "status", "data": status})
    data = {"value": number, "max": 1_000_000, "prompt_id": "flood", "node": "1"}
    return json.dumps({"type": "progress", "data": data})


def _flood(sock: socket.socket, count: int) -> None:
    frames = bytearray()
    for number in range(1, count + 1):
        payload = flood_message(number).encode()
        assert len(payload) < 126, "a longer payload needs a longer header"
        frames += bytes((0x81, len(payload))) + payload
    sock.sendall(frames)
    while sock.recv(READ_SIZE):
        pass


def _echo(sock: socket.socket) -> None:
    for payload in _payloads(sock):
        sock.sendall(bytes((0x81, len(payload))) + payload)


def _payloads(sock: socket.socket) -> Iterator[bytes]:
    """The unmasked payloads of short text frames; ends with a close frame or the connection."""
    data = b""
    while more := sock.recv(READ_SIZE):
        data += more
        while len(data) >= 6 and len(data) >= 6 + (length := data[1] & 0x7F):
            if data[0] & 0x0F == 0x8:
                return
            masked, (mask,) = data[6 : 6 + length], struct.unpack("!I", data[2:6])
            data = data[6 + length :]
            yield _unmasked(masked, mask)


def _unmasked(masked: bytes, mask: int) -> bytes:
    words = len(masked) // 4 + 1
    key = (struct.pack("!I", mask) * words)[: len(masked)]
    plain = int.from_bytes(masked, "big") ^ int.from_bytes(key, "big")
    return plain.to_bytes(len(masked), "big")


def main() -> None:
    with RawServer(serve) as server:
        print(f"ready {server.url}", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
