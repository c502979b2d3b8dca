# SPDX-License-Identifier: GPL-3.0-or-later
"""What requests, urllib3, http.client and ssl raise during an exchange, as errors of ours."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from dataclasses import dataclass

from ..core.errors import (
    AnswerTooLarge,
    Cancelled,
    ConnectionLost,
    NoAnswer,
    ProblemCode,
    ProtocolError,
    ServiceError,
    problem,
)
from ..core.printable import excerpt
from . import vendored

_TLS_ALERT = "\x15\x03"


@dataclass(frozen=True)
class Asked:
    """What was asked, for the texts of errors."""

    method: str
    url: str
    """Without credentials and query."""
    address: str
    seconds: float
    """The limit for all of it."""

    def detail(self, reason: str) -> str:
        return f"{self.method} {self.url}: {reason}"


def foreign_errors() -> tuple[type[Exception], ...]:
    """What the libraries raise because of the peer; anything else is a mistake of ours."""
    return (OSError, ValueError, http.client.HTTPException, vendored.urllib3.exceptions.HTTPError)


def exchange_failed(error: Exception, asked: Asked, handled: BaseException | None) -> ServiceError:
    """The error of ours that a foreign one means; the caller raises it from the foreign one.

    `handled` was being handled before the exchange began, and is not its cause.
    """
    causes = list(_causes(error, handled))
    for cause in causes:
        mapped = _map_one(cause, asked)
        if mapped is not None:
            return mapped
    return malformed(asked, excerpt(str(causes[0])) or type(causes[0]).__name__)


def malformed(asked: Asked, reason: str) -> ProtocolError:
    detail = asked.detail(reason)
    return ProtocolError(problem(ProblemCode.MALFORMED, detail, address=asked.address, reason=reason))


def needs_https(asked: Asked) -> ProtocolError:
    detail = asked.detail("the port wants TLS")
    return ProtocolError(problem(ProblemCode.NEEDS_HTTPS, detail, retry=False, address=asked.address))


def redirected(asked: Asked, status: int, location: str) -> ProtocolError:
    """`location` is the origin that the answer points to."""
    detail = asked.detail(f"HTTP {status}, redirected to {location}")
    code, address = ProblemCode.REDIRECTED, asked.address
    return ProtocolError(
        problem(code, detail, retry=False, address=address, status=status, location=location)
    )


def too_large(asked: Asked, limit: int) -> AnswerTooLarge:
    detail = asked.detail(f"the answer is longer than {limit} bytes")
    return AnswerTooLarge(
        problem(ProblemCode.TOO_LARGE, detail, retry=False, address=asked.address, limit=limit)
    )


def _map_one(error: BaseException, asked: Asked) -> ServiceError | None:
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, TimeoutError):
        detail = asked.detail(f"no complete answer within {asked.seconds:.3g} s")
        return NoAnswer(
            problem(ProblemCode.NO_ANSWER, detail, address=asked.address, seconds=round(asked.seconds, 3))
        )
    if isinstance(error, vendored.urllib3.exceptions.ClosedPoolError):
        return Cancelled(asked.detail("the client is closed"))
    if isinstance(error, http.client.RemoteDisconnected):
        return _lost(asked, "closed without an answer")
    if isinstance(error, http.client.BadStatusLine | http.client.UnknownProtocol):
        return _not_http(asked, str(error))
    if isinstance(error, http.client.IncompleteRead):
        return _lost(asked, "closed in the middle of the answer")
    if isinstance(error, OSError) and not isinstance(error, vendored.requests.RequestException):
        return _lost(asked, excerpt(str(error)))
    return None


def _causes(error: BaseException, handled: BaseException | None) -> Iterator[BaseException]:
    """The exceptions that one stands for, the original first; each library wraps that of the one below."""
    chain = [error]
    while True:
        cause = chain[-1].__cause__ or chain[-1].__context__
        if cause is None or cause is handled or cause in chain:
            return reversed(chain)
        chain.append(cause)


def _lost(asked: Asked, reason: str) -> ConnectionLost:
    return ConnectionLost(problem(ProblemCode.CONNECTION_LOST, asked.detail(reason), address=asked.address))


def _not_http(asked: Asked, line: str) -> ProtocolError:
    if line.startswith(_TLS_ALERT):
        return needs_https(asked)
    detail = asked.detail(f"the answer is not HTTP: {excerpt(line)}")
    return ProtocolError(problem(ProblemCode.NOT_HTTP, detail, address=asked.address))
