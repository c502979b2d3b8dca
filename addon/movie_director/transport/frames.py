# SPDX-License-Identifier: GPL-3.0-or-later
"""websocket-client on a stream of ours. Imported on first use, in a worker thread: it loads the package."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ..core.errors import AnswerTooLarge, ProblemCode, problem
from . import vendored
from .buffered_stream import BufferedStream

_FIRST_CONTROL_OPCODE = 0x8
_CONTROL_LIMIT = 125


class _NoCookies:
    """In place of a jar for the whole process, from which one server would get another one's cookies."""

    def add(self, set_cookie: str | None) -> None:
        """Forget it."""

    def get(self, host: str) -> str:
        return ""


vendored.websocket._handshake.CookieJar = _NoCookies()  # type: ignore[assignment]


def shake_hands(stream: BufferedStream, url: str, host: str, headers: Mapping[str, str]) -> int:
    """Ask for a WebSocket and return the status: 101, or a redirect, which is not followed.

    Sends no Origin, since ComfyUI refuses foreign ones. Raises what websocket-client, the stream and the
    reading of a hostile answer raise.
    """
    library: Any = vendored.websocket.WebSocket()
    try:
        library.connect(
            url, socket=stream, host=host, header=dict(headers), suppress_origin=True, redirect_limit=0
        )
    finally:
        del library.frame_buffer  # the two hold each other, and with them the stream
    stream.end_of_head()
    return int(library.handshake_response.status)


def encode(opcode: int, payload: bytes) -> bytes:
    """A whole frame, masked."""
    return vendored.websocket.ABNF.create_frame(payload, opcode).format()


class FrameReader(vendored.websocket.frame_buffer):
    """Reads frames; what has come of an unfinished one is kept for the next call.

    `room`: bytes that the payload of the next data frame may have; more raises `AnswerTooLarge` before it
    is read. `address` is for the text of that error.
    """

    def __init__(self, stream: BufferedStream, room: int, address: str) -> None:
        # Not a method of this object, which would then hold itself until the garbage collector comes.
        super().__init__(partial(_read, stream), skip_utf8_validation=True)
        self._address = address
        self.room = room

    def read_frame(self) -> tuple[int, bytes, bool]:
        """Opcode, payload, and whether the message ends with it."""
        frame: Any = self.recv_frame()
        return frame.opcode, frame.data, bool(frame.fin)

    def recv_length(self) -> None:
        super().recv_length()
        assert self.header is not None
        assert self.length is not None
        is_control = self.header[4] >= _FIRST_CONTROL_OPCODE
        limit = _CONTROL_LIMIT if is_control else self.room
        if self.length > limit:
            detail = f"a WebSocket frame of {self.length} bytes where at most {limit} are allowed"
            raise AnswerTooLarge(
                problem(ProblemCode.TOO_LARGE, detail, retry=False, address=self._address, limit=limit)
            )


def _read(stream: BufferedStream, count: int) -> bytes:
    data = stream.recv(count)
    if not data:
        raise ConnectionResetError("closed by the peer without a word")
    return data
