"""The HTTP client under TLS, and on the wrong side of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from movie_director.core.errors import ConfigError, ProblemCode, ProtocolError
from movie_director.transport.sockets import SocketFactory

from tests.http_kit import answer, client_of, fails, serve
from tests.servers.plain import RawServer, read_head
from tests.servers.tls import AUTHORITY, under_tls


@pytest.fixture
def factory() -> Iterator[SocketFactory]:
    factory = SocketFactory("test")
    yield factory
    factory.close()
    assert factory.open_count == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_https(factory: SocketFactory, host: str) -> None:
    with (
        RawServer(under_tls(serve(answer()))) as server,
        client_of(factory, f"https://{host}:{server.port}", ca_file=AUTHORITY) as client,
    ):
        assert client.get_json("/") == {}
        assert client.get_json("/") == {}
        assert (client.requests_sent, client.connects) == (2, 1)


@pytest.mark.parametrize("trusted", [False, True])
def test_certificate_that_cannot_be_trusted(factory: SocketFactory, trusted: bool) -> None:
    """Of an authority that nobody knows; of a known one, but for another host."""
    ca_file = AUTHORITY if trusted else None
    with (
        RawServer(under_tls(serve(answer())), "127.0.0.2") as server,
        client_of(factory, f"https://127.0.0.2:{server.port}", ca_file=ca_file) as client,
        pytest.raises(ProtocolError) as caught,
    ):
        client.get("/")
    assert caught.value.problem.code is ProblemCode.CERTIFICATE
    assert not caught.value.problem.retry
    expected = "mismatch" if trusted else "unable to get local issuer certificate"
    assert expected in str(caught.value.problem.parameter("reason"))


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_ca_file_that_cannot_be_read(factory: SocketFactory, tmp_path: Path, content: str | None) -> None:
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_text(content)
    with (
        client_of(factory, "https://127.0.0.1:1", ca_file=str(ca_file)) as client,
        pytest.raises(ConfigError) as caught,
    ):
        client.get("/")
    assert caught.value.problem.parameter("value") == str(ca_file)


def test_http_to_a_tls_port_that_just_closes(factory: SocketFactory) -> None:
    error = fails(factory, under_tls(serve(answer())))
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
def test_http_to_a_tls_port_that_says_so(factory: SocketFactory, reply: bytes) -> None:
    def refuse(sock: socket.socket) -> None:
        read_head(sock)
        sock.sendall(reply)

    assert fails(factory, refuse).problem.code is ProblemCode.NEEDS_HTTPS


def test_https_to_a_plain_port(factory: SocketFactory) -> None:
    def confused(sock: socket.socket) -> None:
        sock.recv(1000)
        sock.sendall(answer(b"", "400 Bad Request"))

    with (
        RawServer(confused) as server,
        client_of(factory, f"https://127.0.0.1:{server.port}") as client,
        pytest.raises(ProtocolError) as caught,
    ):
        client.get("/")
    assert caught.value.problem.code is ProblemCode.NEEDS_HTTP
    assert not caught.value.problem.retry
