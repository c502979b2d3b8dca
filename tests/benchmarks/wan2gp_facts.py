"""How long it takes to identify Wan2GP, whose page has 7 MB, and to read everything that it tells."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from movie_director.backends.base import Surroundings
from movie_director.backends.wan2gp import BACKEND
from movie_director.core.endpoint import parse_endpoint
from movie_director.core.settings import Policy
from movie_director.runtime.recognition import PAGE_LIMIT
from movie_director.transport.http import HttpClient
from movie_director.transport.sockets import SocketFactory

from tests.servers.environments import EnvironmentMissing, python_of
from tests.servers.process import ServerProcess

from .figures import Figure, Scale, at_most, not_run

_IDENTIFIED = 300.0
_ALL_FACTS = 3000.0
_READY_LIMIT = 60.0
_WAYS = (
    ("web UI", "gradio-5.29", "tests.servers.wan2gp.web_ui"),
    ("MCP mode", "wan2gp-mcp", "tests.servers.wan2gp.mcp_mode"),
)
_PATIENCE = 10.0
"""Seconds for one request: what takes too long is to be measured, not cut."""


def measure(scale: Scale) -> Iterator[Figure]:
    count = scale.pick(3, 20, 50)
    for way, environment, module in _WAYS:
        try:
            python = str(python_of(environment, make=False))
        except EnvironmentMissing as missing:
            yield not_run(f"Wan2GP, {way}: all facts", "ms", str(missing))
            continue
        with ServerProcess(module, python=python, ready_limit=_READY_LIMIT) as server:
            _identify(server)  # imports, which later ones do not pay
            identified = tuple(_identify(server) for _ in range(count))
            read = tuple(_read_all(server) for _ in range(count))
        note = "the real libraries of its time on the same two cores; nothing kept from before"
        limit = at_most(_IDENTIFIED, "median")
        yield Figure(f"Wan2GP, {way}: identified", "ms", identified, limit, note=note)
        yield Figure(f"Wan2GP, {way}: all facts", "ms", read, at_most(_ALL_FACTS), note=note)


def _identify(server: ServerProcess) -> float:
    sockets = SocketFactory("benchmark")
    start = time.perf_counter()
    http = HttpClient(parse_endpoint(server.url), sockets, connect_timeout=1.0, read_timeout=_PATIENCE)
    try:
        page = http.request("GET", "/", limit=PAGE_LIMIT, prefix_only=True)
        if BACKEND.identify(http, page) is None:
            raise RuntimeError("Wan2GP was not recognised")
        return (time.perf_counter() - start) * 1000
    finally:
        http.close()
        sockets.close()


def _read_all(server: ServerProcess) -> float:
    sockets = SocketFactory("benchmark")
    policy = Policy(check_timeout=_PATIENCE)
    start = time.perf_counter()
    with contextlib.closing(
        BACKEND.connect(Surroundings(parse_endpoint(server.url), sockets, policy))
    ) as client:
        info = client.open()
        while (news := client.read_facts()) is not None:
            info = news
        if not info.models:
            raise RuntimeError("no models were read")
        took = (time.perf_counter() - start) * 1000
    sockets.close()
    return took
