"""Requests: every one of them through one session."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from http.cookiejar import DefaultCookiePolicy
from typing import IO, Any

import requests
from requests.adapters import HTTPAdapter

from ._errors import mapped_errors
from ._models import CONNECT_TIMEOUT, READ_TIMEOUT, Response, Timeout, timeout_pair

Files = Sequence[tuple[str, tuple[str, IO[bytes]]]]

_DEFAULT_TIMEOUT = Timeout(READ_TIMEOUT)
_DEFAULT_TIMEOUT.connect = CONNECT_TIMEOUT

_lock = threading.Lock()
_session: requests.Session | None = None


def use_session(session: requests.Session) -> None:
    """Send everything through `session` from now on; it stops keeping cookies. Its owner closes it."""
    global _session
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    with _lock:
        _session = session


def _shared_session() -> requests.Session:
    """Return the session handed over, else one of our own that ignores proxies in the environment."""
    global _session
    with _lock:
        if _session is None:
            _session = requests.Session()
            _session.trust_env = False
            _session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            adapter = HTTPAdapter(pool_connections=8, pool_maxsize=16, max_retries=0, pool_block=False)
            _session.mount("http://", adapter)
            _session.mount("https://", adapter)
        return _session


def _send(
    method: str,
    url: str,
    *,
    stream: bool,
    params: Mapping[str, Any] | None = None,
    json: Any = None,
    data: Mapping[str, Any] | None = None,
    files: Files | None = None,
    headers: Mapping[str, str] | None = None,
    cookies: Mapping[str, str] | None = None,
    verify: bool | str = True,
    timeout: Timeout | float | None = _DEFAULT_TIMEOUT,
    follow_redirects: bool = False,
) -> Response:
    with mapped_errors():
        response = _shared_session().request(
            method,
            url,
            params=params,
            json=json,
            data=data,
            files=files,
            headers=headers,
            cookies=dict(cookies or {}),
            verify=verify,
            timeout=timeout_pair(timeout),
            allow_redirects=follow_redirects,
            stream=stream,
        )
    return Response(response)


def request(method: str, url: str, **options: Any) -> Response:
    """Return the whole answer.

    Options, as in httpx: params, json, data, files, headers, cookies, verify, timeout, follow_redirects.
    Raises TransportError or InvalidURL; an error status is an answer like others.
    """
    return _send(method, url, stream=False, **options)


def get(url: str, **options: Any) -> Response:
    """See `request`."""
    return request("GET", url, **options)


def post(url: str, **options: Any) -> Response:
    """See `request`."""
    return request("POST", url, **options)


def head(url: str, **options: Any) -> Response:
    """See `request`."""
    return request("HEAD", url, **options)


@contextlib.contextmanager
def stream(method: str, url: str, **options: Any) -> Iterator[Response]:
    """Give the answer as soon as its head is there, its body unread; options as for `request`."""
    response = _send(method, url, stream=True, **options)
    try:
        yield response
    finally:
        response.close()


class Client:
    """Default options for several requests; the connections are those of the shared session."""

    def __init__(
        self,
        *,
        verify: bool | str = True,
        timeout: Timeout | float | None = _DEFAULT_TIMEOUT,
        follow_redirects: bool = False,
    ) -> None:
        self._defaults: dict[str, Any] = {
            "verify": verify,
            "timeout": timeout,
            "follow_redirects": follow_redirects,
        }

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        """Leave the shared connections open."""

    def get(self, url: str, **options: Any) -> Response:
        """See `request`."""
        return get(url, **{**self._defaults, **options})

    def post(self, url: str, **options: Any) -> Response:
        """See `request`."""
        return post(url, **{**self._defaults, **options})

    def stream(self, method: str, url: str, **options: Any) -> contextlib.AbstractContextManager[Response]:
        """See `stream`."""
        return stream(method, url, **{**self._defaults, **options})
