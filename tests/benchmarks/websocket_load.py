"""What our WebSocket costs, compared with a bare websocket-client; and whether a flood loses anything."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from movie_director.backends.comfyui.stream import QueueStream
from movie_director.core.endpoint import parse_endpoint
from movie_director.core.facts import Queue
from movie_director.transport import vendored
from movie_director.transport.sockets import SocketFactory
from movie_director.transport.websocket import WebSocket

from tests.servers.process import ServerProcess

from .figures import Figure, Scale, at_least, at_most, ratios
from .lean_server import STATUS_EVERY, flood_message

_MOST_TIMES = 1.5
_LEAST_RATE = 20_000.0
_ROUND_TRIPS = 100
_TEXT = "x" * 100
_LIMIT = 30.0


def measure(scale: Scale) -> Iterator[Figure]:
    rounds = scale.pick(10, 60, 200)
    messages, floods = scale.pick(20_000, 100_000, 200_000), scale.pick(1, 5, 10)
    sockets = SocketFactory("benchmark")
    with ServerProcess("tests.benchmarks.lean_server") as server:
        try:
            yield from _round_trips(server.url, sockets, rounds)
            yield from _floods(server.url, sockets, messages, floods)
        finally:
            sockets.close()


# --- round trips --------------------------------------------------------------------------------------------


def _round_trips(url: str, sockets: SocketFactory, rounds: int) -> Iterator[Figure]:
    ours = WebSocket.connect(parse_endpoint(url), "/echo", sockets, timeout=_LIMIT)
    bare = _bare(url)

    def with_ours() -> None:
        ours.send_text(_TEXT, timeout=_LIMIT)
        message = ours.receive(_LIMIT)
        assert message is not None
        assert message.data == _TEXT

    def with_bare() -> None:
        bare.send(_TEXT)
        assert bare.recv() == _TEXT

    of_ours, of_bare = [], []
    for exchange in (with_bare, with_ours):
        _mean_of(exchange)
    for _ in range(rounds):
        of_bare.append(_mean_of(with_bare))
        of_ours.append(_mean_of(with_ours))
    ours.close()
    bare.close()
    note = f"100 bytes there and back, means of {_ROUND_TRIPS}, in turn; baseline: a bare websocket-client"
    yield Figure("WebSocket round trip: websocket-client", "µs", tuple(of_bare), note=note)
    yield Figure("WebSocket round trip: ours", "µs", tuple(of_ours), note=note)
    limits = at_most(_MOST_TIMES, "median")
    compared = ratios(of_ours, of_bare)
    yield Figure("WebSocket round trip, to baseline", "ratio", compared, limits, is_gate=True, note=note)


def _bare(url: str) -> Any:
    """websocket-client on a socket that it did not open: it would use a proxy from the environment."""
    parts = urlsplit(url)
    sock = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=_LIMIT)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return vendored.websocket.create_connection(f"ws://{parts.netloc}/echo", socket=sock)


def _mean_of(exchange: Callable[[], None]) -> float:
    """Microseconds of one exchange."""
    start = time.perf_counter()
    for _ in range(_ROUND_TRIPS):
        exchange()
    return (time.perf_counter() - start) / _ROUND_TRIPS * 1e6


# --- floods -------------------------------------------------------------------------------------------------


def _floods(url: str, sockets: SocketFactory, messages: int, floods: int) -> Iterator[Figure]:
    expected = [flood_message(number) for number in range(1, messages + 1)]
    note = f"{messages} messages of 60 to 90 bytes, as fast as another process sends them, each compared"
    rates, losses = [], []
    for _ in range(floods):
        got, seconds = _receive(url, sockets, messages)
        rates.append(messages / seconds)
        losses.append(sum(mine != other for mine, other in zip(got, expected, strict=False)))
        losses[-1] += abs(len(got) - len(expected))
    limits = at_least(_LEAST_RATE, "median")
    yield Figure("flood: WebSocket", "messages/s", tuple(rates), limits, note=note)
    yield Figure("flood: lost or out of order", "", tuple(losses), at_most(0), is_gate=True, note=note)
    runs = [_follow(url, sockets, messages) for _ in range(floods)]
    told = list(range(STATUS_EVERY, messages + 1, STATUS_EVERY))
    beside = f"the same flood as the worker reads ComfyUI's stream; every {STATUS_EVERY}th tells the queue"
    rates = [messages / seconds for _, seconds in runs]
    yield Figure("flood: ComfyUI's stream", "messages/s", tuple(rates), limits, note=beside)
    missed = tuple(0 if queues == told else 1 + abs(len(queues) - len(told)) for queues, _ in runs)
    yield Figure("flood: queue news lost", "", missed, at_most(0), is_gate=True, note=beside)


def _receive(url: str, sockets: SocketFactory, messages: int) -> tuple[list[str | bytes], float]:
    websocket = WebSocket.connect(parse_endpoint(url), f"/flood/{messages}", sockets, timeout=_LIMIT)
    got: list[str | bytes] = []
    first = websocket.receive(_LIMIT)  # the server makes all messages before it sends the first
    start = time.perf_counter()
    while first is not None:
        got.append(first.data)
        if len(got) == messages:
            break
        first = websocket.receive(_LIMIT)
    seconds = time.perf_counter() - start
    websocket.close()
    return got, seconds


def _follow(url: str, sockets: SocketFactory, messages: int) -> tuple[list[int], float]:
    """The queue lengths in the order in which the stream told them, and how long it took."""
    websocket = WebSocket.connect(parse_endpoint(url), f"/flood/{messages}", sockets, timeout=_LIMIT)
    told: list[int] = []

    def learn(queue: Queue) -> None:
        told.append(queue.remaining)

    stream = QueueStream(websocket, learn, _LIMIT, _LIMIT)
    last = messages - messages % STATUS_EVERY
    start, end = 0.0, time.perf_counter() + _LIMIT
    while (not told or told[-1] != last) and time.perf_counter() < end:
        if not stream.has_buffered:
            select.select([stream], [], [], _LIMIT)
        start = start or time.perf_counter()
        stream.read()
    seconds = time.perf_counter() - start
    stream.close()
    return told, seconds
