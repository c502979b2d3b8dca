# SPDX-License-Identifier: GPL-3.0-or-later
"""The conversation with one LiteLLM proxy: what it is, whether it lets us in, which models it has."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace

from ...core import reading
from ...core.endpoint import Credentials
from ...core.errors import NoAnswer, ProblemCode, ProtocolError, Rejected, ServerFailed, WrongProgram
from ...core.facts import Access, Capability, ServiceInfo
from ...core.settings import Policy
from ...transport.header_fields import authorization
from ...transport.http import Answer, HttpClient
from ...transport.strangers import name_of
from ..base import StreamChannel, Surroundings, wrong_program
from . import access, facts
from .providers import missing_variables

_SMALL = 64 * 1024
_LONGEST = 2 * 1024 * 1024
"""Bytes of the longest list that is read: a model takes 100 to 200 in one, its details up to 9,000."""
_PAGE = 8 * 1024
_MODELS = "/v1/models"
_MODEL_INFO = "/model/info"
_DETAILS = "/health/readiness/details"
_SHORTEST_TIMEOUT = 0.01
_CHECKS_PER_KEY = 15
"""Every so many checks the key is tried again: once a minute at the usual 4 s."""

OTHER_PROGRAMS = frozenset({ProblemCode.MALFORMED, ProblemCode.TOO_LARGE, ProblemCode.REDIRECTED})
"""What it looks like to ask another program for ``/health/liveliness``."""


def is_litellm_page(page: Answer) -> bool:
    """Whether the first kilobytes of ``/`` look like LiteLLM's own page."""
    return "<title>LiteLLM" in page.text()


def read_liveliness(http: HttpClient, timeout: float | None = None) -> bool:
    """Ask the address that costs nothing; whether the answer is LiteLLM's."""
    return facts.is_alive(http.get_json("/health/liveliness", limit=_SMALL, timeout=timeout))


def read_readiness(http: HttpClient, timeout: float | None = None) -> object:
    """Ask for what everybody may know of it. Not ``/health``, which asks every model for an answer."""
    return http.get_json("/health/readiness", limit=_SMALL, timeout=timeout)


class LiteLLMClient:
    """A `backends.base.Client` for LiteLLM; owned by one thread, opens nothing before `open`."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._policy = surroundings.policy
        self._endpoint = surroundings.endpoint
        self._key = _key_fields(surroundings.credentials, surroundings.api_key)
        self._http = self._new_http()
        self._info = ServiceInfo(facts.PROGRAM)
        self._names: tuple[str, ...] = ()
        self._configured: dict[str, facts.Deployment] = {}
        self._checks = 0
        self._unread: list[str] = []
        self._just_opened = False

    # --- life --------------------------------------------------------------------------------------

    def open(self) -> ServiceInfo:
        """Verify that a LiteLLM answers, that it lets us in, and which models it has.

        Raises `Rejected` with what it told before it asked for a key.
        """
        limit = self._policy.check_timeout
        self._identify(limit)
        self._info = ServiceInfo(
            facts.PROGRAM,
            version=facts.version(self._readiness(limit)),
            access=Access.NOT_CHECKED,
            capabilities=(Capability("text", "chat"),),
        )
        try:
            self._enter(limit)
        except Rejected as error:
            raise Rejected(error.problem, self._info) from error
        if not self._info.version:
            self._info = replace(self._info, version=facts.version(self._locked_json(_DETAILS, limit)))
        self._unread = [_MODEL_INFO]
        with contextlib.suppress(NoAnswer):  # then it is left for later
            self.read_facts()
        self._just_opened = True
        return self._info

    def check(self) -> ServiceInfo:
        """Ask for a sign of life; now and then also whether the key still opens, and for new models."""
        deadline = time.monotonic() + self._policy.check_timeout
        self._identify(self._policy.check_timeout)
        self._checks += 1
        if self._checks % _CHECKS_PER_KEY == 0 or self._info.access is Access.NOT_CHECKED:
            known = set(self._names)
            self._enter(max(deadline - time.monotonic(), _SHORTEST_TIMEOUT))
            if set(self._names) != known:
                self._read_configured(max(deadline - time.monotonic(), _SHORTEST_TIMEOUT))
        return self._info

    def open_stream(self) -> StreamChannel | None:
        """There is none: answers come only to who asked."""
        return None

    def close_stream(self) -> None:
        """Nothing to close."""

    def keep_stream_alive(self) -> None:
        """Nothing to keep."""

    def retime(self, policy: Policy) -> None:
        """Use these times from now on; what is open stays so."""
        self._policy = policy
        self._http.read_timeout = policy.check_timeout

    def drop(self) -> None:
        """Close all sockets but stay usable."""
        self.close()
        self._http = self._new_http()

    def close(self) -> None:
        """Release everything; never raises."""
        self._http.close()

    # --- facts -------------------------------------------------------------------------------------

    def read_facts(self) -> ServiceInfo | None:
        """Read the list of models, if anew, and then whose they are; None when nothing is left."""
        if not self._unread:
            return None
        if self._unread[0] == _MODELS:
            self._enter(self._policy.check_timeout)
        else:
            self._read_configured(self._policy.check_timeout)
        del self._unread[0]
        self._info = replace(self._info, complete=not self._unread)
        return self._info

    def restart_facts(self) -> None:
        """Read them anew, unless `open` has just done so; what is known stays until then."""
        if not self._just_opened:
            self._unread = [_MODELS, _MODEL_INFO]
        self._just_opened = False
        self._info = replace(self._info, complete=not self._unread)

    def _read_configured(self, timeout: float) -> None:
        self._configured = facts.deployments(self._locked_json(_MODEL_INFO, timeout))
        self._learn()

    def _learn(self) -> None:
        """Put together what the two lists say."""
        models = facts.language_models(self._names, self._configured)
        missing = missing_variables(model.provider for model in models)
        self._info = replace(self._info, language_models=models, variables=missing)

    # --- being let in ------------------------------------------------------------------------------

    def _enter(self, timeout: float) -> None:
        """Ask for the models, which proves the key and costs nothing; raises `Rejected`.

        An answer about something else leaves what is known.
        """
        answer = self._ask_locked(_MODELS, timeout)
        if access.crashed_over_missing_key(answer) and not self._lets_in_elsewhere(timeout):
            raise access.rejected(answer)
        found = access.judge(answer)
        names = None if found is Access.NOT_CHECKED else _names(answer)
        if names is not None:
            self._names = names
            self._info = replace(self._info, access=found)
            self._learn()

    def _lets_in_elsewhere(self, timeout: float) -> bool:
        return _is_good(self._ask_locked(_DETAILS, timeout))

    def _ask_locked(self, path: str, timeout: float) -> Answer:
        """Ask with the key, if there is one; any status is an answer."""
        return self._http.request(
            "GET", path, headers=self._key, limit=_LONGEST, timeout=timeout, prefix_only=True
        )

    def _locked_json(self, path: str, timeout: float) -> object:
        """The answer of a locked address that we can do without; None if it has none to give."""
        try:
            answer = self._ask_locked(path, timeout)
            return answer.json() if _is_good(answer) and not answer.truncated else None
        except ProtocolError:
            return None

    def _readiness(self, timeout: float) -> object:
        """What it tells everybody; None if that is nothing."""
        try:
            return read_readiness(self._http, timeout)
        except (ProtocolError, ServerFailed, Rejected):
            return None

    # --- HTTP --------------------------------------------------------------------------------------

    def _identify(self, timeout: float) -> None:
        try:
            if read_liveliness(self._http, timeout):
                return
            error = reading.malformed("/health/liveliness: not the answer of a LiteLLM")
        except ProtocolError as caught:
            error = caught
        if error.problem.code not in OTHER_PROGRAMS:
            raise error
        page = self._http.get("/", limit=_PAGE, timeout=timeout, prefix_only=True)
        if is_litellm_page(page):
            raise error  # a LiteLLM that answers nonsense is no other program
        raise self._wrong_program(page, error) from error

    def _wrong_program(self, page: Answer, error: ProtocolError) -> WrongProgram:
        found = name_of(page, self._http)
        return wrong_program(facts.PROGRAM, self._endpoint, error.problem.detail, found)

    def _new_http(self) -> HttpClient:
        """Without the key: only the addresses that want it get it."""
        return HttpClient(
            self._endpoint,
            self._surroundings.sockets,
            connect_timeout=self._policy.connect_timeout(self._endpoint.is_loopback),
            read_timeout=self._policy.check_timeout,
            credentials=self._surroundings.credentials,
            ca_file=self._surroundings.ca_file,
            answers=self._surroundings.answers,
        )


def _key_fields(credentials: Credentials | None, api_key: str) -> dict[str, str]:
    """What the locked addresses are shown.

    A web server that has let us in may hand on our user and password, and LiteLLM takes those for a key.
    Newer releases (1.106, not 1.60) look at a field of their own before that.
    """
    fields = authorization(credentials, api_key)
    return {**fields, "X-LiteLLM-API-Key": api_key} if api_key and credentials is not None else fields


def _is_good(answer: Answer) -> bool:
    return 200 <= answer.status < 300


def _names(answer: Answer) -> tuple[str, ...] | None:
    """The models that it lists, none of a list that is too long; None for what is no list of models."""
    if answer.truncated:
        return ()
    try:
        return facts.model_names(answer.json())
    except ProtocolError:
        return None
