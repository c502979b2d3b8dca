"""One life of the server, from listening to the last thread joined."""

from __future__ import annotations

import socket
import threading

from ..listening import JOIN_LIMIT, Listener
from .connection import Connection
from .engine import Engine
from .queueing import PromptQueue
from .routes import Routes, queue_status
from .shared import Shared
from .websocket import Hub


class Run:
    """Listener, queue and engine of one start. Queue and history are empty at its beginning."""

    def __init__(self, shared: Shared, host: str, port: int) -> None:
        self.shared = shared
        self.ending = threading.Event()
        self.hub: Hub = Hub(shared)
        self.queue = PromptQueue(self._queue_changed)
        self.engine = Engine(shared, self.queue, self.hub, self.ending)
        self.routes = Routes(shared, self.queue, self.engine)
        self._listener = Listener(self._serve, host, port, name="comfyui")
        self._threads = [
            threading.Thread(target=self.engine.run, name="comfyui-engine", daemon=True),
            threading.Thread(target=self.hub.run, name="comfyui-publisher", daemon=True),
        ]

    @property
    def port(self) -> int:
        return self._listener.port

    def start(self) -> None:
        """Listen; OSError when the address cannot be had."""
        self._listener.listen()
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Stop listening, cut every connection as a killed process does, and join all threads."""
        self.ending.set()
        self.queue.end()
        self.hub.end()
        self._listener.end()
        for thread in self._threads:
            thread.join(JOIN_LIMIT)
            if thread.is_alive():
                raise RuntimeError(f"{thread.name} did not end")

    def open_connections(self) -> int:
        return self._listener.open_connections()

    def _serve(self, sock: socket.socket) -> None:
        with self.shared.counts.lock:
            self.shared.counts.accepted += 1
        Connection(self, sock).serve()

    def _queue_changed(self) -> None:
        self.hub.publish("status", {"status": queue_status(self.shared, self.queue)})
