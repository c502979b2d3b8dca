"""One life of the server, from listening to the last thread joined."""

from __future__ import annotations

import select
import socket
import threading

from .connection import Connection
from .engine import Engine
from .queueing import PromptQueue
from .routes import Routes, queue_status
from .shared import Shared
from .websocket import Hub

BACKLOG = 512
JOIN_LIMIT = 5.0


class Run:
    """Listener, queue and engine of one start. Queue and history are empty at its beginning."""

    def __init__(self, shared: Shared, host: str, port: int) -> None:
        """Listen; OSError when the address cannot be had."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.shared = shared
        self.ending = threading.Event()
        self.hub: Hub = Hub(shared)
        self.queue = PromptQueue(self._queue_changed)
        self.engine = Engine(shared, self.queue, self.hub, self.ending)
        self.routes = Routes(shared, self.queue, self.engine)
        self._listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
        self._listener.setblocking(False)
        self._waker, self._wake = socket.socketpair()
        self._connections: set[Connection] = set()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._accept, name="comfyui-listener", daemon=True),
            threading.Thread(target=self.engine.run, name="comfyui-engine", daemon=True),
            threading.Thread(target=self.hub.run, name="comfyui-publisher", daemon=True),
        ]
        self.port: int = self._listener.getsockname()[1]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Stop listening, cut every connection as a killed process does, and join all threads."""
        self.ending.set()
        self._wake.close()
        self._threads[0].join(JOIN_LIMIT)
        self.queue.end()
        self.hub.end()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.abort()
        threads = [*self._threads, *(connection.thread for connection in connections)]
        for thread in threads:
            thread.join(JOIN_LIMIT)
        alive = [thread.name for thread in threads if thread.is_alive()]
        if alive:
            raise RuntimeError(f"threads did not end: {', '.join(alive)}")

    def forget(self, connection: Connection) -> None:
        """Called by a connection's own thread at its end."""
        with self._lock:
            self._connections.discard(connection)

    def open_connections(self) -> int:
        with self._lock:
            return len(self._connections)

    def _accept(self) -> None:
        with self._listener, self._waker:
            while True:
                ready, _, _ = select.select([self._listener, self._waker], [], [])
                if self._waker in ready:
                    return
                try:
                    sock, _ = self._listener.accept()
                except OSError:
                    continue
                self._serve(sock)

    def _serve(self, sock: socket.socket) -> None:
        sock.setblocking(True)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(self, sock)
        with self.shared.counts.lock:
            self.shared.counts.accepted += 1
        with self._lock:
            self._connections.add(connection)
        connection.thread.start()

    def _queue_changed(self) -> None:
        self.hub.publish("status", {"status": queue_status(self.shared, self.queue)})
