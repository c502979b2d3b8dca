# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking for services: which programs answer on this computer, and at the addresses that the user named?

All candidates are connected to at once; each one that accepts is looked at in a thread of its own, on
that very connection. docs/discovery.md says what is tried, in which order, and where it ends.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..backends.base import Backend
from ..core.dns_message import Advertisement
from ..core.endpoint import Credentials, Endpoint, parse_endpoint
from ..core.errors import Cancelled, ConfigError, ProblemCode, ServiceError, Unreachable, problem
from ..core.model import Sighting
from ..core.settings import Policy, Settings
from ..core.snapshot import DiscoveryReport
from ..transport.answer import Answer
from ..transport.cancellation import Cancellation
from ..transport.http import HttpClient
from ..transport.listening_ports import listening_on_loopback
from ..transport.owned_socket import OwnedSocket
from ..transport.sockets import SocketFactory
from .parallel import each_as_it_comes
from .recognition import Look, recognise, recognise_early

Browse = Callable[[Cancellation], Sequence[Advertisement]]
"""Waits for advertisements; ends when cancelled."""

LOOPBACK_HOSTS = ("127.0.0.1", "::1")
LIMIT = 5.0
"""Seconds after which a look around ends, whatever has answered by then."""
NEIGHBOURS = 5
"""Ports after a usual one that are tried as well: most programs take the next free one."""
_CONNECT_LIMIT = 2.0
"""Seconds for a connect: hosts that swallow packets must leave time for those that answer."""


def candidates(backends: Iterable[Backend], hosts: Sequence[str] = LOOPBACK_HOSTS) -> tuple[Endpoint, ...]:
    """Every address where one of `backends` usually listens, each once, usual ports first."""
    return _at(hosts, dict.fromkeys(port for backend in backends for port in backend.default_ports))


def neighbours(backends: Iterable[Backend], hosts: Sequence[str] = LOOPBACK_HOSTS) -> tuple[Endpoint, ...]:
    """The addresses next to the usual ones, those that are nearest first."""
    usual = dict.fromkeys(port for backend in backends for port in backend.default_ports)
    near = dict.fromkeys(port + step for step in range(1, NEIGHBOURS + 1) for port in usual)
    return _at(hosts, [port for port in near if port not in usual and port <= 65535])


def look_around(
    endpoints: Sequence[Endpoint],
    backends: Sequence[Backend],
    sockets: SocketFactory,
    policy: Policy,
    limit: float = LIMIT,
    *,
    others: Sequence[Backend] = (),
) -> Iterator[Sighting]:
    """Yield what answers at `endpoints`, as the answers come; closed ports yield nothing.

    A program that is known before its page has come is yielded again with what the page says. `others` are
    as in `Search`.
    """
    search = Search(backends, sockets, policy, limit, others=others)
    yield from search.run(search.sources(endpoints))


def survey(
    settings: Settings,
    backends: Sequence[Backend],
    sockets: SocketFactory,
    hosts: Sequence[str] = LOOPBACK_HOSTS,
    *,
    deep: bool = False,
    mdns: Browse | None = None,
    limit: float = LIMIT,
) -> Iterator[DiscoveryReport]:
    """Look for all enabled services, at configured and usual addresses; yield the growing report.

    `deep` looks at every port of this computer on which anybody listens, `mdns` (`transport.mdns.browse`)
    asks the local network as well.
    """
    wanted = [backend for backend in backends if settings.of(backend.name).enabled]
    named = tuple(_configured(settings, wanted))
    search = Search(wanted, sockets, Policy(), limit, named)
    places = [each.endpoint for each in named]
    hosts = tuple(dict.fromkeys((*hosts, *_private_hosts(named))))
    sources = search.sources([*places, *candidates(wanted, hosts), *neighbours(wanted, hosts)])
    if deep:
        sources.append(search.listening())
    if mdns is not None:
        sources.append(search.advertised(mdns))
    yield from _reports(search, sources)


def for_every_service(
    report: DiscoveryReport, settings: Settings, backends: Sequence[Backend]
) -> DiscoveryReport:
    """Without what answers where, on another computer, only a project names one service.

    The consent of the user holds for that service while the project is open; another one, which a program
    there pretends to be, would go on using it.
    """
    lent = {
        named.endpoint
        for named in _configured(settings, backends)
        if named.by_project and not named.endpoint.is_loopback
    }
    return replace(report, sightings=tuple(each for each in report.sightings if each.endpoint not in lent))


def in_port_order(sightings: Iterable[Sighting], endpoints: Iterable[Endpoint]) -> tuple[Sighting, ...]:
    """Sightings in the order of their candidates, one program listed once, as it was seen last.

    A server that listens on both address families is met at 127.0.0.1 and at ::1; the first is kept.
    """
    order = {endpoint: number for number, endpoint in enumerate(endpoints)}
    kept: dict[tuple[object, ...], Sighting] = {}
    latest = {sighting.endpoint: sighting for sighting in sightings}
    for sighting in sorted(latest.values(), key=lambda each: order.get(each.endpoint, len(order))):
        kept.setdefault((*sighting.endpoint.place, sighting.service, sighting.stranger), sighting)
    return tuple(kept.values())


@dataclass(frozen=True)
class Named:
    """An address that the settings name for a service, and what holds for it alone."""

    service: str
    endpoint: Endpoint
    credentials: Credentials | None = None
    ca_file: str = ""
    by_project: bool = False


@dataclass(frozen=True)
class _Opening:
    """An address that accepts connections."""

    endpoint: Endpoint
    connection: OwnedSocket | None
    """Open already; None where TLS or another use of the port needs one of its own."""

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()


@dataclass
class Search:
    """One look around: what was tried so far, and how long it may still take.

    `others` are not looked for: one of them that is known early is a stranger, and spared its page.
    """

    backends: Sequence[Backend]
    sockets: SocketFactory
    policy: Policy
    limit: float
    named: Sequence[Named] = ()
    others: Sequence[Backend] = ()

    def __post_init__(self) -> None:
        self._named: dict[Endpoint, tuple[Named, ...]] = {}
        for each in self.named:
            self._named[each.endpoint] = (*self._named.get(each.endpoint, ()), each)
        self.started = time.monotonic()
        self.deadline = self.started + self.limit
        self._lock = threading.Lock()
        self._tried: dict[Endpoint, None] = {}
        self._looks: dict[Endpoint, Look] = {}
        self.advertisements: int | None = None
        """How many were heard by mDNS; None before, or without it."""

    @property
    def tried(self) -> tuple[Endpoint, ...]:
        """Every address tried, in the order in which findings are listed."""
        with self._lock:
            return tuple(self._tried)

    def answers(self, endpoint: Endpoint) -> dict[str, Answer]:
        """What was answered there, by path: a copy for whoever asks."""
        with self._lock:
            look = self._looks.get(endpoint)
        return {} if look is None else look.answers

    def sources(self, endpoints: Iterable[Endpoint]) -> list[Iterator[_Opening]]:
        """One source per computer for those of `endpoints` that were not tried yet."""
        by_host: dict[str, list[Endpoint]] = {}
        for endpoint in self._untried(endpoints):
            by_host.setdefault(endpoint.host, []).append(endpoint)
        return [self._openings(host, places) for host, places in by_host.items()]

    def listening(self) -> Iterator[_Opening]:
        """Every port of this computer on which anybody listens, where it may be knocked at."""
        listeners = listening_on_loopback()
        for source in self.sources(Endpoint("http", host, port) for host, port in listeners):
            yield from source

    def advertised(self, browse: Browse) -> Iterator[_Opening]:
        """What the local network advertises; nobody outside of it is believed."""
        with contextlib.suppress(Cancelled), self.sockets.cancellable() as cancellation:
            found = browse(cancellation)
            self.advertisements = len(found)
            for endpoint in self._untried(_endpoints(found)):
                yield _Opening(endpoint, None)

    def run(self, sources: Sequence[Iterable[_Opening]]) -> Iterator[Sighting]:
        """Yield what answers, as the answers come; a program that tells more later comes again."""
        yield from each_as_it_comes(
            self._look_at, sources, name="md-discovery", deadline=self.deadline, discard=_Opening.close
        )

    def _untried(self, endpoints: Iterable[Endpoint]) -> list[Endpoint]:
        with self._lock:
            new = [endpoint for endpoint in dict.fromkeys(endpoints) if endpoint not in self._tried]
            self._tried.update(dict.fromkeys(new))
        return new

    def _openings(self, host: str, endpoints: Sequence[Endpoint]) -> Iterator[_Opening]:
        """Connect to all ports of one computer at once."""
        by_port: dict[int, list[Endpoint]] = {}
        for endpoint in endpoints:
            by_port.setdefault(endpoint.port, []).append(endpoint)
        timeout = min(self._connect_timeout(endpoints[0]), self.deadline - time.monotonic())
        with contextlib.suppress(Unreachable, Cancelled):  # the name of the computer is unknown; we end
            for port, connection in self.sockets.connect_each(host, by_port, timeout=timeout):
                first, *others = by_port[port]
                if first.secure:
                    connection.close()
                yield _Opening(first, None if first.secure else connection)
                yield from (_Opening(other, None) for other in others)

    def _look_at(self, opening: _Opening) -> Iterator[Sighting]:
        endpoint, started = opening.endpoint, time.monotonic()
        named = self._named.get(endpoint, ())
        http = Look(
            endpoint,
            self.sockets,
            connect_timeout=self._connect_timeout(endpoint),
            read_timeout=self.policy.check_timeout,
            deadline=self.deadline,
            credentials=next((each.credentials for each in named if each.credentials is not None), None),
            ca_file=next((each.ca_file for each in named if each.ca_file), ""),
            opened=opening.connection,
        )
        with self._lock:
            self._looks[endpoint] = http
        expected = [each.service for each in named]
        for sighting in _sightings(endpoint, http, self.backends, expected, self.others):
            yield replace(sighting, seconds=time.monotonic() - started)

    def _connect_timeout(self, endpoint: Endpoint) -> float:
        return min(self.policy.connect_timeout(endpoint.is_loopback), _CONNECT_LIMIT)


def _sightings(
    endpoint: Endpoint,
    http: HttpClient,
    backends: Sequence[Backend],
    expected: Sequence[str],
    others: Sequence[Backend],
) -> Iterator[Sighting]:
    """What is known early, if anything is, then what the page says; nothing if nobody answers."""
    early = other = None
    try:
        early = recognise_early(endpoint, http, backends)
        if early is not None:
            yield early
        else:
            other = recognise_early(endpoint, http, others)
        sighting = _stranger(other) if other else recognise(endpoint, http, backends, expected=expected)
    except (Cancelled, Unreachable):
        return
    except ServiceError as error:
        sighting = Sighting(endpoint, None, None, problem=error.problem)
    except Exception as error:
        failure = problem(ProblemCode.INTERNAL, f"while looking at {endpoint}: {error!r}")
        sighting = Sighting(endpoint, None, None, problem=failure)
    finally:
        http.close()
    if early is None or sighting.problem is None:
        yield sighting


def _stranger(other: Sighting) -> Sighting:
    """One of our services to those who look for another one."""
    name = "" if other.info is None else other.info.program
    return Sighting(other.endpoint, None, None, stranger=name)


def _reports(search: Search, sources: Sequence[Iterable[_Opening]]) -> Iterator[DiscoveryReport]:
    found: list[Sighting] = []

    def report(*, finished: bool) -> DiscoveryReport:
        tried = search.tried
        ours_first = sorted(in_port_order(found, tried), key=lambda sighting: sighting.service is None)
        seconds = time.monotonic() - search.started
        return DiscoveryReport(tuple(ours_first), len(tried), seconds, finished, search.advertisements)

    yield report(finished=False)
    for sighting in search.run(sources):
        found.append(sighting)
        yield report(finished=False)
    yield report(finished=True)


def _at(hosts: Sequence[str], ports: Iterable[int]) -> tuple[Endpoint, ...]:
    return tuple(Endpoint("http", host, port) for port in ports for host in hosts)


def _endpoints(advertisements: Iterable[Advertisement]) -> Iterator[Endpoint]:
    for each in advertisements:
        with contextlib.suppress(ConfigError):
            endpoint = parse_endpoint(f"http://{each.address}:{each.port}{each.path}")
            if endpoint.is_private:
                yield endpoint


def _configured(settings: Settings, backends: Sequence[Backend]) -> Iterator[Named]:
    """The addresses that the settings name; one that is broken or not allowed is its own worker's problem."""
    for backend in backends:
        own = settings.of(backend.name)
        with contextlib.suppress(ConfigError):
            target = own.target(backend.default_port)
            if target is not None:
                key = own.key_for(target.endpoint, backend.default_ports)
                yield Named(backend.name, target.endpoint, key.credentials, own.ca_file, own.by_project)


def _private_hosts(named: Iterable[Named]) -> Iterator[str]:
    """The computers of the user's own network on which one service runs, so that others may, too.

    Not that which only a project names: the consent of the user holds for that one address.
    """
    for each in named:
        if each.endpoint.is_private and not each.endpoint.is_loopback and not each.by_project:
            yield each.endpoint.host
