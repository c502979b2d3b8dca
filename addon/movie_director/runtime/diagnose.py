# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection test: asks layer by layer, and reports each as soon as it is known.

It has one time limit for all layers together, and asks for nothing twice: what the program answered while it
was recognised is given to the client that finds out whether it is ready.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ..backends.base import Backend, Client
from ..core.diagnosis import Diagnosis, Layer, LayerResult, Verdict
from ..core.endpoint import Endpoint
from ..core.errors import Cancelled, NoAnswer, ProblemCode, Rejected, ServiceError, WrongProgram, problem
from ..core.facts import Access
from ..core.model import Sighting
from ..core.settings import Policy, ServiceSettings
from ..transport.answer import Answer
from ..transport.header_fields import authorization
from ..transport.http import load_packages
from ..transport.sockets import SocketFactory
from .discovery import Search, candidates, in_port_order, neighbours
from .recognition import PAGE_LIMIT, Look, recognise
from .session import not_found, surroundings

LIMIT_LOOPBACK = 2.0
LIMIT_ELSEWHERE = 5.0
"""Seconds of a whole test; of a service that was given a longer wait for each answer, that wait."""
LONGEST = 30.0
"""Seconds of a whole test, however long that wait is."""
_MOMENT = 0.05
"""Seconds: who is late shortly before the end is late for the whole test."""
_SHARE = 0.6
"""Of the time, for an answer of those that are looked at: so that who keeps silent can be named, also where
signs of another service are asked for first, and there is time to look next door."""
_BUDGET = 16 * 1024 * 1024
"""Bytes of all answers of a test, before it is known which program it is."""


def time_limit(policy: Policy, is_loopback: bool) -> float:
    """Seconds that a whole test may take."""
    usual = LIMIT_LOOPBACK if is_loopback else LIMIT_ELSEWHERE
    return min(max(usual, policy.check_timeout), LONGEST)


class ConnectionTest:
    """One run of the test, which blocks up to its `time_limit`: run it in a thread that may.

    `sockets` are its own: they are closed when its time is over. To close them earlier ends it at once.
    """

    def __init__(
        self,
        target: str,
        expected: Backend | None,
        backends: Sequence[Backend],
        settings: ServiceSettings,
        sockets: SocketFactory,
        publish: Callable[[Diagnosis], None],
    ) -> None:
        self._expected = expected
        self._backends = backends
        self._settings = settings
        self._sockets = sockets
        self._publish = publish
        self._layer = Layer.NAME
        self._started = self._layer_started = time.monotonic()
        self._limit = LONGEST
        self._deadline = self._started + self._limit
        self._diagnosis = Diagnosis(target, expected.name if expected else None)

    def run(self, known: Endpoint | None) -> Diagnosis:
        """Test the endpoint of the settings, else `known`, else the first one found; never raises."""
        try:
            load_packages()  # in a program that has just begun, this is no time of the service's
            self._started = self._layer_started = time.monotonic()
            endpoint = self._wanted(known)
            with self._in_time(endpoint is None or endpoint.is_loopback):
                self._through_all_layers(endpoint)
        except ServiceError as error:
            self._fail(self._in_words(error))
        except Exception as error:
            self._fail(ServiceError(problem(ProblemCode.INTERNAL, repr(error))))
        finally:
            self._sockets.close()
        self._grow(finished=True, finished_at=time.monotonic())
        return self._diagnosis

    def _wanted(self, known: Endpoint | None) -> Endpoint | None:
        target = self._settings.target(self._expected.default_port if self._expected else 80)
        return known if target is None else target.endpoint

    def _through_all_layers(self, endpoint: Endpoint | None) -> None:
        if endpoint is None:
            assert self._expected is not None, "a URL is always a target"
            backend = self._expected
            endpoint, answers = self._found(backend)
        else:
            self._grow(endpoint=endpoint)
            self._reach(endpoint)
            backend, answers = self._recognised(endpoint)
        place = surroundings(backend, endpoint, self._settings, self._sockets)
        with contextlib.closing(backend.connect(replace(place, answers=answers))) as client:
            self._test_readiness(client, has_key=bool(place.api_key or place.credentials))

    def _found(self, backend: Backend) -> tuple[Endpoint, dict[str, Answer]]:
        """Look where it usually is, else next door: who answers first is taken, and recognised by that."""
        self._pass(Verdict.PASSED)
        self._layer = Layer.PORT
        policy, left, places = self._settings.policy, self._left, candidates([backend])
        policy = replace(policy, check_timeout=min(policy.check_timeout, _SHARE * left))
        others = [each for each in self._backends if each is not backend]
        search = Search([backend], self._sockets, policy, left, others=others)
        ours, met = _first_of(backend, search, places)
        if ours is None:
            ours, _ = _first_of(backend, search, neighbours([backend]))
        if ours is None:
            raise not_found(backend, in_port_order(met, places))
        self._grow(endpoint=ours.endpoint, info=ours.info)
        self._pass(Verdict.PASSED)
        for layer in (Layer.HTTP, Layer.PROGRAM):
            self._add(LayerResult(layer, Verdict.PASSED))
        return ours.endpoint, search.answers(ours.endpoint)

    def _reach(self, endpoint: Endpoint) -> None:
        with self._testing(Layer.NAME):
            self._sockets.resolve(endpoint.host, endpoint.port, timeout=self._connect_limit(endpoint))
        with self._testing(Layer.PORT):
            limit = self._connect_limit(endpoint)
            self._sockets.connect(endpoint.host, endpoint.port, timeout=limit).close()

    def _recognised(self, endpoint: Endpoint) -> tuple[Backend, dict[str, Answer]]:
        """Which of the expected backends answers, and all that it answered."""
        key = self._settings.key_for(endpoint, self._expected.default_ports if self._expected else ())
        http = Look(
            endpoint,
            self._sockets,
            connect_timeout=self._connect_limit(endpoint),
            read_timeout=self._settings.policy.check_timeout,
            deadline=self._deadline,
            budget=_BUDGET,
            headers=authorization(key.credentials, key.api_key),
            credentials=key.credentials,
            ca_file=self._settings.ca_file,
        )
        with contextlib.closing(http):
            with self._testing(Layer.HTTP):
                http.get("/", limit=PAGE_LIMIT, prefix_only=True)
            with self._testing(Layer.PROGRAM):
                expected = self._backends if self._expected is None else [self._expected]
                sighting = recognise(endpoint, http, expected, thorough=True)
                found = [backend for backend in expected if backend.name == sighting.service]
                if not found:
                    raise self._wrong_program(endpoint, sighting.stranger)
        self._grow(service=found[0].name, info=sighting.info)
        return found[0], http.answers

    def _test_readiness(self, client: Client, *, has_key: bool) -> None:
        """To open is to be let in: only now it is known whether credentials are right."""
        with self._testing(Layer.READY):
            info = client.open()
            self._add(_admission(info.access, has_key=has_key))
            self._grow(info=info)
            try:
                client.open_stream()
            except ServiceError as error:
                self._pass(Verdict.WARNING, self._in_words(error))

    def _wrong_program(self, endpoint: Endpoint, stranger: str) -> WrongProgram:
        expected = self._expected.label if self._expected else "any service that Movie Director knows"
        return WrongProgram(
            problem(
                ProblemCode.WRONG_PROGRAM,
                f"{endpoint.url} answers, but not as {expected}",
                retry=False,
                address=endpoint.authority,
                program=self._expected.label if self._expected else "",
                found=stranger,
            )
        )

    # --- time ---------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _in_time(self, is_loopback: bool) -> Iterator[None]:
        """Cut every conversation when the time is over, whatever it waits for."""
        self._limit = time_limit(self._settings.policy, is_loopback)
        self._deadline = self._started + self._limit
        done = threading.Event()

        def cut() -> None:
            if not done.wait(self._left):
                self._sockets.close()

        thread = threading.Thread(target=cut, name="md-test-limit", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(_MOMENT)

    @property
    def _left(self) -> float:
        return max(0.0, self._deadline - time.monotonic())

    def _connect_limit(self, endpoint: Endpoint) -> float:
        return min(self._settings.policy.connect_timeout(endpoint.is_loopback), self._left)

    def _in_words(self, error: ServiceError) -> ServiceError:
        """That the time is over, where that is the reason: of the whole test, not of the last question."""
        if not isinstance(error, (Cancelled, NoAnswer)) or self._left > _MOMENT:
            return error
        detail = f"the test ended after {self._limit:g} s: {error.problem.detail}"
        return NoAnswer(problem(ProblemCode.NO_ANSWER, detail, seconds=self._limit))

    # --- results -----------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _testing(self, layer: Layer) -> Iterator[None]:
        """Time one layer; it passes unless the block raises or has already judged it."""
        self._layer, self._layer_started = layer, time.monotonic()
        yield
        if layer not in [result.layer for result in self._diagnosis.layers]:
            self._pass(Verdict.PASSED)

    def _pass(self, verdict: Verdict, error: ServiceError | None = None) -> None:
        seconds = time.monotonic() - self._layer_started
        self._add(LayerResult(self._layer, verdict, seconds, error.problem if error else None))

    def _fail(self, error: ServiceError) -> None:
        """The current layer failed, or that of the credentials; others without a result were not reached."""
        failed = Layer.CREDENTIALS if isinstance(error, Rejected) else self._layer
        seconds = time.monotonic() - self._layer_started
        done = [result.layer for result in self._diagnosis.layers]
        for layer in Layer:
            if layer is failed:
                self._add(LayerResult(layer, Verdict.FAILED, seconds, error.problem))
            elif layer not in done:
                self._add(LayerResult(layer, Verdict.NOT_REACHED))

    def _add(self, result: LayerResult) -> None:
        self._grow(layers=(*self._diagnosis.layers, result))

    def _grow(self, **changes: object) -> None:
        self._diagnosis = replace(self._diagnosis, **changes)  # type: ignore[arg-type]
        self._publish(self._diagnosis)


def _admission(access: Access, *, has_key: bool) -> LayerResult:
    """What being let in says about the credentials."""
    if access is Access.NOT_CHECKED:
        return LayerResult(Layer.CREDENTIALS, Verdict.WARNING, problem=problem(ProblemCode.KEY_NOT_CHECKED))
    return LayerResult(Layer.CREDENTIALS, Verdict.PASSED if has_key else Verdict.NOT_NEEDED)


def _first_of(
    backend: Backend, search: Search, places: Sequence[Endpoint]
) -> tuple[Sighting | None, list[Sighting]]:
    """The first one that answers at these places, and all that answered until then."""
    ours, met = None, []
    for sighting in search.run(search.sources(places)):
        met.append(sighting)
        if sighting.service == backend.name:
            ours = sighting
            if "/" in search.answers(sighting.endpoint):  # else it was known early, and goes on telling
                break
    return ours, met
