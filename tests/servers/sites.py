"""Small web servers made of fixed answers, each in a few lines."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .plain import HEAD_END, READ_SIZE

Handler = Callable[[socket.socket], None]

_LENGTH = b"content-length:"


@dataclass(frozen=True)
class Reply:
    """One HTTP answer; `headers` are whole lines."""

    body: bytes = b""
    status: str = "200 OK"
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[str, ...] = ()

    def wire(self) -> bytes:
        lines = [
            f"HTTP/1.1 {self.status}",
            f"Content-Length: {len(self.body)}",
            f"Content-Type: {self.content_type}",
            *self.headers,
        ]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


def page(text: str, status: str = "200 OK", *headers: str) -> Reply:
    return Reply(text.encode("utf-8"), status, headers=headers)


def plain(text: str, status: str = "200 OK", *headers: str) -> Reply:
    return Reply(text.encode("utf-8"), status, "text/plain; charset=utf-8", headers)


def json_reply(value: Any, status: str = "200 OK", *headers: str) -> Reply:
    body = json.dumps(value, separators=(",", ":")).encode("utf-8")
    return Reply(body, status, "application/json", headers)


def site(replies: Mapping[str, Reply], otherwise: Reply) -> Handler:
    """Answers a path, or "METHOD path", with its reply; all else with `otherwise`. Keeps connections open."""

    def handle(sock: socket.socket) -> None:
        buffered = b""
        while True:
            while HEAD_END not in buffered:
                more = sock.recv(READ_SIZE)
                if not more:
                    return
                buffered += more
            head, _, buffered = buffered.partition(HEAD_END)
            length = _length(head)
            while len(buffered) < length:
                buffered += sock.recv(READ_SIZE)
            buffered = buffered[length:]
            method, target, *_ = head.decode("latin-1").split(" ", 2)
            path = target.partition("?")[0]
            reply = replies.get(f"{method} {path}") or replies.get(path) or otherwise
            sock.sendall(reply.wire())

    return handle


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(_LENGTH):
            return int(line[len(_LENGTH) :])
    return 0
