"""A port that neither accepts nor refuses: its queue of waiting connections is full."""

from __future__ import annotations

import socket
from types import TracebackType

_ENOUGH = 8
_LOOK = 0.2


class BlackHole:
    """A listener on loopback whose backlog is full, so that a further connect waits; a context manager."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=0)
        self._waiting: list[socket.socket] = []
        self.host = host
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> BlackHole:
        for _ in range(_ENOUGH):
            sock = socket.socket(self._listener.family)
            self._waiting.append(sock)
            sock.settimeout(_LOOK)
            try:
                sock.connect((self.host, self.port))
            except TimeoutError:
                return self
        raise RuntimeError("this system queues more connections than were asked for")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for sock in (*self._waiting, self._listener):
            sock.close()
