"""WebSocket connections, and the table of session ids that decides who hears what."""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import struct
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.events import Request as Handshake
from wsproto.utilities import RemoteProtocolError

from .images import PREVIEW_JPEG
from .shared import Shared

PREVIEW, PREVIEW_WITH_METADATA = 1, 4
JPEG = 1
READ_SIZE = 65536
WRITE_SIZE = 65536


def message(kind: str, data: Any) -> str:
    """The text of one message."""
    return json.dumps({"type": kind, "data": data})


def preview(metadata: dict[str, Any] | None) -> bytes:
    """The binary preview message: event 4 with metadata, event 1 without."""
    if metadata is None:
        return struct.pack(">II", PREVIEW, JPEG) + PREVIEW_JPEG
    described = json.dumps(metadata).encode()
    return struct.pack(">II", PREVIEW_WITH_METADATA, len(described)) + described + PREVIEW_JPEG


class Peer:
    """The server's end of one WebSocket. Its connection's thread reads, any thread may send."""

    def __init__(self, sock: socket.socket, shared: Shared) -> None:
        self.flags: dict[str, Any] = {}
        self._sock = sock
        self._faults = shared.faults
        self._protocol = WSConnection(ConnectionType.SERVER)
        self._lock = threading.Lock()
        self._ended = False

    def accept(
        self, headers: list[tuple[bytes, bytes]], target: str, extra: list[tuple[bytes, bytes]]
    ) -> None:
        """Answer the handshake; RemoteProtocolError when it is not a valid one."""
        self._protocol.initiate_upgrade_connection(headers, target)
        event = next(iter(self._protocol.events()))
        assert isinstance(event, Handshake)
        self._sock.sendall(self._protocol.send(AcceptConnection(extra_headers=extra)))

    def send(self, payload: str | bytes) -> None:
        """Send one message; OSError when the connection is broken."""
        self._send_events([TextMessage(payload) if isinstance(payload, str) else BytesMessage(payload)])

    def send_many(self, payloads: list[str]) -> None:
        """Send text messages in large writes, for floods."""
        self._send_events([TextMessage(payload) for payload in payloads])

    def send_raw(self, data: bytes) -> None:
        """Write bytes past the protocol, for malformed frames."""
        with self._lock:
            if not self._ended:
                self._sock.sendall(data)

    def close(self, code: int) -> None:
        """Start a clean close."""
        self._send_events([CloseConnection(code=code)])

    def end(self) -> None:
        """No thread uses the socket after this; its owner may close it."""
        with self._lock:
            self._ended = True

    def texts(self, trailing: bytes) -> Iterator[str]:
        """Each text message received, until the connection ends; answers pings and closes on the way.

        `trailing` is what had arrived behind the handshake.
        """
        data: bytes | None = trailing or self._read()
        text = ""
        while data is not None:
            try:
                self._protocol.receive_data(data)
                for event in self._protocol.events():
                    if isinstance(event, TextMessage):
                        text += event.data
                        if event.message_finished:
                            yield text
                            text = ""
                    elif isinstance(event, Ping):
                        self._send_events([event.response()])
                    elif isinstance(event, CloseConnection):
                        self._send_events([event.response()])
                        return
            except RemoteProtocolError as error:
                self._send_events([error.event_hint] if error.event_hint else [])
                return
            data = self._read()

    def _read(self) -> bytes | None:
        return self._sock.recv(READ_SIZE) or None

    def _may_send(self, event: Event) -> bool:
        state = self._protocol.state
        answers_close = state is ConnectionState.REMOTE_CLOSING and isinstance(event, CloseConnection)
        return not self._ended and (state is ConnectionState.OPEN or answers_close)

    def _send_events(self, events: list[Event]) -> None:
        """Send in few large writes; nothing on a connection that is closing, as the real server does."""
        if self._faults.websocket_mute:
            return
        with self._lock:
            block = bytearray()
            for event in events:
                if not self._may_send(event):
                    break
                block += self._protocol.send(event)
                if len(block) >= WRITE_SIZE:
                    self._sock.sendall(block)
                    block.clear()
            if block:
                self._sock.sendall(block)


class Hub:
    """The table of sessions and the one thread that publishes, so that all clients see the same order."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._sockets: dict[str, Peer] = {}
        self._peers: set[Peer] = set()
        self._lock = threading.Lock()
        self._outbox: queue.SimpleQueue[tuple[str | None, str | bytes] | None] = queue.SimpleQueue()

    def publish(self, kind: str, data: Any, sid: str | None = None) -> None:
        """Queue one message for the session `sid`, or for everybody in the table when None."""
        self._outbox.put((sid, message(kind, data)))

    def publish_preview(self, metadata: dict[str, Any] | None, sid: str | None) -> None:
        self._outbox.put((sid, preview(metadata)))

    def wants_metadata(self, sid: str | None) -> bool:
        """Whether this session has asked for previews with metadata."""
        peer = self._sockets.get(sid) if sid is not None else None
        return peer is not None and bool(peer.flags.get("supports_preview_metadata"))

    def run(self) -> None:
        """Publish until `end`; the body of the publisher's thread."""
        while (item := self._outbox.get()) is not None:
            sid, payload = item
            for peer in self._addressed(sid):
                with contextlib.suppress(OSError):
                    peer.send(payload)

    def end(self) -> None:
        self._outbox.put(None)

    def join(self, sid: str, peer: Peer, greetings: Callable[[str], list[str]]) -> str:
        """Enter `peer` into the table, send it the greetings for its session id, and return that id.

        An id in use is taken over: the older socket stays open but hears no more. When that older socket
        closes, it removes whoever holds the id by then, and the newer socket goes mute as well. That is what
        the real server does.
        """
        sid = sid or uuid.uuid4().hex
        with self._lock:
            self._peers.add(peer)
            self._sockets[sid] = peer
            # Under the lock, so that nothing published meanwhile comes before the greetings.
            for greeting in greetings(sid):
                peer.send(greeting)
        return sid

    def leave(self, sid: str, peer: Peer) -> None:
        with self._lock:
            self._peers.discard(peer)
            self._sockets.pop(sid, None)

    def sessions(self) -> set[str]:
        """Ids of the sessions that have been greeted and hear what is published."""
        with self._lock:
            return set(self._sockets)

    def close_all(self, code: int) -> None:
        """Start a clean close of every WebSocket."""
        for peer in self._everybody():
            with contextlib.suppress(OSError):
                peer.close(code)

    def send_text(self, content: str) -> None:
        """Send one text message on every WebSocket, past the queue."""
        for peer in self._everybody():
            with contextlib.suppress(OSError):
                peer.send(content)

    def send_raw(self, data: bytes) -> None:
        """Write bytes on every WebSocket past its protocol."""
        for peer in self._everybody():
            with contextlib.suppress(OSError):
                peer.send_raw(data)

    def flood(self, count: int) -> None:
        """Send `count` numbered `progress` messages on every WebSocket in large writes."""
        messages = [
            message("progress", {"value": value, "max": count, "prompt_id": "flood", "node": "1"})
            for value in range(1, count + 1)
        ]
        for peer in self._everybody():
            with contextlib.suppress(OSError):
                peer.send_many(messages)

    def serve(self, peer: Peer, sid: str, trailing: bytes) -> None:
        """Read a client until it goes, and answer its feature flags if they come first."""
        undecided = True
        for received in peer.texts(trailing):
            try:
                content = json.loads(received)
            except ValueError:
                continue
            if not isinstance(content, dict):
                continue
            if undecided and content.get("type") == "feature_flags":
                flags = content.get("data")
                peer.flags = flags if isinstance(flags, dict) else {}
                peer.send(message("feature_flags", self._shared.generation.features))
            undecided = False

    def _everybody(self) -> list[Peer]:
        """Every open WebSocket, in the table or not."""
        with self._lock:
            return list(self._peers)

    def _addressed(self, sid: str | None) -> list[Peer]:
        with self._lock:
            if sid is None:
                return list(self._sockets.values())
            return [self._sockets[sid]] if sid in self._sockets else []
