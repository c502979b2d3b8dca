"""The errors, and where those of requests and urllib3 are turned into them.

HTTPError
    TransportError              no complete answer
        ConnectError            no connection, or a broken one
        RemoteProtocolError     the server ended or garbled the answer
        TimeoutException        no connection, or no byte, in time
    HTTPStatusError             an answer, but not 2xx, and `raise_for_status` was called
InvalidURL
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import requests
import urllib3

if TYPE_CHECKING:
    from ._models import Response


class HTTPError(Exception):
    """The base of all errors but InvalidURL."""


class TransportError(HTTPError):
    """The exchange did not come to its end."""


class ConnectError(TransportError):
    """No connection could be made, or it broke."""


class RemoteProtocolError(TransportError):
    """The server closed the connection before its answer was complete, or sent nonsense."""


class TimeoutException(TransportError):
    """Connecting, or waiting for the next byte, took too long."""


class HTTPStatusError(HTTPError):
    """The answer is an error; `response` is that answer."""

    def __init__(self, message: str, response: Response) -> None:
        super().__init__(message)
        self.response = response


class InvalidURL(Exception):
    """The text is no URL that a request could be sent to."""


@contextlib.contextmanager
def mapped_errors() -> Iterator[None]:
    """Raise what requests and urllib3 raise inside as an error of this module, with its cause."""
    try:
        yield
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
        raise _counterpart(error)(str(error)) from error


_INVALID_URL = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)
_TIMEOUT = (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError)
_PROTOCOL = (
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    urllib3.exceptions.ProtocolError,
    urllib3.exceptions.DecodeError,
)


def _counterpart(error: Exception) -> type[Exception]:
    # requests wraps a connection that broke after it was made as ConnectionError(ProtocolError(...)),
    # and a time-out in the middle of a body as ConnectionError(ReadTimeoutError(...)).
    wrapped = error.args[0] if error.args else None
    for candidate in (error, wrapped):
        if isinstance(candidate, _INVALID_URL):
            return InvalidURL
        if isinstance(candidate, _TIMEOUT):
            return TimeoutException
        if isinstance(candidate, _PROTOCOL):
            return RemoteProtocolError
    if isinstance(error, requests.exceptions.ConnectionError):
        return ConnectError
    return TransportError
