"""The server as tests use it."""

from __future__ import annotations

import threading
from collections import Counter
from types import TracebackType

from .faults import Faults
from .files import FileStore
from .generation import load_generation
from .run import Run
from .shared import Counts, Facts, Shared


class ComfyServer:
    """A server that speaks the protocol of a recorded ComfyUI, on threads and real sockets.

    `with ComfyServer() as server:` listens on `server.url`. `faults` and `facts` may be changed at any time,
    `counts` tells what clients did; all three survive `restart()`, like the files in input and output.
    """

    def __init__(
        self, generation: str = "0.33.0", port: int = 0, host: str = "127.0.0.1", *, control: bool = True
    ) -> None:
        """Prepare; `port` 0 takes a free one, which later restarts keep. `control` offers `/__control`."""
        self.host = host
        self.port = port
        self.ready = threading.Event()
        self._shared = Shared(load_generation(generation), steerable=control)
        self._run: Run | None = None
        self._lifecycle = threading.Lock()

    def __enter__(self) -> ComfyServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """`http://host:port` without a path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def faults(self) -> Faults:
        """What it does wrong at the moment."""
        return self._shared.faults

    @property
    def facts(self) -> Facts:
        """What it says about itself: version, devices, models, queue length."""
        return self._shared.facts

    @property
    def counts(self) -> Counts:
        """All counters and the log of client ids."""
        return self._shared.counts

    @property
    def files(self) -> FileStore:
        return self._shared.files

    @property
    def executions(self) -> Counter[str]:
        """prompt_id -> runs in which something was really executed."""
        return self.counts.executions

    @property
    def requests(self) -> Counter[str]:
        """Path -> HTTP requests."""
        return self.counts.requests

    @property
    def connections(self) -> Counter[str]:
        """Path of its first request -> TCP connections."""
        return self.counts.connections

    @property
    def client_ids(self) -> list[str]:
        """The `clientId` of each accepted WebSocket, in order."""
        return self.counts.client_ids

    @property
    def alive(self) -> bool:
        return self._run is not None

    def start(self) -> None:
        """Listen and set `ready`; OSError when the port is taken."""
        with self._lifecycle:
            if self._run is not None:
                raise RuntimeError("the server is already running")
            self._shared.files.forget_temp()
            run = Run(self._shared, self.host, self.port)
            run.start()
            self._run, self.port = run, run.port
            self.ready.set()

    def kill(self) -> None:
        """Vanish like a killed process: no close frame, no answer, a port that refuses. Jobs are lost."""
        with self._lifecycle:
            run, self._run = self._run, None
            self.ready.clear()
        if run is not None:
            run.end()

    def stop(self) -> None:
        """Close everything and join all threads; nothing to do when it is not running."""
        self.kill()

    def restart(self) -> None:
        """Come back on the same port with empty queue, history and temp folder."""
        self.kill()
        self.start()

    def open_connections(self) -> int:
        """TCP connections open now."""
        return 0 if self._run is None else self._run.open_connections()

    def sessions(self) -> set[str]:
        """Ids of the sessions whose WebSockets were greeted, which is a moment after they are open."""
        return self._running().hub.sessions()

    def close_websockets(self, code: int = 1001) -> None:
        """Start a clean close of every WebSocket."""
        self._running().hub.close_all(code)

    def send_text(self, content: str) -> None:
        """Send one text message, JSON or not, on every WebSocket."""
        self._running().hub.send_text(content)

    def send_raw(self, data: bytes) -> None:
        """Write bytes on every WebSocket past its protocol; see MALFORMED_FRAMES."""
        self._running().hub.send_raw(data)

    def flood(self, count: int) -> None:
        """Send `progress` messages with values 1 to `count` on every WebSocket, as fast as possible."""
        self._running().hub.flood(count)

    def _running(self) -> Run:
        if self._run is None:
            raise RuntimeError("the server is not running")
        return self._run
