# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS: whom we trust, and the connection to an endpoint with whatever its scheme asks for."""

from __future__ import annotations

import ssl
import time

from ..core.endpoint import Endpoint
from ..core.errors import (
    NOT_IDENTIFIED,
    Cancelled,
    ConfigError,
    ConnectionLost,
    NoAnswer,
    ProblemCode,
    ProtocolError,
    ServiceError,
    problem,
)
from . import isolation
from .owned_socket import OwnedSocket
from .sockets import SocketFactory

_NOT_TLS = frozenset(
    {
        "WRONG_VERSION_NUMBER",
        "UNKNOWN_PROTOCOL",
        "HTTP_REQUEST",
        "RECORD_LAYER_FAILURE",
        "PACKET_LENGTH_TOO_LONG",
    }
)
"""OpenSSL's reasons when what came back is no TLS at all."""

_UNPROVEN = {
    9: ProblemCode.CERTIFICATE_TOO_EARLY,
    10: ProblemCode.CERTIFICATE_EXPIRED,
    18: ProblemCode.CERTIFICATE_SELF_SIGNED,
    19: ProblemCode.CERTIFICATE_UNKNOWN,  # the authority came along, but nobody here knows it
    20: ProblemCode.CERTIFICATE_UNKNOWN,
    21: ProblemCode.CERTIFICATE_UNKNOWN,
    62: ProblemCode.CERTIFICATE_OTHER_NAME,
    64: ProblemCode.CERTIFICATE_OTHER_NAME,
}
"""What the numbers of OpenSSL's X509_V_ERR_… mean to the user."""

_GREETING_TIMEOUT = 0.5


def trust(ca_file: str | None = None) -> ssl.SSLContext:
    """A context that verifies against the system's authorities, certifi's, and those in `ca_file` (PEM).

    Takes some 30 ms; loads a third-party package. Raises `ConfigError` (``bad-setting``) for a file that
    cannot be read as certificates.
    """
    context = ssl.create_default_context()
    # The same on every Python; 3.13 set both (docs/adr/0070).
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.load_verify_locations(isolation.load("certifi").where())
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:  # SSLError is one as well
            raise _bad_ca_file(ca_file, str(error)) from error
    return context


def open_connection(
    endpoint: Endpoint,
    sockets: SocketFactory,
    context: ssl.SSLContext | None,
    *,
    connect_timeout: float,
    deadline: float,
) -> OwnedSocket:
    """Connect to an endpoint; with a context under TLS. The socket keeps `deadline` (monotonic).

    Raises `Unreachable`, `Cancelled`; in the TLS handshake `NoAnswer`, `ConnectionLost`, or
    `ProtocolError` (needs-http, certificate).
    """
    timeout = min(connect_timeout, deadline - time.monotonic())
    sock = sockets.connect(endpoint.host, endpoint.port, timeout=timeout)
    sock.deadline = deadline
    if context is None:
        return sock
    try:
        return sockets.secure(sock, context, endpoint.host.partition("%")[0])
    except (OSError, ValueError) as error:
        raise _handshake_failed(error, endpoint) from error


def speaks_tls(endpoint: Endpoint, sockets: SocketFactory, *, deadline: float) -> bool:
    """Whether the program at an endpoint answers the greeting of TLS at once. Raises `Cancelled`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # it is only asked whether, not who
    soon = min(deadline, time.monotonic() + _GREETING_TIMEOUT)
    try:
        open_connection(endpoint, sockets, context, connect_timeout=_GREETING_TIMEOUT, deadline=soon).close()
    except Cancelled:
        raise
    except ServiceError as error:
        return error.problem.code in NOT_IDENTIFIED
    return True


def _handshake_failed(error: Exception, endpoint: Endpoint) -> ServiceError:
    address = endpoint.authority
    step = f"TLS handshake with {address}"
    if isinstance(error, ssl.SSLCertVerificationError):
        code = _UNPROVEN.get(error.verify_code, ProblemCode.CERTIFICATE)
        reason = error.verify_message
        return _protocol_error(code, f"{step}: {reason}", address, reason)
    if isinstance(error, TimeoutError):
        return NoAnswer(problem(ProblemCode.NO_ANSWER, f"{step}: no answer in time", address=address))
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        if error.reason in _NOT_TLS:
            return _protocol_error(ProblemCode.NEEDS_HTTP, f"{step}: {error.reason}", address, "")
        reason = error.reason or str(error)
        return _protocol_error(ProblemCode.CERTIFICATE, f"{step}: {reason}", address, reason)
    return ConnectionLost(problem(ProblemCode.CONNECTION_LOST, f"{step}: {error}", address=address))


def _protocol_error(code: ProblemCode, detail: str, address: str, reason: str) -> ProtocolError:
    return ProtocolError(problem(code, detail, retry=False, address=address, reason=reason))


def _bad_ca_file(ca_file: str, reason: str) -> ConfigError:
    detail = f"ca_file='{ca_file}': {reason}"
    return ConfigError(
        problem(ProblemCode.BAD_SETTING, detail, retry=False, name="ca_file", value=ca_file, reason=reason)
    )
