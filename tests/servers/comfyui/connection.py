"""One TCP connection: HTTP/1.1 with keep-alive, and its switch to a WebSocket."""

from __future__ import annotations

import base64
import ipaddress
import socket
from email.utils import formatdate
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

import h11
from wsproto.utilities import RemoteProtocolError

from . import control
from .faults import ENDLESS_BLOCK, ENDLESS_HEAD, broken_response
from .responses import SERVER, Headers, Request, Response, empty, json_response, reason, text
from .routes import PAGE, plain_path, queue_status
from .websocket import Peer, message

if TYPE_CHECKING:
    from .run import Run

READ_SIZE = 65536


class Connection:
    """Serves one client until either side closes, in the thread of its caller."""

    def __init__(self, run: Run, sock: socket.socket) -> None:
        self._run = run
        self._shared = run.shared
        self._sock = sock
        self._http = h11.Connection(h11.SERVER)
        self._first = True
        self._is_head = False

    def serve(self) -> None:
        """Answer requests to the end of the connection; OSError when it breaks."""
        try:
            while self._exchange():
                self._http.start_next_cycle()
        except h11.RemoteProtocolError:
            self._send_bad_request()

    def _exchange(self) -> bool:
        """One request and its answer; False when the connection is over."""
        request = self._read_request()
        if request is None:
            return False
        if request.path == control.PATH:
            return self._send(control.answer(self._run, request))
        self._count(request)
        if self._shared.faults.mute:
            self._swallow()
            return False
        if self._run.ending.wait(self._shared.faults.delay):
            return False
        if self._shared.faults.busy:
            self._run.queue.wait_idle()
        if (refusal := self._refusal(request)) is not None:
            return self._send(refusal)
        if request.path == "/ws" and request.headers.get("upgrade", "").lower() == "websocket":
            return self._upgrade(request)
        return self._answer(request)

    def _answer(self, request: Request) -> bool:
        faults = self._shared.faults
        response = self._run.routes.answer(request)
        if (kind := faults.bad_answer(request.path)) == "endless":
            self._send_endless()
            return False
        if kind is not None:
            self._sock.sendall(broken_response(kind, response, faults))
            return False
        if response.value is not None:
            value = faults.replaced_value(request.path, response.value)
            if value is not response.value:
                response = json_response(value, response.status)
        return self._send(response)

    def _read_request(self) -> Request | None:
        """The next request with its whole body, or None when the client has gone."""
        head: h11.Request | None = None
        body = bytearray()
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(self._sock.recv(READ_SIZE))
            elif isinstance(event, h11.Request):
                head = event
                if self._http.they_are_waiting_for_100_continue:
                    go_on = h11.InformationalResponse(status_code=100, headers=[])
                    self._sock.sendall(self._http.send(go_on) or b"")
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                self._is_head = head.method == b"HEAD"
                return _request(head, bytes(body))
            elif isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
                return None

    def _count(self, request: Request) -> None:
        counts = self._shared.counts
        with counts.lock:
            counts.requests[request.path] += 1
            if self._first:
                counts.connections[request.path] += 1
        self._first = False

    def _refusal(self, request: Request) -> Response | None:
        """The answer to a request which is turned away before its route is looked up."""
        wanted = self._shared.faults.basic_auth
        if wanted is not None:
            expected = "Basic " + base64.b64encode(wanted.encode()).decode()
            if request.headers.get("authorization") != expected:
                return text(401, "401: Unauthorized", [("WWW-Authenticate", 'Basic realm="ComfyUI"')])
        if is_foreign(request.headers):
            return empty(403)
        limit = self._shared.generation.features["max_upload_size"]
        if len(request.body) > limit:
            return text(
                413, f"Maximum request body size {limit} exceeded, actual body size {len(request.body)}"
            )
        return None

    def _upgrade(self, request: Request) -> bool:
        """Serve a WebSocket on this connection, to its end."""
        faults, hub = self._shared.faults, self._run.hub
        if faults.websocket_status is not None:
            return self._send(text(faults.websocket_status, PAGE if faults.websocket_status == 200 else ""))
        peer = Peer(self._sock, self._shared)
        headers = [(name.encode(), value.encode("latin-1")) for name, value in request.headers.items()]
        extra = [(name.encode(), value.encode()) for name, value in _standing_headers()]
        try:
            peer.accept(headers, request.path, extra)
        except RemoteProtocolError as error:
            return self._send(text(400, str(error)))
        claimed = request.query.get("clientId", "")
        with self._shared.counts.lock:
            self._shared.counts.client_ids.append(claimed)
        sid = hub.join(claimed, peer, self._greetings)
        try:
            hub.serve(peer, sid, self._http.trailing_data[0])
        finally:
            hub.leave(sid, peer)
            peer.end()
        return False

    def _greetings(self, sid: str) -> list[str]:
        """What a new session hears first: the queue, and the node of its job if one runs."""
        if self._shared.faults.websocket_ungreeted:
            return []
        status = {"status": queue_status(self._shared, self._run.queue), "sid": sid}
        node = self._run.engine.node_of(sid)
        greetings = [message("status", status)]
        if node is not None:
            greetings.append(message("executing", {"node": node}))
        return greetings

    def _send(self, response: Response) -> bool:
        """Send one answer; True when another request may follow."""
        headers = [*response.headers, *_standing_headers()]
        framing = ("Transfer-Encoding", "chunked")
        if not response.chunked:
            framing = ("Content-Length", str(len(response.body)))
        head = h11.Response(
            status_code=response.status, headers=[*headers, framing], reason=reason(response.status)
        )
        parts = [self._http.send(head)]
        if response.body and not self._is_head:
            parts.append(self._http.send(h11.Data(data=response.body)))
        parts.append(self._http.send(h11.EndOfMessage()))
        data = b"".join(part for part in parts if part)
        limit = self._shared.faults.drop_after
        self._sock.sendall(data[:limit])
        return limit is None and self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    def _send_endless(self) -> None:
        """A JSON body of white space that never ends; the client's buffers set the pace."""
        self._sock.sendall(ENDLESS_HEAD)
        while not self._run.ending.is_set():
            self._sock.sendall(ENDLESS_BLOCK)

    def _swallow(self) -> None:
        """Read and forget until the client gives up."""
        while self._sock.recv(READ_SIZE):
            pass

    def _send_bad_request(self) -> None:
        """400 to what is not HTTP, unless an answer has begun."""
        if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._send(text(400, "400: Bad Request", [("Connection", "close")]))


def is_foreign(headers: dict[str, str]) -> bool:
    """Whether a page of another origin sends this; only looked at on a loopback address, as in ComfyUI."""
    if "host" not in headers or "origin" not in headers:
        return False
    try:
        host, origin = urlsplit("//" + headers["host"].lower()), urlsplit(headers["origin"].lower())
        if not _is_loopback(host.hostname):
            return False
        if host.port is None or origin.port is None:
            return host.hostname != origin.hostname
        return host.netloc != origin.netloc
    except ValueError:
        return True


def _is_loopback(name: str | None) -> bool:
    try:
        return name == "localhost" or ipaddress.ip_address(name or "").is_loopback
    except ValueError:
        return False


def _request(head: h11.Request, body: bytes) -> Request:
    try:
        target = urlsplit(head.target.decode("latin-1"))
    except ValueError as error:
        raise h11.RemoteProtocolError(f"bad request target: {error}") from error
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
    query = dict(parse_qsl(target.query, keep_blank_values=True))
    return Request(head.method.decode(), plain_path(unquote(target.path)), query, headers, body)


def _standing_headers() -> Headers:
    return [("Date", formatdate(usegmt=True)), ("Server", SERVER)]
