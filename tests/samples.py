"""Snapshots for tests of what people and scripts are shown."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from movie_director.core.connection import Breaker
from movie_director.core.endpoint import Endpoint
from movie_director.core.errors import ProblemCode, problem
from movie_director.core.facts import Device, Queue, ServiceInfo
from movie_director.core.model import Health, Sighting, Source, State, Stream
from movie_director.core.snapshot import ServiceStatus, Snapshot

NOW = 1000.0
"""The monotonic reading at which the samples are looked at."""

HERE = Endpoint("http", "127.0.0.1", 8188)
GPU = Device("NVIDIA GeForce RTX 4090", "cuda", 25757220864, 21582053376)
COMFY = ServiceInfo(
    program="ComfyUI",
    version="0.33.0",
    devices=(GPU,),
    features=("supports_preview_metadata",),
    models=(("checkpoints", ("sd_xl_base.safetensors",)), ("vae", ())),
    queue=Queue(2),
    complete=True,
)
REFUSED = problem(
    ProblemCode.REFUSED, "connect to 127.0.0.1:8188: [Errno 111] Connection refused", address="127.0.0.1:8188"
)
STREAM_REFUSED = problem(ProblemCode.STREAM_REFUSED, "GET /ws: 403", address="127.0.0.1:8188", status=403)


def status(state: State, **changes: Any) -> ServiceStatus:
    """ComfyUI in this state, in its usual circumstances."""
    usual: dict[str, Any] = {"service": "comfyui", "label": "ComfyUI", "required": True, "since": 990.0}
    if state is State.CONNECTED:
        usual |= {
            "health": Health.READY,
            "endpoint": HERE,
            "source": Source.DISCOVERED,
            "info": COMFY,
            "stream": Stream.OPEN,
            "latency": 0.0042,
            "last_attempt_at": 989.5,
        }
    elif state not in (State.DISABLED, State.CONNECTING):
        usual |= {"problem": REFUSED, "attempt": 3, "last_attempt_at": 996.0}
    return ServiceStatus(state=state, **(usual | changes))


def suspended() -> ServiceStatus:
    return status(
        State.SUSPENDED, endpoint=HERE, attempt=5, retry_at=NOW + 27.4, breaker=Breaker.OPEN, since=991.25
    )


def other_instance() -> Sighting:
    info = ServiceInfo("ComfyUI", "0.3.64")
    return Sighting(Endpoint("http", "127.0.0.1", 8189), "comfyui", info, seconds=0.0121)


def stranger() -> Sighting:
    return Sighting(Endpoint("http", "127.0.0.1", 7860), None, None, "Stable Diffusion", seconds=0.01)


def snapshot(*rows: ServiceStatus, **changes: Any) -> Snapshot:
    return Snapshot(version=7, services=MappingProxyType({row.service: row for row in rows}), **changes)
