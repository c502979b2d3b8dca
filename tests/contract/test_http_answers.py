"""What the HTTP client makes of every kind of answer."""

from __future__ import annotations

import json

import pytest
from movie_director.core.endpoint import Credentials
from movie_director.core.errors import (
    AnswerTooLarge,
    ProblemCode,
    ProtocolError,
    Rejected,
    ServerFailed,
    ServiceError,
)
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT
from tests.http_kit import answer, client_of, fails, serve
from tests.servers.plain import RawServer


def test_an_answer_has_everything(sockets: SocketFactory) -> None:
    raw = answer(b'\xef\xbb\xbf{"a": 1}', "201 Created", "X-Name: one", "x-name: two")
    with RawServer(serve(raw)) as server, client_of(sockets, server.url) as client:
        got = client.get("/path?secret=1")
        assert (got.status, got.truncated, got.json()) == (201, False, {"a": 1})
        assert got.text() == '{"a": 1}'
        assert got.headers.get("X-NAME") == "one, two"
        assert got.headers.get("nothing") is None
        assert got.url == f"{server.url}/path"
        assert 0 < got.seconds < LONG_TIMEOUT


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        ("401 Unauthorized", Rejected, ProblemCode.KEY_MISSING),
        ("403 Forbidden", Rejected, ProblemCode.KEY_MISSING),
        ("404 Not Found", ProtocolError, ProblemCode.MALFORMED),
        ("429 Too Many", ProtocolError, ProblemCode.MALFORMED),
        ("500 Broken", ServerFailed, ProblemCode.SERVER_ERROR),
        ("503 Busy", ServerFailed, ProblemCode.SERVER_ERROR),
        ("304 Not Modified", ProtocolError, ProblemCode.MALFORMED),
    ],
)
def test_status_of_get_json(
    sockets: SocketFactory, status: str, kind: type[ServiceError], code: ProblemCode
) -> None:
    error = fails(sockets, serve(answer(b"", status)), "/x?key=secret")
    assert type(error) is kind
    assert error.problem.code is code
    assert error.problem.parameter("status") == int(status[:3])
    assert "secret" not in str(error)


@pytest.mark.parametrize("options", [{"credentials": Credentials("a", "b")}, {"headers": {"X-API-Key": "k"}}])
def test_a_key_that_was_sent_is_rejected(sockets: SocketFactory, options: dict[str, object]) -> None:
    error = fails(sockets, serve(answer(b"", "401 No")), **options)
    assert isinstance(error, Rejected)
    assert error.problem.code is ProblemCode.KEY_REJECTED
    assert not error.problem.retry


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://user:secret@other.example/login?next=secret", "https://other.example"),
        ("//other.example:1", "http://other.example:1"),
        ("/login", None),
        ("http://[broken", "an invalid address"),
    ],
)
def test_redirect_is_not_followed(sockets: SocketFactory, location: str, expected: str | None) -> None:
    raw = answer(b"", "302 Found", f"Location: {location}")
    with RawServer(serve(raw)) as server, client_of(sockets, server.url) as client:
        with pytest.raises(ProtocolError) as caught:
            client.get("/")
        assert caught.value.problem.code is ProblemCode.REDIRECTED
        assert caught.value.problem.parameter("location") == (expected or server.url)
        assert "secret" not in str(caught.value)
        assert client.requests_sent == 1


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"x": NaN}', {"x": None}),
        (b"[-Infinity, 1e999, 1.5]", [None, None, 1.5]),
        (b"[" + b"9" * 5000 + b", 7]", [None, 7]),
        (b'"\\ud83d\\ude00 \\ud800 \\\\ud800"', "😀 \ufffd \\ud800"),
        (b'"\\uDC00"', "\ufffd"),
        ('"é"'.encode("latin-1"), "\ufffd"),
        (b"null", None),
    ],
)
def test_json_of_strange_values(sockets: SocketFactory, body: bytes, value: object) -> None:
    with RawServer(serve(answer(body))) as server, client_of(sockets, server.url) as client:
        got = client.get_json("/")
        assert got == value
        json.dumps(got, ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"[" * 100_000, '{"a": 1}'.encode("utf-16"), b"\x00"])
def test_what_is_no_json(sockets: SocketFactory, body: bytes) -> None:
    error = fails(sockets, serve(answer(body)))
    assert isinstance(error, ProtocolError)
    assert error.problem.code is ProblemCode.MALFORMED


def test_limit_and_prefix(sockets: SocketFactory) -> None:
    with RawServer(serve(answer(b"x" * 1000))) as server, client_of(sockets, server.url) as client:
        assert len(client.get("/", limit=1000).body) == 1000
        with pytest.raises(AnswerTooLarge) as caught:
            client.get("/", limit=999)
        assert caught.value.problem.parameter("limit") == 999
        prefix = client.get("/", limit=10, prefix_only=True)
        assert (prefix.body, prefix.truncated) == (b"x" * 10, True)
        whole = client.get("/", limit=1000, prefix_only=True)
        assert (len(whole.body), whole.truncated) == (1000, False)
