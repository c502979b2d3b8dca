"""One worker through a long life: faults in random order, every one seen, no false alarm, nothing left."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest
from movie_director.core.backoff import Backoff
from movie_director.core.errors import ProblemCode
from movie_director.core.model import Health, State, Stream
from movie_director.core.snapshot import ServiceStatus

from tests.benchmarks.watched import Moment, Watched, is_streaming
from tests.conftest import eventually, open_sockets
from tests.servers.comfyui import ComfyServer
from tests.watching import BRISK

pytestmark = pytest.mark.faults

SWIFT = replace(
    BRISK, backoff=Backoff(first=0.1, ceiling=0.5), breaker_interval=0.5, slow_answer=0.05, check_interval=0.2
)
SEED = 20
LONG_LIMIT = 7200.0


@dataclass(frozen=True)
class Fault:
    """Something that befalls a server; until it ends, the row must once be as `seen` says."""

    name: str
    begin: Callable[[ComfyServer], None]
    seen: Callable[[ServiceStatus], bool]
    is_outage: bool
    """Whether the row must leave CONNECTED; after all other faults it must not."""

    def end(self, server: ComfyServer) -> None:
        server.faults.clear()
        server.facts.queue_length = None
        if not server.alive:
            server.start()


def is_down(row: ServiceStatus) -> bool:
    return row.state is not State.CONNECTED and row.problem is not None


def is_well(row: ServiceStatus) -> bool:
    return is_streaming(row) and row.health is Health.READY and row.problem is None and not works(row)


def works(row: ServiceStatus) -> bool:
    return row.info is not None and row.info.working


def fall_silent(server: ComfyServer) -> None:
    server.faults.mute = True


def answer_nonsense(server: ComfyServer) -> None:
    server.faults.answers["/system_stats"] = "not_json"


def hang_up(server: ComfyServer) -> None:
    server.faults.drop_after = 10


def slow_down(server: ComfyServer) -> None:
    server.faults.delay = 0.1


def be_at_work(server: ComfyServer) -> None:
    server.facts.queue_length = 3


def close_the_stream(server: ComfyServer) -> None:
    # A client may find its WebSocket open a moment before the server can close it.
    eventually(lambda: server.client_ids[-1] in server.sessions())
    server.close_websockets()


def leave_the_stream_mute(server: ComfyServer) -> None:
    server.faults.websocket_mute = True


def lose_its_stream(row: ServiceStatus) -> bool:
    return row.stream is Stream.MISSING


KILL = Fault("kill", ComfyServer.kill, is_down, True)
FAULTS = (
    KILL,
    Fault("silence", fall_silent, is_down, True),
    Fault("nonsense", answer_nonsense, is_down, True),
    Fault("every answer cut off", hang_up, is_down, True),
    Fault("slow", slow_down, lambda row: row.health is Health.DEGRADED, False),
    Fault("work", be_at_work, works, False),
    Fault("WebSockets closed", close_the_stream, lose_its_stream, False),
    Fault("WebSocket mute", leave_the_stream_mute, lose_its_stream, False),
)


@pytest.mark.parametrize(
    "cycles",
    [
        pytest.param(30, marks=pytest.mark.slow),
        pytest.param(1000, marks=[pytest.mark.long, pytest.mark.timeout(LONG_LIMIT)]),
    ],
)
def test_every_fault_is_seen_and_no_other(cycles: int) -> None:
    chance = random.Random(SEED)
    # Every fault at least once, half of them kills, in an order that differs from seed to seed.
    faults = [
        *FAULTS,
        *chance.choices([KILL, *FAULTS], [len(FAULTS), *[1] * len(FAULTS)], k=cycles - len(FAULTS)),
    ]
    chance.shuffle(faults)
    with ComfyServer() as server, Watched(server.url, SWIFT) as watched:
        watched.now_or_next(is_well)
        threads, sockets = threading.active_count(), len(open_sockets())
        for fault in faults:
            befall(server, watched, fault)
        eventually(lambda: threading.active_count() <= threads, what="no more threads than before")
        eventually(lambda: len(open_sockets()) <= sockets, what="no more sockets than before")
        moments = watched.moments
    outages = Counter(fault.is_outage for fault in faults)[True]
    assert losses(moments) == outages
    assert not [row for _, row in moments if row.problem and row.problem.code is ProblemCode.INTERNAL]


def befall(server: ComfyServer, watched: Watched, fault: Fault) -> None:
    """Let it begin, be seen and end; RuntimeError of the one that was never seen, or never over."""
    begun = time.monotonic()
    fault.begin(server)
    try:
        watched.after(begun, fault.seen)
        fault.end(server)
        watched.now_or_next(is_well)
    except RuntimeError as error:
        raise RuntimeError(f"{fault.name}, begun at {begun:.3f}") from error


def losses(moments: Sequence[Moment]) -> int:
    """How often a connected service was lost."""
    states = [moment.row.state for moment in moments]
    return sum(
        old is State.CONNECTED and new is not State.CONNECTED for old, new in itertools.pairwise(states)
    )
