# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP requests to one endpoint on one shared pool of connections (docs/adr/0011)."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..core.endpoint import Credentials, Endpoint
from ..core.errors import Cancelled, ConnectionLost, ProtocolError
from ..core.printable import excerpt
from . import http_failures, tls
from .answer import Answer, Headers, expect_ok
from .dialer import Dialer, Exchange
from .header_fields import USER_AGENT, basic_authorization, check_sendable, has_key, host_field
from .http_failures import Asked
from .owned_socket import OwnedSocket
from .sockets import SocketFactory

if TYPE_CHECKING:
    from . import pools

__all__ = ["Answer", "HttpClient", "expect_ok", "load_packages", "redirection"]

_READ_SIZE = 64 * 1024
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PLAIN_REFUSED = (b"HTTP request was sent to HTTPS", b"HTTP request to an HTTPS", b"speaking plain HTTP")
"""What nginx, Go and Apache answer, with status 400, to HTTP on a port that wants TLS."""


def load_packages() -> None:
    """Load what requests need, which takes a moment: for threads that time their first one."""
    from . import pools  # noqa: F401


class HttpClient:
    """Requests to one endpoint on one shared pool; blocking; safe for several threads.

    `connect_timeout` and `read_timeout` are seconds; the latter is the limit of a whole request that
    names none. `credentials` are sent as Basic authorization, `headers` with every request: to this
    endpoint only, since no redirect is followed. `ca_file` adds authorities to those of the system.
    `answers` are those that GET was given a moment ago, by path: each good one serves once more, and is
    taken out for that. The giver may take them away at any time.
    `opened` is a connection to the endpoint that is there already: it serves first (without TLS only).
    Raises `ConfigError` (``bad-setting``) for a header that cannot be sent.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        sockets: SocketFactory,
        *,
        connect_timeout: float,
        read_timeout: float,
        headers: Mapping[str, str] | None = None,
        credentials: Credentials | None = None,
        ca_file: str | None = None,
        answers: dict[str, Answer] | None = None,
        pool_size: int = 16,
        opened: OwnedSocket | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.credentials = credentials
        """For a program with a log-in of its own, which is no Basic authorization."""
        self._sockets = sockets
        self._connect_timeout = connect_timeout
        self.read_timeout = read_timeout
        """May be set while requests are under way: it holds for those that follow."""
        self._headers = _default_headers(endpoint, headers or {}, credentials)
        self._ca_file = ca_file
        self._given = {} if answers is None else answers
        self._pool_size = pool_size
        self._opened = opened
        self._lock = threading.Lock()
        self._dialer: Dialer | None = None
        self._adapter: pools.EndpointAdapter | None = None
        self._closed = False
        self._of_thread = threading.local()

    @property
    def requests_sent(self) -> int:
        """Requests that went out; one that was repeated counts twice."""
        return self._dialer.requests if self._dialer else 0

    @property
    def connects(self) -> int:
        """Connections that were made for them."""
        return self._dialer.connects if self._dialer else 0

    def get(
        self, path: str, *, limit: int = 256 * 1024, timeout: float | None = None, prefix_only: bool = False
    ) -> Answer:
        """`request` with GET and nothing else."""
        return self.request("GET", path, limit=limit, timeout=timeout, prefix_only=prefix_only)

    def get_json(self, path: str, *, limit: int = 256 * 1024, timeout: float | None = None) -> object:
        """The JSON of a 2xx answer; raises like `request`, `expect_ok` and `Answer.json`."""
        return expect_ok(self.get(path, limit=limit, timeout=timeout)).json()

    def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        limit: int = 256 * 1024,
        timeout: float | None = None,
        idempotent: bool | None = None,
        prefix_only: bool = False,
        redirects: bool = False,
    ) -> Answer:
        """Send a request and read its answer, whatever its status; a redirect is never followed, and is an
        error unless `redirects`.

        `path` begins with "/" and is added to that of the endpoint. `timeout` (seconds) limits all of it,
        body included. A body longer than `limit` bytes raises `AnswerTooLarge`; with `prefix_only` the
        answer has its first `limit` bytes. Nothing is sent twice, except an idempotent request (GET, HEAD
        and OPTIONS unless told) whose pooled connection turns out dead before the first byte of an answer:
        once, on a new connection, within the same limit.

        Raises `Unreachable`, `NoAnswer`, `ConnectionLost`, `Cancelled`, `ConfigError` and `ProtocolError`
        (not-http, needs-http, needs-https, certificate, redirected, malformed-answer).
        """
        check_sendable(headers or {})
        asked = self._asked(method, path, self.read_timeout if timeout is None else timeout)
        content = {"json": json, "data": data, "headers": headers}
        given = None if method != "GET" or any(content.values()) else self._given.pop(path, None)
        if given is not None and 200 <= given.status < 300 and given.serves(limit, prefix_only=prefix_only):
            return given
        exchange = Exchange(time.monotonic() + asked.seconds)
        safe = method in _SAFE_METHODS if idempotent is None else idempotent
        try:
            answer = self._exchange(asked, path, content, exchange, limit, prefix_only)
        except ConnectionLost as error:
            if safe and exchange.reused and exchange.unanswered:
                again = Exchange(exchange.deadline, fresh=True)
                answer = self._exchange(asked, path, content, again, limit, prefix_only)
            elif self._prefers_tls(exchange):
                raise http_failures.needs_https(asked) from error
            else:
                raise
        return self._accept(answer, asked, redirects)

    def close(self) -> None:
        """Close the idle connections; those in use close after use. Later requests raise `Cancelled`."""
        with self._lock:
            self._closed = True
            adapter, dialer = self._adapter, self._dialer
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()
        if adapter is not None and dialer is not None:
            adapter.close()
            dialer.close()

    def _asked(self, method: str, path: str, seconds: float) -> Asked:
        url = self.endpoint.url + path.partition("?")[0]
        return Asked(method, url, self.endpoint.authority, max(0.001, seconds))

    def _exchange(
        self,
        asked: Asked,
        path: str,
        content: dict[str, Any],
        exchange: Exchange,
        limit: int,
        prefix_only: bool,
    ) -> Answer:
        """One request and its answer; foreign errors become ours here."""
        started = time.monotonic()
        handled = sys.exc_info()[1]
        session = self._session(exchange)
        url = f"{self.endpoint.scheme}://{host_field(self.endpoint)}{self.endpoint.path}{path}"
        try:
            with session.request(
                asked.method, url, stream=True, allow_redirects=False, timeout=asked.seconds, **content
            ) as response:
                body, truncated = _read_body(response.raw, limit)
                if truncated and not prefix_only:
                    raise http_failures.too_large(asked, limit)
                status, fields = response.status_code, Headers(response.raw.headers.items())
        except http_failures.foreign_errors() as error:
            raise http_failures.exchange_failed(error, asked, handled) from error
        seconds = time.monotonic() - started
        sent_key = has_key(self._headers) or has_key(content["headers"] or {})
        return Answer(status, fields, body, truncated, seconds, asked.url, asked.address, sent_key)

    def _session(self, exchange: Exchange) -> pools.EndpointSession:
        """The session of this thread. requests does not promise that one may be shared; the pool may."""
        from . import pools

        with self._lock:
            if self._closed:
                raise Cancelled("the client is closed")
            if self._dialer is None or self._adapter is None:
                context = tls.trust(self._ca_file) if self.endpoint.secure else None
                opened, self._opened = self._opened, None
                self._dialer = Dialer(self.endpoint, self._sockets, self._connect_timeout, context, opened)
                self._adapter = pools.EndpointAdapter(self._dialer, self._pool_size)
        self._dialer.exchange = exchange
        if not hasattr(self._of_thread, "session"):
            self._of_thread.session = pools.EndpointSession(self._adapter, self._headers)
        session: pools.EndpointSession = self._of_thread.session
        return session

    def _prefers_tls(self, exchange: Exchange) -> bool:
        """Whether a connection may have ended without a byte because plain HTTP is not spoken there."""
        if self.endpoint.secure or exchange.reused or not exchange.unanswered:
            return False
        return tls.speaks_tls(self.endpoint, self._sockets, deadline=exchange.deadline)

    def _accept(self, answer: Answer, asked: Asked, redirects: bool) -> Answer:
        error = None if redirects else redirection(answer, self.endpoint, asked.method)
        if error is not None:
            raise error
        if answer.status == 400 and any(phrase in answer.body for phrase in _PLAIN_REFUSED):
            raise http_failures.needs_https(asked)
        return answer


def redirection(answer: Answer, endpoint: Endpoint, method: str = "GET") -> ProtocolError | None:
    """The error (``redirected``) that an answer is to those who expect none that points elsewhere."""
    if answer.status not in _REDIRECTS or "location" not in answer.headers:
        return None
    asked = Asked(method, answer.url, answer.address, answer.seconds)
    return http_failures.redirected(asked, answer.status, _origin_of(answer.headers["location"], endpoint))


def _read_body(raw: Any, limit: int) -> tuple[bytes, bool]:
    """The first `limit` bytes of a body, decoded, and whether it went on."""
    chunks: list[bytes] = []
    missing = limit + 1
    while missing > 0:
        chunk = raw.read(min(_READ_SIZE, missing), decode_content=True)
        if not chunk:
            return b"".join(chunks), False
        chunks.append(chunk)
        missing -= len(chunk)
    return b"".join(chunks)[:limit], True


def _default_headers(
    endpoint: Endpoint, headers: Mapping[str, str], credentials: Credentials | None
) -> dict[str, str]:
    check_sendable(headers)
    fields = {
        "Host": host_field(endpoint),
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "keep-alive",
    }
    if credentials is not None:
        fields["Authorization"] = basic_authorization(credentials)
    return {**fields, **headers}


def _origin_of(location: str, endpoint: Endpoint) -> str:
    """Where a redirect points, without credentials, path and query."""
    try:
        split = urlsplit(location)
    except ValueError:
        return "an invalid address"
    if not split.netloc:
        return endpoint.origin
    host = split.netloc.rpartition("@")[2]
    return excerpt(f"{split.scheme or endpoint.scheme}://{host}")
