# SPDX-License-Identifier: GPL-3.0-or-later
"""What websocket-client and the socket raise, as errors of ours."""

from __future__ import annotations

import re

from ..core.endpoint import Endpoint
from ..core.errors import (
    ConnectionLost,
    NoAnswer,
    ProblemCode,
    ProtocolError,
    Rejected,
    ServerFailed,
    ServiceError,
    problem,
)
from ..core.printable import excerpt
from . import vendored

_STATUS_LINE = re.compile(rb"HTTP/\d\.\d (\d{3})\b")
_SWITCHING_PROTOCOLS = 101


def handshake_failed(error: Exception, endpoint: Endpoint, seconds: float, head: bytes) -> ServiceError:
    """No WebSocket came about; `head` is the beginning of the answer."""
    status = _STATUS_LINE.match(head)
    if status and int(status[1]) != _SWITCHING_PROTOCOLS:
        return not_upgraded(endpoint, int(status[1]))
    address = endpoint.authority
    if isinstance(error, TimeoutError | vendored.websocket.WebSocketTimeoutException):
        detail = f"WebSocket handshake with {address}: no answer within {seconds:.3g} s"
        return NoAnswer(problem(ProblemCode.NO_ANSWER, detail, address=address, seconds=round(seconds, 3)))
    if isinstance(error, OSError | vendored.websocket.WebSocketConnectionClosedException):
        return _refused(ConnectionLost, address, "the connection was closed")
    return _refused(ProtocolError, address, excerpt(str(error)))


def not_upgraded(endpoint: Endpoint, status: int) -> ServiceError:
    """The server answered the handshake with this HTTP status, which is not 101."""
    if status in (401, 403):
        kind: type[ServiceError] = Rejected
    else:
        kind = ServerFailed if status >= 500 else ProtocolError
    return _refused(kind, endpoint.authority, f"HTTP {status}", status)


def stream_failed(error: Exception, address: str) -> ServiceError:
    """An open WebSocket failed."""
    if isinstance(error, TimeoutError):
        return lost(address, "the peer took nothing within the time limit")
    if isinstance(error, OSError):
        return lost(address, excerpt(str(error)))
    return malformed(address, excerpt(str(error)))


def lost(address: str, reason: str) -> ConnectionLost:
    detail = f"WebSocket to {address}: {reason}"
    return ConnectionLost(problem(ProblemCode.STREAM_LOST, detail, address=address))


def malformed(address: str, reason: str) -> ProtocolError:
    detail = f"WebSocket to {address}: {reason}"
    return ProtocolError(problem(ProblemCode.MALFORMED, detail, address=address, reason=reason))


def _refused(kind: type[ServiceError], address: str, reason: str, status: int = 0) -> ServiceError:
    detail = f"WebSocket handshake with {address}: {reason}"
    return kind(problem(ProblemCode.STREAM_REFUSED, detail, address=address, reason=reason, status=status))
