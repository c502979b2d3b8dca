"""What it costs to ask the board when nothing has changed: Blender's timer does so all the time."""

from __future__ import annotations

import timeit
from collections.abc import Iterator

from tests.servers.comfyui import ComfyServer

from .figures import Figure, Scale, at_most
from .watched import Watched, is_streaming

_CALLS = 20_000
_MOST_MICROSECONDS = 5.0


def measure(scale: Scale) -> Iterator[Figure]:
    with ComfyServer() as server, Watched(server.url) as watched:
        watched.now_or_next(is_streaming)
        board = watched.manager.board
        newest = board.snapshot()
        assert newest is not None
        seen = newest.version + 1_000_000  # whatever a check publishes meanwhile
        spent = timeit.repeat(lambda: board.snapshot(seen), number=_CALLS, repeat=scale.pick(3, 20, 50))
    values = tuple(seconds / _CALLS * 1e6 for seconds in spent)
    note = f"means of {_CALLS} calls, the call of a lambda included, with a worker connected"
    yield Figure("unchanged snapshot", "µs", values, at_most(_MOST_MICROSECONDS, "median"), note=note)
