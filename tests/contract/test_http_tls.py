"""The HTTP client under TLS, and on the wrong side of it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from movie_director.core.endpoint import Credentials
from movie_director.core.errors import ConfigError, ProblemCode, ProtocolError
from movie_director.transport.sockets import SocketFactory

from tests.http_kit import answer, client_of, fails, serve
from tests.servers.plain import RawServer, read_head
from tests.servers.tls import (
    AUTHORITY,
    PLAIN_AUTHORITY,
    PLAIN_SERVER,
    SECOND_AUTHORITY,
    SELF_SIGNED,
    under_tls,
)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_https(sockets: SocketFactory, host: str) -> None:
    with (
        RawServer(under_tls(serve(answer()))) as server,
        client_of(sockets, f"https://{host}:{server.port}", ca_file=AUTHORITY) as client,
    ):
        assert client.get_json("/") == {}
        assert client.get_json("/") == {}
        assert (client.requests_sent, client.connects) == (2, 1)


UNTRUSTED = [
    ("server.pem", None, ProblemCode.CERTIFICATE_UNKNOWN),
    ("server.pem", SECOND_AUTHORITY, ProblemCode.CERTIFICATE_UNKNOWN),
    ("whole-chain.pem", None, ProblemCode.CERTIFICATE_UNKNOWN),
    ("plain-server.pem", None, ProblemCode.CERTIFICATE_UNKNOWN),
    ("server.pem", PLAIN_SERVER, ProblemCode.CERTIFICATE_UNKNOWN),
    ("self-signed.pem", None, ProblemCode.CERTIFICATE_SELF_SIGNED),
    ("other-name.pem", SECOND_AUTHORITY, ProblemCode.CERTIFICATE_OTHER_NAME),
    ("expired.pem", SECOND_AUTHORITY, ProblemCode.CERTIFICATE_EXPIRED),
    ("early.pem", SECOND_AUTHORITY, ProblemCode.CERTIFICATE_TOO_EARLY),
]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize(("certificate", "ca_file", "code"), UNTRUSTED)
def test_certificate_that_proves_nothing(
    sockets: SocketFactory, certificate: str, ca_file: str | None, code: ProblemCode, host: str
) -> None:
    """What is wrong is told, and not a byte of the request leaves: neither encrypted nor in the clear."""
    came: list[bytes] = []

    def note(sock: socket.socket) -> None:
        came.append(sock.recv(1))

    with (
        RawServer(under_tls(note, certificate)) as server,
        client_of(
            sockets, f"https://{host}:{server.port}", ca_file=ca_file, credentials=Credentials("a", "canary")
        ) as client,
    ):
        for _ in range(2):
            with pytest.raises(ProtocolError) as caught:
                client.get("/")
        connects = server.accepted
    told = caught.value.problem
    assert (told.code, told.retry, came) == (code, False, [])
    assert told.parameter("address") == f"{host}:{server.port}"
    assert connects == 2, "a failed proof must not be tried again in another way"


@pytest.mark.parametrize(
    ("certificate", "ca_file"),
    [
        ("self-signed.pem", SELF_SIGNED),
        ("whole-chain.pem", SECOND_AUTHORITY),
        ("plain-server.pem", PLAIN_AUTHORITY),
        ("plain-server.pem", PLAIN_SERVER),
    ],
)
def test_ca_file_makes_a_certificate_count(sockets: SocketFactory, certificate: str, ca_file: str) -> None:
    with (
        RawServer(under_tls(serve(answer()), certificate)) as server,
        client_of(sockets, f"https://127.0.0.1:{server.port}", ca_file=ca_file) as client,
    ):
        assert client.get_json("/") == {}


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_ca_file_that_cannot_be_read(sockets: SocketFactory, tmp_path: Path, content: str | None) -> None:
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_text(content)
    with (
        client_of(sockets, "https://127.0.0.1:1", ca_file=str(ca_file)) as client,
        pytest.raises(ConfigError) as caught,
    ):
        client.get("/")
    assert caught.value.problem.parameter("value") == str(ca_file)


def test_http_to_a_tls_port_that_just_closes(sockets: SocketFactory) -> None:
    error = fails(sockets, under_tls(serve(answer())))
    assert isinstance(error, ProtocolError)
    assert error.problem.code is ProblemCode.NEEDS_HTTPS


@pytest.mark.parametrize(
    "reply",
    [
        b"\x15\x03\x01\x00\x02\x02\x46",
        answer(b"<center>The plain HTTP request was sent to HTTPS port</center>", "400 Bad Request"),
        answer(b"Client sent an HTTP request to an HTTPS server.\n", "400 Bad Request"),
        answer(b"You're speaking plain HTTP to an SSL-enabled server port.", "400 Bad Request"),
    ],
)
def test_http_to_a_tls_port_that_says_so(sockets: SocketFactory, reply: bytes) -> None:
    def refuse(sock: socket.socket) -> None:
        read_head(sock)
        sock.sendall(reply)

    assert fails(sockets, refuse).problem.code is ProblemCode.NEEDS_HTTPS


def test_https_to_a_plain_port(sockets: SocketFactory) -> None:
    def confused(sock: socket.socket) -> None:
        sock.recv(1000)
        sock.sendall(answer(b"", "400 Bad Request"))

    with (
        RawServer(confused) as server,
        client_of(sockets, f"https://127.0.0.1:{server.port}") as client,
        pytest.raises(ProtocolError) as caught,
    ):
        client.get("/")
    assert caught.value.problem.code is ProblemCode.NEEDS_HTTP
    assert not caught.value.problem.retry
