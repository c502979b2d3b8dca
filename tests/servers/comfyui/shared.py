"""What outlives a restart of the server: faults, facts it reports, files on its disk, and counters."""

from __future__ import annotations

import copy
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .faults import Faults
from .files import FileStore
from .generation import Generation


@dataclass
class Facts:
    """What the server says about itself. Every attribute may be changed while it runs."""

    version: Any
    devices: Any
    models: dict[str, list[str]]
    queue_length: Any = None
    """Reported number of unfinished jobs; None reports the true one."""


@dataclass
class Counts:
    """What happened since the object was made. Reads are safe at any time; writers hold `lock`."""

    requests: Counter[str] = field(default_factory=Counter)
    """Path (without `/api` and query) -> HTTP requests, WebSocket handshakes included."""
    connections: Counter[str] = field(default_factory=Counter)
    """Path of the first request of a connection -> connections."""
    accepted: int = 0
    """TCP connections accepted, whether or not a request came."""
    client_ids: list[str] = field(default_factory=list)
    """`clientId` of each accepted WebSocket in order; an empty string where the client named none."""
    executions: Counter[str] = field(default_factory=Counter)
    """prompt_id -> runs in which at least one node was really executed."""
    node_executions: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(prompt_id, node id) -> executions of that node."""
    lock: threading.Lock = field(default_factory=threading.Lock)


class Shared:
    """Everything that the parts of the server have in common."""

    def __init__(self, generation: Generation, *, steerable: bool) -> None:
        self.generation = generation
        self.steerable = steerable
        self.faults = Faults()
        self.facts = Facts(
            version=generation.version,
            devices=copy.deepcopy(generation.devices),
            models={folder: [] for folder in generation.model_folders},
        )
        self.files = FileStore()
        self.counts = Counts()

    def system_stats(self) -> dict[str, Any]:
        system = {**self.generation.system, "comfyui_version": self.facts.version}
        return {"system": system, "devices": self.facts.devices}
