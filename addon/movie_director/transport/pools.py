# SPDX-License-Identifier: GPL-3.0-or-later
"""requests and urllib3 on sockets of ours. Imported on first use, in a worker thread: it loads both."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any

from . import vendored
from .dialer import Dialer
from .owned_socket import OwnedSocket
from .whole_head import WholeHeadResponse

# What happens on the wire is logged by us: once, and without the query of a URL.
logging.getLogger(vendored.urllib3.__name__).propagate = False


class PooledConnection(vendored.urllib3.connection.HTTPConnection):
    """An HTTP connection on a socket of ours; under TLS too, since the dialer sees to that."""

    sock: OwnedSocket | None
    response_class = WholeHeadResponse

    def __init__(self, *arguments: Any, dialer: Dialer, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._dialer = dialer

    def connect(self) -> None:
        self.sock = self._dialer.dial()

    def request(self, *arguments: Any, **options: Any) -> None:
        exchange = self._dialer.exchange
        if self.sock is not None and (exchange.fresh or self.sock.dropped):
            self.close()
        reused = self.sock is not None
        if self.sock is None:
            self.connect()
        assert self.sock is not None
        exchange.begin(self.sock, reused=reused)
        self._dialer.count_request()
        super().request(*arguments, **options)


class EndpointPool(vendored.urllib3.HTTPConnectionPool):
    """The idle connections to one endpoint."""

    ConnectionCls = PooledConnection


class EndpointAdapter(vendored.requests.adapters.HTTPAdapter):
    """Sends what sessions prepare through one pool, which any number of threads share."""

    def __init__(self, dialer: Dialer, pool_size: int) -> None:
        super().__init__(max_retries=0)
        host = dialer.endpoint.host.partition("%")[0]
        self._pool = EndpointPool(host, dialer.endpoint.port, maxsize=pool_size, block=False, dialer=dialer)

    def get_connection_with_tls_context(self, *_: Any, **__: Any) -> EndpointPool:
        return self._pool

    def cert_verify(self, *_: Any, **__: Any) -> None:
        """Nothing to prepare: the dialer has a context of its own, which verifies."""

    def close(self) -> None:
        self._pool.close()
        super().close()


class EndpointSession(vendored.requests.Session):
    """A session of one thread: no proxy, no netrc, no cookies, and no redirect is followed."""

    def __init__(self, adapter: EndpointAdapter, headers: Mapping[str, str]) -> None:
        super().__init__()
        self.trust_env = False
        self.headers.clear()
        self.headers.update(headers)
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.adapters.clear()
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def get_redirect_target(self, resp: Any) -> None:
        """None for every answer: requests would read all of its body, however long, to look ahead."""
