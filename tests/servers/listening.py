"""A listening socket with a thread per connection, shared by the servers of the tests."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Callable

BACKLOG = 512
JOIN_LIMIT = 30.0


def abort(sock: socket.socket) -> None:
    """Cut a connection which another thread reads or writes; that thread wakes up and closes the socket.

    Closing it here instead could hand its number to a new socket while the other thread still uses it.
    """
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


class Listener:
    """Accepts connections in one thread and runs `handler(socket)` for each in a thread of its own.

    The socket is closed when the handler returns. What the handler raises is an error of the test's own code
    and is left to `threading.excepthook`, except OSError: the other side may break a connection at any time.
    """

    def __init__(
        self,
        handler: Callable[[socket.socket], None],
        host: str = "127.0.0.1",
        port: int = 0,
        name: str = "server",
    ) -> None:
        self.host = host
        self.port = port
        self._handler = handler
        self._name = name
        self._lock = threading.Lock()
        self._connections: dict[threading.Thread, socket.socket] = {}
        self._accepting: tuple[threading.Thread, socket.socket] | None = None

    def listen(self) -> None:
        """Bind and accept, on the same port as before if there was one; OSError when it cannot be had."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listener = socket.create_server((self.host, self.port), family=family, backlog=BACKLOG)
        # A client may be gone between select and accept, which must not block then.
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        woken, waker = socket.socketpair()
        thread = threading.Thread(
            target=self._accept, args=(listener, woken), name=f"{self._name}-listener", daemon=True
        )
        self._accepting = (thread, waker)
        thread.start()

    def stop_listening(self) -> None:
        """Refuse new connections; those that are open stay."""
        accepting, self._accepting = self._accepting, None
        if accepting is not None:
            thread, waker = accepting
            waker.close()
            thread.join()

    def end(self) -> None:
        """Refuse new connections, cut the open ones and join all threads; RuntimeError if one stays."""
        self.stop_listening()
        with self._lock:
            connections = dict(self._connections)
        for sock in connections.values():
            abort(sock)
        for thread in connections:
            thread.join(JOIN_LIMIT)
        alive = [thread.name for thread in connections if thread.is_alive()]
        if alive:
            raise RuntimeError(f"{len(alive)} connection threads of {self._name} did not end")

    def open_connections(self) -> int:
        """Connections whose handler has not returned."""
        with self._lock:
            return sum(thread.is_alive() for thread in self._connections)

    def _accept(self, listener: socket.socket, woken: socket.socket) -> None:
        with listener, woken:
            while True:
                ready, _, _ = select.select([listener, woken], [], [])
                if woken in ready:
                    return
                try:
                    sock, _ = listener.accept()
                except OSError:
                    continue
                self._serve(sock)

    def _serve(self, sock: socket.socket) -> None:
        sock.setblocking(True)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        thread = threading.Thread(
            target=self._run, args=(sock,), name=f"{self._name}-connection", daemon=True
        )
        with self._lock:
            # Ended threads are dropped here and not by themselves, so that `end` misses none that still runs.
            self._connections = {old: kept for old, kept in self._connections.items() if old.is_alive()}
            self._connections[thread] = sock
            thread.start()

    def _run(self, sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            self._handler(sock)
