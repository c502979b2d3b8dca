"""How soon a session with a Gradio program is open, and how many of its checks keep their connection."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import NamedTuple

from movie_director.backends import audioldm, rvc, wan2gp
from movie_director.backends.base import Backend, Client, Surroundings
from movie_director.core.endpoint import parse_endpoint
from movie_director.core.settings import Policy
from movie_director.transport.sockets import SocketFactory

from tests.servers.environments import EnvironmentMissing, python_of
from tests.servers.process import ServerProcess

from .figures import Figure, Scale, at_least, at_most, not_run
from .pacing import pause, side_by_side

_OPENED = 1000.0
_LEAST_REUSE = 95.0
_READY_LIMIT = 60.0
_POLICY = Policy()


class _Program(NamedTuple):
    generation: str
    backend: Backend
    module: str
    arguments: tuple[str, ...] = ()


_PROGRAMS = (
    _Program("3.14", rvc.BACKEND, "tests.servers.gradio_apps", ("rvc-2.3",)),
    _Program("3.34", rvc.BACKEND, "tests.servers.gradio_apps", ("rvc-2024",)),
    _Program("3.50", audioldm.BACKEND, "tests.servers.gradio_apps", ("audioldm-2",)),
    _Program("5.29", wan2gp.BACKEND, "tests.servers.wan2gp.web_ui"),
)


def measure(scale: Scale) -> Iterator[Figure]:
    try:
        pythons = [str(python_of(f"gradio-{each.generation}", make=False)) for each in _PROGRAMS]
    except EnvironmentMissing as missing:
        yield not_run("Gradio sessions", "ms", str(missing))
        return
    opens, checks = scale.pick(3, 20, 50), scale.pick(3, 10, 40)
    with contextlib.ExitStack() as running:
        servers = [
            running.enter_context(
                ServerProcess(each.module, each.arguments, python=python, ready_limit=_READY_LIMIT)
            )
            for each, python in zip(_PROGRAMS, pythons, strict=True)
        ]
        note = "from a new client to its first facts, imports warm; of Wan2GP's, nearly all is the server's"
        for program, server in zip(_PROGRAMS, servers, strict=True):
            _opened(program.backend, server.url)  # imports, which later ones do not pay
            took = tuple(_opened(program.backend, server.url) for _ in range(opens))
            name = f"session with Gradio {program.generation} opened"
            yield Figure(name, "ms", took, at_most(_OPENED), note=note)
        reused = side_by_side(
            lambda number: _reused(_PROGRAMS[number].backend, servers[number].url, checks),
            len(servers),
            len(servers),
        )
    note = f"{checks} checks every {_POLICY.check_interval:g} s of each of the four, side by side"
    limits = at_least(_LEAST_REUSE)
    yield Figure("checks of Gradio on a kept connection", "%", tuple(reused), limits, note=note)


@contextlib.contextmanager
def _client(backend: Backend, url: str) -> Iterator[tuple[Client, SocketFactory]]:
    sockets = SocketFactory("benchmark")
    client = backend.connect(Surroundings(parse_endpoint(url), sockets, _POLICY))
    try:
        yield client, sockets
    finally:
        client.close()
        sockets.close()


def _opened(backend: Backend, url: str) -> float:
    with _client(backend, url) as (client, _):
        start = time.perf_counter()
        client.open()
        return (time.perf_counter() - start) * 1000


def _reused(backend: Backend, url: str, checks: int) -> float:
    """Percent of the checks that needed no new connection."""
    with _client(backend, url) as (client, sockets):
        client.open()
        while client.read_facts() is not None:
            pass
        client.check()
        fresh = 0
        for _ in range(checks):
            pause(_POLICY.check_interval)
            before = sockets.opened_total
            client.check()
            fresh += sockets.opened_total > before
        return 100 * (checks - fresh) / checks
