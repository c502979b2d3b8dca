"""Stands in for httpx: the part that gradio_client 2.7 uses, on one shared requests.Session.

So the traffic of gradio_client goes through the same pools, socket factory and proxy rules as the rest:
whoever uses it hands over a session with `use_session`. Cookies are never kept between calls (gradio_client
passes its own), since one host name, such as 127.0.0.1, may be several servers.
"""

from __future__ import annotations

from ._client import Client, get, head, post, request, stream, use_session
from ._errors import (
    ConnectError,
    HTTPError,
    HTTPStatusError,
    InvalidURL,
    RemoteProtocolError,
    TimeoutException,
    TransportError,
)
from ._models import URL, Response, Timeout

__all__ = [
    "URL",
    "Client",
    "ConnectError",
    "HTTPError",
    "HTTPStatusError",
    "InvalidURL",
    "RemoteProtocolError",
    "Response",
    "Timeout",
    "TimeoutException",
    "TransportError",
    "get",
    "head",
    "post",
    "request",
    "stream",
    "use_session",
]
