"""What the server can be told to do wrong, while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from .responses import JSON_TYPE, Response, reason

BadAnswer = Literal[
    "endless", "garbage", "html_502", "not_gzip", "not_json", "not_utf8", "oversized", "redirect", "truncated"
]
BAD_ANSWERS: tuple[str, ...] = get_args(BadAnswer)

GARBAGE = b"\x00\xff\x16\x03\x01SSH-2.0-nothing_of_the_sort\r\n\x80\x81\x82" * 4
ENDLESS_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nConnection: close\r\n\r\n"
)
ENDLESS_BLOCK = b" " * 65536

MALFORMED_FRAMES: dict[str, bytes] = {
    "bad_utf8": b"\x81\x02\xff\xfe",
    "control_too_long": b"\x89\x7e\x00\x80" + b"x" * 128,
    "fragmented_control": b"\x09\x00",
    "huge_length": b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff",
    "masked": b"\x81\x82\x01\x02\x03\x04\x69\x6b",
    "orphan_continuation": b"\x80\x01x",
    "reserved_bits": b"\xf1\x01x",
    "truncated": b"\x81\x7d{",
    "unknown_opcode": b"\x83\x00",
}


@dataclass
class Faults:
    """The misbehaviour in force. Every attribute may be changed at any time; the defaults are harmless.

    Paths are written without a leading `/api`, for instance `/system_stats`; `*` means every path.
    """

    mute: bool = False
    """Accept connections and read requests, but never answer one."""
    delay: float = 0.0
    """Seconds before each HTTP answer."""
    busy: bool = False
    """Hold every HTTP answer back while a job runs."""
    basic_auth: str | None = None
    """`user:password` without which everything is answered with 401."""
    drop_after: int | None = None
    """Close the connection after so many bytes of an HTTP answer."""
    answers: dict[str, BadAnswer] = field(default_factory=dict)
    """Path -> kind of broken answer."""
    bodies: dict[str, Any] = field(default_factory=dict)
    """Path -> JSON value sent instead of the right one."""
    edit: Callable[[str, Any], Any] | None = None
    """Called with path and JSON value of each JSON answer; returns the value that is sent."""
    redirect_to: str = "/system_stats"
    """Where the `redirect` answer points."""
    oversize: int = 32 * 1024 * 1024
    """Bytes of white space that the `oversized` answer puts around the right body."""
    websocket_status: int | None = None
    """Answer WebSocket handshakes with this HTTP status instead of accepting; 200 sends a plain page."""
    websocket_mute: bool = False
    """Keep WebSockets open, but send nothing: no message, no pong, no close."""
    websocket_ungreeted: bool = False
    """Say nothing by itself to a WebSocket that opens."""

    def clear(self) -> None:
        """Behave again."""
        self.__dict__.update(Faults().__dict__)

    def bad_answer(self, path: str) -> BadAnswer | None:
        return self.answers.get(path) or self.answers.get("*")

    def replaced_value(self, path: str, value: Any) -> Any:
        """The JSON value to send for `path` instead of `value`; the same object when nothing is to change."""
        if path in self.bodies:
            value = self.bodies[path]
        return self.edit(path, value) if self.edit else value


def broken_response(kind: BadAnswer, good: Response, faults: Faults) -> bytes:
    """The bytes of one finite broken answer; the connection is closed behind them."""
    if kind == "garbage":
        return GARBAGE
    if kind == "html_502":
        page = (
            b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
        )
        return _plain(502, page, "text/html")
    if kind == "redirect":
        return _plain(302, b"", "text/html", f"Location: {faults.redirect_to}\r\n")
    if kind == "not_json":
        return _plain(200, b"{'system': None", JSON_TYPE)
    if kind == "not_utf8":
        return _plain(200, '{"system": {"os": "größe"}, "devices": []}'.encode("latin-1"), JSON_TYPE)
    if kind == "not_gzip":
        return _plain(200, good.body, JSON_TYPE, "Content-Encoding: gzip\r\n")
    if kind == "oversized":
        return _plain(200, good.body + b" " * faults.oversize, JSON_TYPE)
    whole = _plain(200, good.body, JSON_TYPE)
    return whole[: len(whole) - max(1, len(good.body) // 2)]


def _plain(status: int, body: bytes, content_type: str, extra: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {status} {reason(status)}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n{extra}Connection: close\r\n\r\n"
    )
    return head.encode("latin-1") + body
