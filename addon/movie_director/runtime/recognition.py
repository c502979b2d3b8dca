# SPDX-License-Identifier: GPL-3.0-or-later
"""Which program answers at one address: the first kilobytes of ``/``, and one small address more.

An open port says nothing and a status code little; a program is recognised by typed fields of its own
answers. A port is no more than a hint whom to ask first.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ..backends.base import Backend
from ..core.endpoint import Credentials, Endpoint
from ..core.errors import Cancelled, NoAnswer, ProblemCode, ServiceError
from ..core.facts import ServiceInfo
from ..core.model import Sighting
from ..core.stranger import Stranger, Told, is_gradio
from ..transport.http import Answer, HttpClient, expect_ok, redirection
from ..transport.owned_socket import OwnedSocket
from ..transport.sockets import SocketFactory
from ..transport.strangers import named, stranger_of

PAGE_LIMIT = 8 * 1024
LOOK_LIMIT = 256 * 1024
"""Bytes of all answers of one look together."""
_GRADIO_CONFIG = "/config"
"""The one address that may answer more, as Gradio tells there what it is."""
_GRADIO_LIMIT = 8 * 1024 * 1024
_NOT_OURS = (ProblemCode.MALFORMED, ProblemCode.TOO_LARGE, ProblemCode.REDIRECTED)
"""What it looks like to ask another program for an address of ours."""


class Look(HttpClient):
    """The requests of one look at one address: their sizes add up, and nothing is asked twice.

    `deadline` (monotonic) ends all of them; their answers have `budget` bytes together.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        sockets: SocketFactory,
        *,
        connect_timeout: float,
        read_timeout: float,
        deadline: float,
        budget: int = LOOK_LIMIT,
        headers: Mapping[str, str] | None = None,
        credentials: Credentials | None = None,
        ca_file: str = "",
        opened: OwnedSocket | None = None,
    ) -> None:
        super().__init__(
            endpoint,
            sockets,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            headers=headers,
            credentials=credentials,
            ca_file=ca_file,
            opened=opened,
        )
        self._deadline = deadline
        self._longest = read_timeout
        self._left = budget
        self._pages: dict[str, Answer] = {}

    @property
    def answers(self) -> dict[str, Answer]:
        """What GET brought so far, by path: a copy for whoever asks."""
        return dict(self._pages)

    def request(self, method: str, path: str, **options: Any) -> Answer:
        """Like that of `HttpClient`, within what is left of time and bytes."""
        is_plain = method == "GET" and not any(options.get(name) for name in ("headers", "json", "data"))
        limit = options.pop("limit", LOOK_LIMIT)
        known = self._pages.get(path) if is_plain else None
        if known is not None and known.serves(limit, prefix_only=options.get("prefix_only", False)):
            away = redirection(known, self.endpoint)
            if away is not None and not options.get("redirects"):
                raise away
            return known
        timeout = min(options.pop("timeout", None) or self._longest, self._deadline - time.monotonic())
        answer = super().request(method, path, limit=self._allowed(path, limit), timeout=timeout, **options)
        if path != _GRADIO_CONFIG:
            self._left -= len(answer.body)
        if is_plain:
            self._pages[path] = answer
        return answer

    def _allowed(self, path: str, limit: int) -> int:
        page = self._pages.get("/")
        if path == _GRADIO_CONFIG and page is not None and is_gradio(page.text()):
            return min(limit, _GRADIO_LIMIT)
        return max(0, min(limit, self._left))


def recognise_early(endpoint: Endpoint, http: HttpClient, backends: Sequence[Backend]) -> Sighting | None:
    """Whose usual port it is, and who can tell without a page, may do so; None if nobody does.

    What fails is left to `recognise`. Raises `Cancelled`.
    """
    for backend in backends:
        if backend.identify_early is None or endpoint.port not in backend.default_ports:
            continue
        try:
            info = backend.identify_early(http)
        except Cancelled:
            raise
        except ServiceError:
            continue
        if info is not None:
            return Sighting(endpoint, backend.name, info)
    return None


def recognise(
    endpoint: Endpoint,
    http: HttpClient,
    backends: Sequence[Backend],
    *,
    expected: Collection[str] = (),
    thorough: bool = False,
) -> Sighting:
    """Find out which program answers; raises `ServiceError` when none does in a readable way.

    Only likely backends are asked for, and those whose names are `expected` since the user named the
    address for them: a page may have any title. `thorough` asks all, and raises what kept one from telling.
    """
    page = http.request("GET", "/", limit=PAGE_LIMIT, prefix_only=True, redirects=True)
    stranger = stranger_of(page)
    trouble: ServiceError | None = None
    if thorough:
        expected = [backend.name for backend in backends]
    for backend in _worth_asking(page, stranger, endpoint.port, backends, expected):
        try:
            info = _identified(backend, http, page, expected=backend.name in expected)
        except Cancelled:
            raise
        except ServiceError as error:
            if stranger.told is Told.NOTHING or backend.suspects(page):
                trouble = trouble or error
            if isinstance(error, NoAnswer):
                break
            continue
        if info is not None:
            return Sighting(endpoint, backend.name, info)
    if not isinstance(trouble, NoAnswer):
        stranger = named(stranger, http)
    if stranger.told is Told.NOTHING:
        trouble = trouble or _trouble_of(page, endpoint)
    if trouble is not None and thorough:
        raise trouble
    return Sighting(
        endpoint, None, None, stranger=stranger.name, problem=trouble.problem if trouble else None
    )


def _worth_asking(
    page: Answer, stranger: Stranger, port: int, backends: Sequence[Backend], expected: Collection[str]
) -> Iterator[Backend]:
    """The backends whose page it may be; of a page that tells nothing, all, those of the port first."""
    suspected = [backend for backend in backends if backend.suspects(page)]
    yield from suspected
    others = [backend for backend in backends if backend not in suspected]
    others.sort(key=lambda backend: port not in backend.default_ports)
    tells_nothing = not suspected and stranger.told is Told.NOTHING
    has_title = not suspected and stranger.told is Told.TITLE
    for backend in others:
        is_usual = port in backend.default_ports
        if backend.name in expected or tells_nothing or (has_title and is_usual):
            yield backend


def _identified(backend: Backend, http: HttpClient, page: Answer, *, expected: bool) -> ServiceInfo | None:
    """Identity or None; an answer that the protocol does not allow is another program's answer."""
    identify = backend.identify_expected if expected else None
    try:
        return (identify or backend.identify)(http, page)
    except ServiceError as error:
        if error.problem.code in _NOT_OURS:
            return None
        raise


def _trouble_of(page: Answer, endpoint: Endpoint) -> ServiceError | None:
    """What keeps a page from telling anything: it points elsewhere, wants a key, or reports a failure."""
    away = redirection(page, endpoint)
    if away is not None:
        return away
    if page.status in (401, 403) or page.status >= 500:
        try:
            expect_ok(page)
        except ServiceError as error:
            return error
    return None
