# SPDX-License-Identifier: GPL-3.0-or-later
"""The conversation with one service: which instance it is, its client, and what it said so far.

Owned by one worker thread; everything here blocks and raises only `ServiceError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..backends.base import Backend, Client, StreamChannel, Surroundings
from ..core.endpoint import Endpoint
from ..core.errors import UNREACHED, Problem, ProblemCode, Rejected, ServiceError, Unreachable, problem
from ..core.facts import ServiceInfo
from ..core.model import Sighting, Source
from ..core.settings import Policy, ServiceSettings
from ..core.strangers_met import other_program
from ..transport.answer import Answer
from ..transport.sockets import SocketFactory
from .discovery import LIMIT, Search, candidates, in_port_order, look_around, neighbours

_ANY_POLICY = Policy()
_MOST_SIGHTED = 16
_PATIENCE = 0.6 * LIMIT
"""Seconds for an answer in a look that goes on next door: who keeps silent must not take all the time."""
"""Addresses of a look around that are tried again later."""


@dataclass
class _Brought:
    """What a look around has brought for the client that it leads to."""

    answers: dict[str, Answer] = field(default_factory=dict)
    seconds: float = 0.0
    """How long these answers took."""


class Session:
    """Finds, opens, asks and closes one service.

    Which instance: a configured endpoint; else the last good one; else the first that answers in the
    order of the usual ports. Once one was good it is kept: a switch is the user's decision, who asks for
    it by a retry while that one is gone.
    """

    def __init__(
        self,
        backend: Backend,
        settings: ServiceSettings,
        sockets: SocketFactory,
        now: Callable[[], float],
        others: Sequence[Backend] = (),
    ) -> None:
        """`others` are the further kinds of services, some of which are known without much asking."""
        self._backend = backend
        self._other_backends = others
        self._settings = settings
        self._sockets = sockets
        self._now = now
        self._client: Client | None = None
        self._last_good: Endpoint | None = None
        self.channel: StreamChannel | None = None
        self.endpoint: Endpoint | None = None
        self.source: Source | None = None
        self.info: ServiceInfo | None = None
        self.others: tuple[Sighting, ...] = ()
        self._strangers: tuple[Endpoint, ...] = ()
        self._sighted: tuple[Endpoint, ...] = ()
        self._anew = False
        self._looks_wide = True
        """Whether the next look goes on next door: the first does, and one that the user asks for."""
        self.silent: Endpoint | None = None
        """Where something accepted a connection but did not answer when nothing of ours was found.

        Not what answered after that and was late once more: it is slow, and not about to start.
        """
        self._slow: frozenset[Endpoint] = frozenset()

    @property
    def policy(self) -> Policy:
        return self._settings.policy

    @property
    def working(self) -> bool:
        """Whether the service said that it is at work."""
        return self.info is not None and self.info.working

    @property
    def complete(self) -> bool:
        """Whether all its facts have been read."""
        return self.info is not None and self.info.complete

    @property
    def configured(self) -> bool:
        """Whether the user said where the service is."""
        return bool(self._settings.url.strip())

    def candidates(self) -> tuple[Endpoint, ...]:
        """Where the service may appear: the one known endpoint, else all usual ones."""
        if self.endpoint is not None:
            return (self.endpoint,)
        known = () if self._last_good is None else (self._last_good,)
        return tuple(dict.fromkeys((*known, *candidates([self._backend]), *self._sighted)))

    def goes_on_with(self, settings: ServiceSettings) -> bool:
        """Take settings that leave the connection as it is; False, and nothing is taken, for others.

        That nothing but this computer may be contacted leaves it so if nothing else is known here.
        """
        if _of_connection(settings) != _of_connection(self._settings):
            return False
        if settings.local_only and not all(place.is_loopback for place in self._known_places()):
            return False
        if self._client is not None and settings.policy != self.policy:
            self._client.retime(settings.policy)
        self._settings = settings
        return True

    def learn(self, sightings: Iterable[Sighting]) -> bool:
        """Take note of where a look around met this service; whether an attempt is worth it now.

        It is not where another instance is wanted: a switch is the user's decision.
        """
        ours = [
            sighting
            for sighting in sightings
            if sighting.service == self._backend.name
            and (sighting.endpoint.is_loopback or not self._settings.local_only)
        ]
        self._sighted = tuple(sighting.endpoint for sighting in ours[:_MOST_SIGHTED])
        if self.endpoint is None:
            return bool(ours)
        here = self.endpoint.place
        self.others = tuple(sighting for sighting in ours if sighting.endpoint.place != here)
        return len(self.others) < len(ours)

    def look_anew(self) -> None:
        """Let the next attempt take whichever instance answers, the last good one first."""
        self._anew = self._client is None
        self._looks_wide |= self._anew
        self._slow = frozenset()

    def note_stirred(self) -> None:
        """What was silent has answered, or hung up; if it is late again, nobody waits for that any more."""
        if self.silent is not None:
            self._slow |= {self.silent}
            self.silent = None

    def look_for_others(self) -> None:
        """List the instances that answer while the one in use does not."""
        if self.endpoint is None or self.configured:
            return
        places = candidates([self._backend])
        found = look_around(places, [self._backend], self._sockets, self.policy, others=self._other_backends)
        self.learn(in_port_order(found, places))

    def accepting(self, failure: Problem) -> tuple[Endpoint, ...]:
        """Those of the candidates that accepted a connection although the attempt failed so."""
        if failure.code is ProblemCode.NOT_FOUND:
            return self._strangers
        return () if failure.code in UNREACHED else self.candidates()

    def open(self) -> float:
        """Find the service and open its client; seconds of its answer. Closes the old client first."""
        self.close()
        brought = _Brought()
        self._choose(brought)
        assert self.endpoint is not None
        place = surroundings(self._backend, self.endpoint, self._settings, self._sockets)
        self._client = self._backend.connect(replace(place, answers=brought.answers))
        started = self._now()
        try:
            self.info = self._client.open()
        except Rejected as error:
            self.info = error.info or self.info
            raise
        finally:
            brought.answers.clear()  # what is asked later is to be answered later
        latency = max(self._now() - started, brought.seconds)
        self._last_good = self.endpoint
        return latency

    def check(self) -> float:
        """Ask for a sign of life; seconds of the answer."""
        started = self._now()
        self.info = self._opened.check()
        return self._now() - started

    def open_stream(self) -> bool:
        """Open the event-driven channel; False if this service has none."""
        self.channel = None
        self.channel = self._opened.open_stream()
        return self.channel is not None

    def read_stream(self) -> bool:
        """Read what the stream has; whether it changed what we know."""
        assert self.channel is not None
        news = self.channel.read()
        changed = news is not None and news != self.info
        self.info = news or self.info
        return changed

    def close_stream(self) -> None:
        """Forget a channel that is dead; its socket is closed by the client."""
        self.channel = None
        self._opened.close_stream()

    def care_for_stream(self) -> None:
        """Ping when it is time; raises when the stream is dead or mute."""
        self._opened.keep_stream_alive()

    def read_fact(self) -> bool:
        """Read one more of the heavier facts; False when there is nothing left."""
        news = self._opened.read_facts()
        self.info = news or self.info
        return news is not None

    def restart_facts(self) -> None:
        self._opened.restart_facts()

    def forget_instance(self) -> None:
        """Another program answers where an automatically found service was: look anew next time."""
        self._last_good = self.endpoint = self.source = None

    def drop(self) -> None:
        """Close every socket of the service but keep the client."""
        self.channel = None
        if self._client is not None:
            self._client.drop()
        self._sockets.drop()

    def close(self) -> None:
        """Close the client and every socket of the service, for sure."""
        client, self._client, self.channel = self._client, None, None
        if client is not None:
            client.close()
        self._sockets.drop()

    def _known_places(self) -> Iterator[Endpoint]:
        """Every address that may be contacted without another look at the settings."""
        yield from (place for place in (self.endpoint, self._last_good, self.silent) if place is not None)
        yield from self._sighted
        yield from (other.endpoint for other in self.others)

    @property
    def _opened(self) -> Client:
        assert self._client is not None, "the transition table asks only while a client is open"
        return self._client

    def _choose(self, brought: _Brought) -> None:
        """Set endpoint and source; `brought` gets what was answered there meanwhile.

        Raises `ConfigError` for a broken URL, ``not-found`` without any.
        """
        target = self._settings.target(self._backend.default_port)
        if target is not None:
            self.endpoint, self.source = target.endpoint, Source.CONFIGURED
        elif self._last_good is not None and not self._anew:
            self.endpoint, self.source = self._last_good, Source.LAST_GOOD
        else:
            self.endpoint, self.source = self._discovered(brought), Source.DISCOVERED

    def _discovered(self, brought: _Brought) -> Endpoint:
        self.endpoint = self.source = self.silent = None
        self._anew = False
        places = self.candidates()
        policy = self.policy
        if self._looks_wide:
            policy = replace(policy, check_timeout=min(policy.check_timeout, _PATIENCE))
        search = Search([self._backend], self._sockets, policy, LIMIT, others=self._other_backends)
        found = tuple(search.run(search.sources(places)))
        self._strangers = tuple(dict.fromkeys(sighting.endpoint for sighting in found))
        sightings = in_port_order(found, places)
        ours = self._of_ours(sightings) or self._next_door(search)
        if ours:
            chosen = next((each for each in ours if each.endpoint == self._last_good), ours[0])
            self.others = tuple(each for each in ours if each is not chosen)
            brought.answers.update(search.answers(chosen.endpoint))
            brought.seconds = chosen.seconds
            return chosen.endpoint
        self.others = ()
        silent = [each.endpoint for each in sightings if _is_silent(each)]
        self._slow &= set(silent)
        self.silent = next((place for place in silent if place not in self._slow), None)
        raise not_found(self._backend, sightings)

    def _of_ours(self, sightings: Iterable[Sighting]) -> list[Sighting]:
        return [sighting for sighting in sightings if sighting.service == self._backend.name]

    def _next_door(self, search: Search) -> list[Sighting]:
        """Ours at the ports after the usual ones, if these are due; where one is, is known from then on."""
        wanted, self._looks_wide = self._looks_wide, False
        if not wanted:
            return []
        places = neighbours([self._backend])
        ours = self._of_ours(in_port_order(search.run(search.sources(places)), places))
        self._sighted = tuple(sighting.endpoint for sighting in ours[:_MOST_SIGHTED]) or self._sighted
        return ours


def _of_connection(settings: ServiceSettings) -> ServiceSettings:
    """The settings without what changes nothing about a connection."""
    return replace(settings, required=None, enabled=True, local_only=False, policy=_ANY_POLICY)


def surroundings(
    backend: Backend, endpoint: Endpoint, settings: ServiceSettings, sockets: SocketFactory
) -> Surroundings:
    """What a client for one endpoint needs: of all keys, only those that were entered for its origin."""
    key = settings.key_for(endpoint, backend.default_ports)
    return Surroundings(
        endpoint, sockets, settings.policy, key.credentials, key.api_key, ca_file=settings.ca_file
    )


def _is_silent(sighting: Sighting) -> bool:
    return sighting.problem is not None and sighting.problem.code is ProblemCode.NO_ANSWER


def not_found(backend: Backend, sightings: tuple[Sighting, ...]) -> ServiceError:
    """The error for "no instance anywhere", which names the strangers that were met instead."""
    silent = [each.endpoint.authority for each in sightings if _is_silent(each)]
    met = tuple(other_program(each) for each in sightings if not _is_silent(each))
    ports = ", ".join(str(port) for port in backend.default_ports)
    detail = f"looked at 127.0.0.1 and ::1, ports {ports}"
    return Unreachable(
        problem(
            ProblemCode.NOT_FOUND,
            "; ".join(
                [
                    detail,
                    *(f"met {each.name or 'another program'} at {each.address}" for each in met),
                    *(f"no answer from {each}" for each in silent),
                ]
            ),
            met=met,
            program=backend.label,
            ports=ports,
            silent=", ".join(silent),
        )
    )
