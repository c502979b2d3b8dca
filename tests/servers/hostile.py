"""Servers that cost time or memory to whoever trusts them, and the right verdict on each."""

from __future__ import annotations

import gzip
import itertools
import os
import socket
import struct
import threading

from movie_director.core.errors import ProblemCode

from .lookalikes import Neighbour
from .plain import hold, read_head
from .sites import page, site
from .tls import under_tls

_CHUNK = b"x" * 65536
_TEN_GIGABYTES = 10 * 1024**3
_BOMB = gzip.compress(bytes(64 * 1024 * 1024))
"""64 MiB of zeros in 64 KiB."""


def _garbage(sock: socket.socket) -> None:
    sock.sendall(b"\x00\x01\x02 SSH-2.0-nothing\r\n\xff\xfe")


def _endless_head(sock: socket.socket) -> None:
    read_head(sock)
    sock.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        sock.sendall(b"X-%d: %s\r\n" % (number, b"y" * 1000))


def _endless_body(sock: socket.socket) -> None:
    read_head(sock)
    sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        sock.sendall(b"10000\r\n" + _CHUNK + b"\r\n")


def _ten_gigabytes(sock: socket.socket) -> None:
    read_head(sock)
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % _TEN_GIGABYTES)
    for _ in range(_TEN_GIGABYTES // len(_CHUNK)):
        sock.sendall(_CHUNK)


def _bomb(sock: socket.socket) -> None:
    while read_head(sock):
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(_BOMB))
        sock.sendall(_BOMB)


def _drip(sock: socket.socket) -> None:
    read_head(sock)
    pause = threading.Event()
    for byte in itertools.cycle(b"HTTP/1.1 200 OK\r\nX-Wait: " + b"." * 1000):
        sock.sendall(bytes([byte]))
        pause.wait(0.05)


def _slow_body(sock: socket.socket) -> None:
    read_head(sock)
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    pause = threading.Event()
    while True:
        sock.sendall(b".")
        pause.wait(0.05)


def _half_open(sock: socket.socket) -> None:
    sock.shutdown(socket.SHUT_WR)
    hold(sock)


def _reset(sock: socket.socket) -> None:
    read_head(sock)
    linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def _mute_after_page(sock: socket.socket) -> None:
    read_head(sock)
    sock.sendall(page("<html></html>").wire())
    hold(sock)


_ROUND = page("", "302 Found", "Location: /")
_REFUSED = page("", "401 Unauthorized", 'WWW-Authenticate: Basic realm="Studio"')
_BROKEN = page("<h1>Bad Gateway</h1>", "502 Bad Gateway", "Server: nginx")


def hostile() -> tuple[Neighbour, ...]:
    """All of them; a handler may be used by several servers."""
    return (
        Neighbour("never answers", hold, "", "silence", ProblemCode.NO_ANSWER),
        Neighbour("garbage", _garbage, "", "no HTTP", ProblemCode.NOT_HTTP),
        Neighbour("an endless head", _endless_head, "", "too many fields", ProblemCode.MALFORMED),
        Neighbour("an endless body", _endless_body, "", "the first 8 KiB say nothing"),
        Neighbour("a body of 10 GB", _ten_gigabytes, "", "the first 8 KiB say nothing"),
        Neighbour("64 MiB packed into 64 KiB", _bomb, "", "the first 8 KiB say nothing"),
        Neighbour("drips its head", _drip, "", "no page in time", ProblemCode.NO_ANSWER),
        Neighbour("drips its body", _slow_body, "", "no page in time", ProblemCode.NO_ANSWER),
        Neighbour(
            "a redirect loop", site({}, _ROUND), "", "redirects are not followed", ProblemCode.REDIRECTED
        ),
        Neighbour("basic auth", site({}, _REFUSED), "", "401 everywhere", ProblemCode.KEY_MISSING),
        Neighbour("a gateway without a server", site({}, _BROKEN), "nginx", "502", ProblemCode.SERVER_ERROR),
        Neighbour("half open", _half_open, "", "closed without an answer", ProblemCode.CONNECTION_LOST),
        Neighbour("resets", _reset, "", "reset without an answer", ProblemCode.CONNECTION_LOST),
        Neighbour("answers once, then never", _mute_after_page, "", "silence", ProblemCode.NO_ANSWER),
        Neighbour("TLS only", under_tls(hold), "", "answers TLS alone", ProblemCode.NEEDS_HTTPS),
    )
