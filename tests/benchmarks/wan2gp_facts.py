"""How long it takes to identify Wan2GP, whose page has 7 MB, and to read everything that it tells."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from movie_director.backends import wan2gp
from movie_director.backends.base import Surroundings
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
    ("web UI", "gradio-5.29", "tests.servers.wan2gp.web_ui", True),
    ("MCP mode", "wan2gp-mcp", "tests.servers.wan2gp.mcp_mode", False),
)
"""(way, environment, module, whether it can be asked early)"""
_PATIENCE = 10.0
"""Seconds for one request: what takes too long is to be measured, not cut."""


def measure(scale: Scale) -> Iterator[Figure]:
    count = scale.pick(3, 20, 50)
    for way, environment, module, is_early in _WAYS:
        try:
            python = str(python_of(environment, make=False))
        except EnvironmentMissing as missing:
            yield not_run(f"Wan2GP, {way}: all facts", "ms", str(missing))
            continue
        with ServerProcess(module, python=python, ready_limit=_READY_LIMIT) as server:
            _identify(server)  # imports, which later ones do not pay
            by_page = tuple(_identify(server) for _ in range(count))
            early = tuple(_identify(server, early=True) for _ in range(count)) if is_early else ()
            read = tuple(_read_all(server) for _ in range(count))
        note = "the real libraries of its time on the same two cores; nothing kept from before"
        limit = at_most(_IDENTIFIED, "median")
        yield Figure(f"Wan2GP, {way}: identified", "ms", early or by_page, limit, note=note)
        if is_early:
            beside = f"{note}; before 12.21 or at an unusual port: 7 MB are computed before the first byte"
            yield Figure(f"Wan2GP, {way}: identified by its page", "ms", by_page, note=beside)
        yield Figure(f"Wan2GP, {way}: all facts", "ms", read, at_most(_ALL_FACTS), note=note)


def _identify(server: ServerProcess, *, early: bool = False) -> float:
    """Milliseconds, by the page or early."""
    sockets = SocketFactory("benchmark")
    start = time.perf_counter()
    http = HttpClient(parse_endpoint(server.url), sockets, connect_timeout=1.0, read_timeout=_PATIENCE)
    try:
        if not (wan2gp.identify_early(http) if early else _known_by_page(http)):
            raise RuntimeError("Wan2GP was not recognised")
        return (time.perf_counter() - start) * 1000
    finally:
        http.close()
        sockets.close()


def _known_by_page(http: HttpClient) -> bool:
    page = http.request("GET", "/", limit=PAGE_LIMIT, prefix_only=True)
    return wan2gp.identify(http, page) is not None


def _read_all(server: ServerProcess) -> float:
    sockets = SocketFactory("benchmark")
    policy = Policy(check_timeout=_PATIENCE)
    start = time.perf_counter()
    with contextlib.closing(
        wan2gp.BACKEND.connect(Surroundings(parse_endpoint(server.url), sockets, policy))
    ) as client:
        info = client.open()
        while (news := client.read_facts()) is not None:
            info = news
        if not info.models:
            raise RuntimeError("no models were read")
        took = (time.perf_counter() - start) * 1000
    sockets.close()
    return took
