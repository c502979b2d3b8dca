"""What `HttpClient` costs, compared with a bare requests.Session."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from movie_director.core.endpoint import parse_endpoint
from movie_director.transport import vendored
from movie_director.transport.http import HttpClient
from movie_director.transport.sockets import SocketFactory

from tests.servers.process import ServerProcess

from .figures import Figure, Scale, at_most, ratios

_CONCURRENT = 100
_EACH = 5
_MOST_TIMES = 1.3
_LIMIT = 30.0

Request = Callable[[], object]


def measure(scale: Scale) -> Iterator[Figure]:
    rounds = scale.pick(8, 30, 100)
    with ServerProcess("tests.benchmarks.lean_server") as server:
        ours, close = _ours(server.url)
        bare = _bare(server.url)
        try:
            together = _in_turn(lambda request: _concurrently(request) * 1000, bare, ours, rounds)
            alone = _in_turn(lambda request: _one_by_one(request) * 1e6, bare, ours, rounds)
        finally:
            close()
    note = (
        f"{_CONCURRENT} threads, each {_EACH} requests on one shared client; baseline: one requests.Session "
        "(trust_env off, pool of the same size, the same release), in turn, same server in its own process"
    )
    name = f"{_CONCURRENT} concurrent requests"
    yield Figure(f"{name}: requests.Session", "ms", together[0], note=note)
    yield Figure(f"{name}: HttpClient", "ms", together[1], note=note)
    compared = ratios(together[1], together[0])
    limits = at_most(_MOST_TIMES, "median")
    yield Figure(f"{name}, to baseline", "ratio", compared, limits, is_gate=True, note=note)
    beside = "one thread, one request after the other, means of 50"
    yield Figure("one request: requests.Session", "µs", alone[0], note=beside)
    yield Figure("one request: HttpClient", "µs", alone[1], note=beside)


def _ours(url: str) -> tuple[Request, Callable[[], None]]:
    sockets = SocketFactory("benchmark")
    endpoint = parse_endpoint(url)
    client = HttpClient(endpoint, sockets, connect_timeout=_LIMIT, read_timeout=_LIMIT, pool_size=_CONCURRENT)

    def close() -> None:
        client.close()
        sockets.close()

    return lambda: client.get_json("/system_stats"), close


def _bare(url: str) -> Request:
    session = vendored.requests.Session()
    session.trust_env = False  # else it would look into the environment and .netrc at every request
    session.mount("http://", vendored.requests.adapters.HTTPAdapter(pool_maxsize=_CONCURRENT))
    return lambda: session.get(f"{url}/system_stats", timeout=_LIMIT).json()


def _in_turn(
    measured: Callable[[Request], float], bare: Request, ours: Request, rounds: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Values of both, measured alternately, each of them first in every other round."""
    for request in (bare, ours):
        measured(request)  # opens the connections
    of_bare: list[float] = []
    of_ours: list[float] = []
    for number in range(rounds):
        pairs = [(bare, of_bare), (ours, of_ours)]
        for request, values in pairs if number % 2 else reversed(pairs):
            values.append(measured(request))
    return tuple(of_bare), tuple(of_ours)


def _concurrently(request: Request) -> float:
    """Seconds from the start signal until all threads are done."""
    starting = threading.Barrier(_CONCURRENT + 1)
    failures: list[BaseException] = []

    def work() -> None:
        starting.wait()
        try:
            for _ in range(_EACH):
                request()
        except BaseException as error:  # told to the measuring thread
            failures.append(error)

    threads = [threading.Thread(target=work, name=f"load-{n}", daemon=True) for n in range(_CONCURRENT)]
    for thread in threads:
        thread.start()
    starting.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - start
    if failures:
        raise failures[0]
    return spent


def _one_by_one(request: Request, count: int = 50) -> float:
    start = time.perf_counter()
    for _ in range(count):
        request()
    return (time.perf_counter() - start) / count
