# SPDX-License-Identifier: GPL-3.0-or-later
"""Performs the effects of the transition table, and answers each with the events that follow from it.

Owned by one worker thread. Nothing here decides: errors become events, `core.rules` does the rest.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence

from ..backends.base import Backend
from ..core.connection import port_is_closed
from ..core.errors import (
    NOT_IDENTIFIED,
    ConfigError,
    Problem,
    ProblemCode,
    Rejected,
    ServiceError,
    WrongProgram,
    problem,
)
from ..core.events import (
    Answered,
    Blocked,
    BreakerOpened,
    CheckFailed,
    CheckPassed,
    Effect,
    Event,
    Failed,
    StreamFailed,
    StreamOpened,
)
from ..core.model import Stream
from ..core.settings import Policy
from ..transport.sockets import SocketFactory
from .breaker import ServiceBreaker
from .presence import PortWatch
from .session import Session

log = logging.getLogger(__name__)

_WRONG_ADDRESS = frozenset(
    {
        ProblemCode.WRONG_PROGRAM,
        ProblemCode.NEEDS_HTTP,
        ProblemCode.NEEDS_HTTPS,
        ProblemCode.REDIRECTED,
        *NOT_IDENTIFIED,
    }
)


class Performer:
    """Does what an `Effect` asks for, with one service."""

    def __init__(
        self,
        backend: Backend,
        session: Session,
        breaker: ServiceBreaker,
        sockets: SocketFactory,
        watch: PortWatch,
    ) -> None:
        self._backend = backend
        self._session = session
        self._breaker = breaker
        self._sockets = sockets
        self._watch = watch
        self.facts_wanted = False
        """Whether heavier facts wait to be read; the worker reads them one by one when idle."""
        self._effects = {
            Effect.CLOSE: self._close,
            Effect.RESET_BREAKER: self._breaker.reset,
            Effect.ATTEMPT: self._attempt,
            Effect.CHECK: self._check,
            Effect.OPEN_STREAM: self._open_stream,
            Effect.RENEW: self._renew,
            Effect.READ_FACTS: self._want_facts,
        }

    def retime(self, policy: Policy) -> None:
        """Use these times and counts from now on."""
        self._breaker.set_threshold(policy.breaker_threshold)

    def perform(self, effect: Effect) -> Sequence[Event]:
        """Do it now, however long it takes; the events that it brought, in their order."""
        return self._effects[effect]()

    def read_one_fact(self) -> None:
        """One request for one of the heavier facts. A failure only ends the reading: the next health
        check finds out what it means."""
        try:
            self.facts_wanted = self._session.read_fact()
        except ServiceError as error:
            self.facts_wanted = False
            log.debug("%s: facts not read: %s", self._backend.name, error)

    def _close(self) -> Sequence[Event]:
        self._session.close()
        self.facts_wanted = False
        return ()

    def _attempt(self) -> Sequence[Event]:
        trial = self._breaker.allow_trial()
        try:
            latency = self._session.open()
        except Exception as error:
            return (*trial, *self._attempt_failed(self._mapped(error)))
        closed = self._breaker.note_success()
        endpoint = self._session.endpoint
        assert endpoint is not None
        self._watch.aim([endpoint], open_ones=[endpoint])
        stream, failure = self._first_stream()
        return (*trial, *closed, Answered(latency, self._session.working, stream, failure))

    def _first_stream(self) -> tuple[Stream, Problem | None]:
        for event in self._open_stream():
            if isinstance(event, StreamFailed):
                return Stream.MISSING, event.problem
            return Stream.OPEN, None
        return Stream.NONE, None

    def _attempt_failed(self, error: ServiceError) -> Sequence[Event]:
        if self._needs_user(error):
            self._watch.aim(self._session.candidates(), open_ones=self._session.candidates())
            return (Blocked(error.problem),)
        if isinstance(error, WrongProgram):
            self._session.forget_instance()
        self._watch.aim(self._session.candidates(), open_ones=self._session.accepting(error.problem))
        breaker = self._breaker.note_failure(error)
        if BreakerOpened() in breaker:
            self._session.look_for_others()
        return (Failed(error.problem, random.random()), *breaker)

    def _check(self) -> Sequence[Event]:
        was_complete = self._session.complete
        try:
            latency = self._session.check()
        except Exception as error:
            return (self._check_failed(self._mapped(error)),)
        if was_complete and not self._session.complete:
            self.facts_wanted = True  # a new run of the program, met without a gap
        return (CheckPassed(latency, self._session.working),)

    def _check_failed(self, error: ServiceError) -> Event:
        failure, endpoint = error.problem, self._session.endpoint
        assert endpoint is not None
        if isinstance(error, Rejected):
            return Blocked(failure)
        if failure.code is ProblemCode.CONNECTION_LOST:
            # Cut in the middle: whether the program died or only this connection shows at its port.
            limit = self._session.policy.connect_timeout(endpoint.is_loopback)
            failure = self._sockets.probe(endpoint.host, endpoint.port, timeout=limit) or failure
        gone = port_is_closed(failure, endpoint)
        return CheckFailed(failure, gone, working=self._session.working)

    def _open_stream(self) -> Sequence[Event]:
        try:
            opened = self._session.open_stream()
        except Exception as error:
            return (StreamFailed(self._mapped(error).problem),)
        return (StreamOpened(),) if opened else ()

    def _renew(self) -> Sequence[Event]:
        self._session.drop()
        return ()

    def _want_facts(self) -> Sequence[Event]:
        self._session.restart_facts()
        self.facts_wanted = True
        return ()

    def _needs_user(self, error: ServiceError) -> bool:
        """Credentials and settings do; so does a named address that is the wrong one in some way."""
        if isinstance(error, (Rejected, ConfigError)):
            return True
        return self._session.configured and error.problem.code in _WRONG_ADDRESS

    def _mapped(self, error: Exception) -> ServiceError:
        """A fault of ours must not end the worker: it becomes a problem like any other, and is logged."""
        if isinstance(error, ServiceError):
            return error
        log.error("%s: a fault of ours", self._backend.name, exc_info=error)
        return ServiceError(
            problem(ProblemCode.INTERNAL, f"{type(error).__name__}: {error}", program=self._backend.label)
        )
