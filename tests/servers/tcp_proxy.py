"""A TCP proxy in front of any server which breaks connections on command."""

from __future__ import annotations

import select
import socket
import struct
import sys
import threading
from types import TracebackType
from typing import Literal, get_args

from .listening import Listener, abort

Mode = Literal["pass", "refuse", "delay", "stall", "cut", "reset", "garbage", "half_close"]
MODES: tuple[Mode, ...] = get_args(Mode)

READ_SIZE = 65536
GARBAGE = bytes(range(256)) * 4
LINGER_ZERO = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
CONNECT_LIMIT = 30.0


class TcpProxy:
    """Passes connections on to `target`, or does what `mode` says; a context manager which leaves nothing.

    Setting `mode` acts at once, on open connections too, unless a piece is just being delayed:

    - `pass`: hand everything on.
    - `refuse`: close the listener; open connections go on.
    - `delay`: hand everything on, each piece `delay` seconds late.
    - `stall`: accept, but hand nothing on in either direction.
    - `cut`: close a connection after `cut_after` further bytes to the client.
    - `reset`: end every connection with a TCP reset.
    - `garbage`: send the client bytes that are no protocol, then close.
    - `half_close`: end the direction to the client, but go on reading from it.
    """

    def __init__(self, target: tuple[str, int], *, delay: float = 0.1, cut_after: int = 0) -> None:
        self.target = target
        self.delay = delay
        self.cut_after = cut_after
        self.connections = 0
        self.bytes_to_server = 0
        self.bytes_to_client = 0
        self._mode: Mode = "pass"
        self._lock = threading.Lock()
        self._relays: set[_Relay] = set()
        self.ending = threading.Event()
        self._listener = Listener(self._relay, name="proxy")

    def __enter__(self) -> TcpProxy:
        self._listener.listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ending.set()
        with self._lock:
            for relay in self._relays:
                relay.cut()
        self._listener.end()

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def url(self) -> str:
        """`http://host:port` of the proxy."""
        return f"http://{self._listener.host}:{self.port}"

    @property
    def mode(self) -> Mode:
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        if mode not in MODES:
            raise ValueError(f"{mode!r} is none of {', '.join(MODES)}")
        before, self._mode = self._mode, mode
        if mode == "refuse" and before != "refuse":
            self._listener.stop_listening()
        elif before == "refuse" and mode != "refuse":
            self._listener.listen()
        with self._lock:
            for relay in self._relays:
                relay.wake()

    def open_connections(self) -> int:
        """Connections from clients that are open."""
        return self._listener.open_connections()

    def pause(self) -> bool:
        """Wait for `delay` seconds; True when the proxy ends meanwhile."""
        return self.ending.wait(self.delay)

    def count(self, *, to_client: int = 0, to_server: int = 0) -> None:
        with self._lock:
            self.bytes_to_client += to_client
            self.bytes_to_server += to_server

    def _relay(self, client: socket.socket) -> None:
        relay = _Relay(self, client)
        with self._lock:
            self.connections += 1
            self._relays.add(relay)
        try:
            relay.run()
        finally:
            with self._lock:
                self._relays.discard(relay)
            relay.close()


class _Relay:
    """One connection through the proxy, in one thread which looks at the mode after every event."""

    def __init__(self, proxy: TcpProxy, client: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server: socket.socket | None = None
        self._woken, self._waker = socket.socketpair()
        self._waker.setblocking(False)
        self._mode: Mode = "pass"
        self._left = 0
        self._half_closed = False

    def wake(self) -> None:
        """Make the thread look at the mode again."""
        try:
            self._waker.send(b"!")
        except BlockingIOError:
            return

    def cut(self) -> None:
        """Called by another thread at the end."""
        abort(self._waker)
        abort(self._client)
        if self._server is not None:
            abort(self._server)

    def close(self) -> None:
        """Called by its own thread at the end."""
        for sock in (self._woken, self._waker, self._server):
            if sock is not None:
                sock.close()

    def run(self) -> None:
        while self._follow_mode():
            ready = self._wait()
            if self._woken in ready and not self._woken.recv(READ_SIZE):
                return
            if self._mode != self._proxy.mode:
                continue
            if self._client in ready and not self._to_server():
                return
            if self._server in ready and not self._to_client():
                return

    def _follow_mode(self) -> bool:
        """Begin what the present mode asks for; False when that ends the connection."""
        if self._proxy.ending.is_set():
            return False
        mode = self._proxy.mode
        if mode != self._mode:
            self._mode, self._left = mode, self._proxy.cut_after
        if mode == "reset":
            for sock in (self._client, self._server):
                if sock is not None:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
            return False
        if mode == "garbage":
            self._client.sendall(GARBAGE)
            return False
        if mode == "half_close":
            self._half_close()
        elif mode != "stall" and self._server is None:
            self._server = socket.create_connection(self._proxy.target, CONNECT_LIMIT)
            self._server.settimeout(None)
        return mode != "cut" or self._left > 0

    def _half_close(self) -> None:
        if not self._half_closed:
            self._half_closed = True
            self._client.shutdown(socket.SHUT_WR)

    def _wait(self) -> list[socket.socket]:
        watched = [self._woken]
        if self._mode != "stall":
            watched.append(self._client)
        if self._mode not in ("stall", "half_close") and self._server is not None:
            watched.append(self._server)
        ready, _, _ = select.select(watched, [], [])
        return list(ready)

    def _to_server(self) -> bool:
        data = self._client.recv(READ_SIZE)
        if not data or self._late():
            return False
        if self._server is not None and not self._half_closed:
            self._server.sendall(data)
            self._proxy.count(to_server=len(data))
        return True

    def _to_client(self) -> bool:
        assert self._server is not None
        data = self._server.recv(READ_SIZE)
        if not data or self._late() or self._half_closed:
            return False
        if self._mode == "cut":
            data = data[: self._left]
            self._left -= len(data)
        self._client.sendall(data)
        self._proxy.count(to_client=len(data))
        return True

    def _late(self) -> bool:
        """Wait if pieces are to come late; True when the proxy ends meanwhile."""
        return self._mode == "delay" and self._proxy.pause()
