# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection test: asks layer by layer, and reports each as soon as it is known."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ..backends.base import Backend, Client
from ..core.diagnosis import Diagnosis, Layer, LayerResult, Verdict
from ..core.endpoint import Endpoint
from ..core.errors import ProblemCode, Rejected, ServiceError, WrongProgram, problem
from ..core.facts import Access
from ..core.settings import ServiceSettings
from ..transport.header_fields import authorization
from ..transport.http import HttpClient
from ..transport.sockets import SocketFactory
from .discovery import candidates, in_port_order, look_around
from .recognition import PAGE_LIMIT, recognise
from .session import not_found, surroundings


class ConnectionTest:
    """One run of the test. It blocks for up to some seconds: run it in a thread that may."""

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
        self._started = time.monotonic()
        self._diagnosis = Diagnosis(target, expected.name if expected else None)

    def run(self, known: Endpoint | None) -> Diagnosis:
        """Test the endpoint of the settings, else `known`, else the first one found; never raises."""
        try:
            self._through_all_layers(known)
        except ServiceError as error:
            self._fail(error)
        except Exception as error:
            self._fail(ServiceError(problem(ProblemCode.INTERNAL, repr(error))))
        self._grow(finished=True, finished_at=time.monotonic())
        return self._diagnosis

    def _through_all_layers(self, known: Endpoint | None) -> None:
        endpoint = self._find(known)
        self._grow(endpoint=endpoint)
        limit = self._settings.policy.connect_timeout(endpoint.is_loopback)
        with self._testing(Layer.NAME):
            self._sockets.resolve(endpoint.host, endpoint.port, timeout=limit)
        with self._testing(Layer.PORT):
            self._sockets.connect(endpoint.host, endpoint.port, timeout=limit).close()
        backend = self._recognised(endpoint, limit)
        place = surroundings(backend, endpoint, self._settings, self._sockets)
        with contextlib.closing(backend.connect(place)) as client:
            self._test_readiness(client, has_key=bool(place.api_key or place.credentials))

    def _find(self, known: Endpoint | None) -> Endpoint:
        target = self._settings.target(self._expected.default_port if self._expected else 80)
        if target is not None:
            return target.endpoint
        if known is not None:
            return known
        assert self._expected is not None, "a URL is always a target"
        self._pass(Verdict.PASSED)
        self._layer = Layer.PORT
        places = candidates([self._expected])
        found = look_around(places, [self._expected], self._sockets, self._settings.policy)
        sightings = in_port_order(found, places)
        for sighting in sightings:
            if sighting.service == self._expected.name:
                return sighting.endpoint
        raise not_found(self._expected, sightings)

    def _recognised(self, endpoint: Endpoint, limit: float) -> Backend:
        key = self._settings.key_for(endpoint, self._expected.default_ports if self._expected else ())
        http = HttpClient(
            endpoint,
            self._sockets,
            connect_timeout=limit,
            read_timeout=self._settings.policy.check_timeout,
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
        return found[0]

    def _test_readiness(self, client: Client, *, has_key: bool) -> None:
        """To open is to be let in: only now it is known whether credentials are right."""
        with self._testing(Layer.READY):
            info = client.open()
            accepted = has_key and info.access is not Access.NOT_CHECKED
            self._add(LayerResult(Layer.CREDENTIALS, Verdict.PASSED if accepted else Verdict.NOT_NEEDED))
            self._grow(info=info)
            try:
                client.open_stream()
            except ServiceError as error:
                self._pass(Verdict.WARNING, error)

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

    # --- results -----------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _testing(self, layer: Layer) -> Iterator[None]:
        """Time one layer; it passes unless the block raises or has already judged it."""
        self._layer, self._started = layer, time.monotonic()
        yield
        if layer not in [result.layer for result in self._diagnosis.layers]:
            self._pass(Verdict.PASSED)

    def _pass(self, verdict: Verdict, error: ServiceError | None = None) -> None:
        seconds = time.monotonic() - self._started
        self._add(LayerResult(self._layer, verdict, seconds, error.problem if error else None))

    def _fail(self, error: ServiceError) -> None:
        """The current layer failed, or that of the credentials; others without a result were not reached."""
        failed = Layer.CREDENTIALS if isinstance(error, Rejected) else self._layer
        seconds = time.monotonic() - self._started
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
