"""A web server that asks for user and password, and hands on to the program behind it."""

from __future__ import annotations

import http.client
from base64 import b64encode
from http.server import BaseHTTPRequestHandler
from typing import Any

from .plain import RawServer

_LIMIT = 30.0


class PasswordGate(RawServer):
    """`with PasswordGate(port) as gate:` stands at `gate.url` before the program on `port` of this computer.

    It asks for `USER` and `PASSWORD`, which `gate.url_with_password` has. With `passes_on`, the program sees
    them, too, as behind nginx unless its configuration says otherwise. Only GET is handed on.
    """

    USER = "ada"
    PASSWORD = "s3cret"

    def __init__(self, port: int, *, passes_on: bool) -> None:
        super().__init__(lambda sock: _Handler(sock, sock.getpeername(), self))  # type: ignore[arg-type]
        self.target = port
        self.passes_on = passes_on

    @property
    def url_with_password(self) -> str:
        return self.url.replace("//", f"//{self.USER}:{self.PASSWORD}@")

    @property
    def wanted(self) -> str:
        """The field that opens it."""
        return "Basic " + b64encode(f"{self.USER}:{self.PASSWORD}".encode()).decode("ascii")


class _Handler(BaseHTTPRequestHandler):
    """The requests of one connection; `server` is the `PasswordGate`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        gate: PasswordGate = self.server  # type: ignore[assignment]
        if self.headers.get("Authorization") != gate.wanted:
            self._send(401, "text/html", b"<h1>401 Authorization Required</h1>")
            return
        fields = dict(self.headers.items())
        if not gate.passes_on:
            del fields["Authorization"]
        behind = http.client.HTTPConnection("127.0.0.1", gate.target, timeout=_LIMIT)
        try:
            behind.request("GET", self.path, headers=fields)
            answer = behind.getresponse()
            self._send(answer.status, answer.headers.get("Content-Type", "text/plain"), answer.read())
        finally:
            behind.close()

    def version_string(self) -> str:
        return "nginx"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _send(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="films"')
        self.end_headers()
        self.wfile.write(body)
