# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking for services: which program answers at which address?

An open port says nothing and a status code little; a program is recognised by typed fields of its own
answers. Each candidate costs one connect, the first kilobytes of ``/``, and one small address.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ..backends.base import Backend
from ..core.endpoint import Endpoint
from ..core.errors import Cancelled, ConfigError, ProblemCode, ServiceError, problem
from ..core.model import ServiceInfo, Sighting
from ..core.settings import Policy, Settings
from ..core.snapshot import DiscoveryReport
from ..core.stranger import program_name
from ..transport.http import Answer, HttpClient
from ..transport.sockets import SocketFactory
from .parallel import each_as_it_comes

LOOPBACK_HOSTS = ("127.0.0.1", "::1")
LIMIT = 5.0
"""Seconds after which a look around ends, whatever has answered by then."""
PAGE_LIMIT = 8 * 1024


def candidates(backends: Iterable[Backend], hosts: Sequence[str] = LOOPBACK_HOSTS) -> tuple[Endpoint, ...]:
    """Every address where one of `backends` usually listens, each once, usual ports first."""
    ports = dict.fromkeys(port for backend in backends for port in backend.default_ports)
    return tuple(Endpoint("http", host, port) for port in ports for host in hosts)


def look_around(
    endpoints: Sequence[Endpoint],
    backends: Sequence[Backend],
    sockets: SocketFactory,
    policy: Policy,
    limit: float = LIMIT,
) -> Iterator[Sighting]:
    """Yield what answers at `endpoints`, as the answers come; closed ports yield nothing."""
    deadline = time.monotonic() + limit

    def look(endpoint: Endpoint) -> Sighting | None:
        return _look_at(endpoint, backends, sockets, policy, deadline)

    for sighting in each_as_it_comes(look, endpoints, name="md-discovery", deadline=deadline):
        if sighting is not None:
            yield sighting


def survey(
    settings: Settings,
    backends: Sequence[Backend],
    sockets: SocketFactory,
    hosts: Sequence[str] = LOOPBACK_HOSTS,
) -> Iterator[DiscoveryReport]:
    """Look for all enabled services, at configured and usual addresses; yield the growing report."""
    wanted = [backend for backend in backends if settings.of(backend.name).enabled]
    places = tuple(dict.fromkeys((*_configured(settings, wanted), *candidates(wanted, hosts))))
    started = time.monotonic()
    found: list[Sighting] = []

    def report(*, finished: bool) -> DiscoveryReport:
        ours_first = sorted(in_port_order(found, places), key=lambda sighting: sighting.service is None)
        return DiscoveryReport(tuple(ours_first), len(places), time.monotonic() - started, finished)

    yield report(finished=False)
    for sighting in look_around(places, wanted, sockets, Policy()):
        found.append(sighting)
        yield report(finished=False)
    yield report(finished=True)


def _configured(settings: Settings, backends: Sequence[Backend]) -> Iterator[Endpoint]:
    """The endpoints that the user named; a broken URL is its own worker's problem."""
    for backend in backends:
        with contextlib.suppress(ConfigError):
            target = settings.of(backend.name).target(backend.default_port)
            if target is not None:
                yield target.endpoint


def in_port_order(sightings: Iterable[Sighting], endpoints: Sequence[Endpoint]) -> tuple[Sighting, ...]:
    """Sightings in the order of their candidates, one program listed once.

    A server that listens on both address families is met at 127.0.0.1 and at ::1; the first is kept.
    """
    order = {endpoint: number for number, endpoint in enumerate(endpoints)}
    kept: dict[tuple[object, ...], Sighting] = {}
    for sighting in sorted(sightings, key=lambda each: order.get(each.endpoint, len(order))):
        place = sighting.endpoint
        host = "loopback" if place.is_loopback else place.host
        kept.setdefault((host, place.port, sighting.service, sighting.stranger), sighting)
    return tuple(kept.values())


def _look_at(
    endpoint: Endpoint, backends: Sequence[Backend], sockets: SocketFactory, policy: Policy, deadline: float
) -> Sighting | None:
    started = time.monotonic()
    connect_timeout = policy.connect_timeout(endpoint.is_loopback)
    try:
        closed = sockets.probe(endpoint.host, endpoint.port, timeout=connect_timeout)
    except Cancelled:
        return None
    if closed is not None:
        return None
    remaining = max(0.1, min(policy.check_timeout, deadline - time.monotonic()))
    http = HttpClient(endpoint, sockets, connect_timeout=connect_timeout, read_timeout=remaining)
    try:
        sighting = recognise(endpoint, http, backends)
    except ServiceError as error:
        sighting = Sighting(endpoint, None, None, problem=error.problem)
    except Exception as error:
        failure = problem(ProblemCode.INTERNAL, f"while looking at {endpoint}: {error!r}")
        sighting = Sighting(endpoint, None, None, problem=failure)
    finally:
        http.close()
    return replace(sighting, seconds=time.monotonic() - started)


def recognise(
    endpoint: Endpoint, http: HttpClient, backends: Sequence[Backend], *, thorough: bool = False
) -> Sighting:
    """Find out which program answers; raises `ServiceError` when none does in a readable way.

    Only likely backends are asked for, unless `thorough`: for an address that the user named.
    """
    page = http.get("/", limit=PAGE_LIMIT, prefix_only=True)
    likely = _likely(page, endpoint.port, backends)
    unlikely = [backend for backend in backends if thorough and backend not in likely]
    for backend in (*likely, *unlikely):
        info = _identified(backend, http, page)
        if info is not None:
            return Sighting(endpoint, backend.name, info)
    return Sighting(endpoint, None, None, stranger=program_name(page.headers, page.text()))


def _likely(page: Answer, port: int, backends: Sequence[Backend]) -> list[Backend]:
    """The backends worth asking: those whose page it may be, else those whose usual port it is."""
    suspected = [backend for backend in backends if backend.suspects(page)]
    return suspected or [backend for backend in backends if port in backend.default_ports]


def _identified(backend: Backend, http: HttpClient, page: Answer) -> ServiceInfo | None:
    """Identity or None; an answer that the protocol does not allow is another program's answer."""
    try:
        return backend.identify(http, page)
    except ServiceError as error:
        if error.problem.code in (ProblemCode.MALFORMED, ProblemCode.TOO_LARGE, ProblemCode.REDIRECTED):
            return None
        raise
