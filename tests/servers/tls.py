"""TLS for the servers of the tests, with a certificate of our own authority (tests/data/tls)."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from pathlib import Path

from movie_director.transport.owned_socket import OwnedSocket
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT

_FOLDER = Path(__file__).parent.parent / "data" / "tls"

AUTHORITY = str(_FOLDER / "authority.pem")
"""Signed the certificate that the servers show for 127.0.0.1 and localhost; no system trusts it."""


SECOND_AUTHORITY = str(_FOLDER / "second-authority.pem")
"""Signed the certificates that something is wrong with; no system trusts it either."""

PLAIN_AUTHORITY = str(_FOLDER / "plain-authority.pem")
"""Signed ``plain-server.pem``. Made in one line, as studios do: it does not say what its key is for."""

PLAIN_SERVER = str(_FOLDER / "plain-server-certificate.pem")
"""What ``plain-server.pem`` shows; it cannot sign anything."""

SELF_SIGNED = str(_FOLDER / "self-signed-certificate.pem")
"""What ``self-signed.pem`` shows: a certificate that was signed by itself."""


def under_tls(
    handler: Callable[[socket.socket], None], certificate: str = "server.pem"
) -> Callable[[socket.socket], None]:
    """The same handler for a `RawServer`, behind a TLS handshake; a failed handshake ends the connection.

    `certificate` is a file of tests/data/tls.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_FOLDER / certificate)

    def handle(sock: socket.socket) -> None:
        with context.wrap_socket(sock, server_side=True) as secured:
            handler(secured)

    return handle


def open_to(factory: SocketFactory, port: int, tls: bool) -> OwnedSocket:
    """A connection of the factory to such a handler, or to a plain one."""
    sock = factory.connect("127.0.0.1", port, timeout=LONG_TIMEOUT)
    if not tls:
        return sock
    return factory.secure(sock, ssl.create_default_context(cafile=AUTHORITY), "127.0.0.1")
