# SPDX-License-Identifier: GPL-3.0-or-later
"""One service, one daemon thread: events go through the transition table, effects to the performer.

The loop waits in one selector for its bell, for the service's stream and for a held request; it
sleeps in no other way. A stop cuts every wait and every conversation.
"""

from __future__ import annotations

import logging
import queue
import selectors
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from ..backends.base import Backend
from ..core.connection import WAITING, Connection, holds_request, port_is_closed, watches_port
from ..core.endpoint import Endpoint
from ..core.errors import Cancelled, ProblemCode, ServiceError, problem
from ..core.events import (
    Disable,
    Elapsed,
    Enable,
    Event,
    PortClosed,
    PortOpened,
    Reconfigure,
    Retime,
    RetryNow,
    StreamFailed,
    Wake,
)
from ..core.model import State
from ..core.settings import ServiceSettings
from ..core.snapshot import DiscoveryReport, ServiceStatus
from ..core.transitions import step
from ..transport.http import load_packages
from ..transport.sockets import SocketFactory
from ..transport.wakeup import Wakeup
from .attempt_log import log_change
from .board import StatusBoard
from .breaker import ServiceBreaker
from .clock import Clock, SleepDetector
from .performer import Performer
from .presence import HeldRequest, PortWatch, hold_request
from .session import Session

log = logging.getLogger(__name__)

_STREAM_CARE = 1.0
"""Seconds between two looks at the age of an open stream."""


_PAUSE_AFTER_FAULT = 1.0
"""Seconds: a fault that returns at once must not fill the log."""


class _Selectable(Protocol):
    def fileno(self) -> int: ...


class ServiceWorker:
    """Watches one service until it is stopped; publishes every change of its row on the board."""

    def __init__(
        self,
        backend: Backend,
        settings: ServiceSettings,
        board: StatusBoard,
        clock: Clock,
        others: Sequence[Backend] = (),
    ) -> None:
        """`others` are the services that may be met where this one is looked for."""
        self._backend = backend
        self._others = others
        self._settings = self._newest = settings
        self._board = board
        self._clock = clock
        self._sockets = SocketFactory(backend.name)
        self._watch = PortWatch(self._sockets)
        self._held: HeldRequest | None = None
        self._next_looks = {True: 0.0, False: 0.0}
        """When the ports of this computer (True), and those elsewhere, are looked at again."""
        self._connection = Connection(policy=settings.policy, since=clock.monotonic())
        self._session = self._new_session()
        self._inbox: queue.SimpleQueue[Event | ServiceSettings | DiscoveryReport] = queue.SimpleQueue()
        self._bell: Wakeup | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"md-{backend.name}", daemon=True)

    # --- from any thread ---------------------------------------------------------------------------

    def start(self) -> None:
        """Begin with the newest settings; a disabled service waits until others enable it."""
        self._inbox.put(self._settings)
        self._thread.start()

    def send(self, event: Event) -> None:
        """Hand over an event; returns at once."""
        self._inbox.put(event)
        self._ring()

    def learn(self, report: DiscoveryReport) -> None:
        """Hand over what a look around found; returns at once.

        Further instances appear in the row. A service that is waited for is tried again at once if it was
        met; one that is connected is left alone.
        """
        self._inbox.put(report)
        self._ring()

    def apply(self, settings: ServiceSettings) -> None:
        """Hand over new settings; returns at once. Equal ones change nothing.

        Of several that come while something else is done the newest alone are used. Other times and counts
        leave a connection as it is: a number that is dragged in a field comes with each of its steps.
        """
        self._newest = settings
        if self._thread.ident is None:
            self._settings = settings
            self._connection = Connection(settings.policy, since=self._clock.monotonic())
            self._session = self._new_session()
            self._publish()
            return
        self._inbox.put(settings)
        self._ring()

    def request_stop(self) -> None:
        """Cut every wait and conversation; returns at once."""
        self._stopping.set()
        self._sockets.close()
        self._ring()

    def join(self, timeout: float) -> bool:
        """Wait for the end; False if the thread still lives after `timeout` seconds."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def first_row(self) -> ServiceStatus:
        """The row before anything happened."""
        return ServiceStatus(
            service=self._backend.name,
            label=self._backend.label,
            required=self._required,
            state=State.DISABLED,
            since=self._clock.monotonic(),
            makes=self._backend.makes,
        )

    def _ring(self) -> None:
        # Before the loop has its bell it has not looked at inbox and stop flag either.
        if self._bell is not None:
            self._bell.ring()

    # --- the loop ----------------------------------------------------------------------------------

    def _run(self) -> None:
        self._sleep = SleepDetector(self._clock)
        try:
            self._performer = self._new_performer()
        except Exception as error:  # such as packages that were never built
            if not self._stopping.is_set():  # a stop may unload them while they are loaded
                self._note_fault(error)
            return
        self._bell = Wakeup()
        try:
            while not self._stopping.is_set():
                self._turn_safely(self._bell)
        finally:
            self._release_held()
            self._session.close()
            self._bell.close()

    def _new_session(self) -> Session:
        return Session(self._backend, self._settings, self._sockets, self._clock.monotonic, self._others)

    def _new_performer(self) -> Performer:
        """Loads the vendored packages: not for other threads, and not within the first answer's time."""
        load_packages()
        breaker = ServiceBreaker(self._backend.name, self._settings.policy.breaker_threshold)
        return Performer(self._backend, self._session, breaker, self._sockets, self._watch)

    def _turn_safely(self, bell: Wakeup) -> None:
        try:
            self._turn(bell)
        except Cancelled:
            pass  # our own stop
        except Exception as error:
            self._release_held()
            self._session.close()
            self._note_fault(error)
            self._stopping.wait(_PAUSE_AFTER_FAULT)

    def _note_fault(self, error: Exception) -> None:
        """A bug of ours ends neither the worker nor the service for good: it is tried again."""
        name, policy = self._backend.name, self._settings.policy
        log.error("%s: a fault of ours in state %s", name, self._connection.state.value, exc_info=error)
        before, now = self._connection, self._clock.monotonic()
        if before.state is not State.DISABLED:
            self._connection = Connection(
                policy,
                State.FAILED,
                since=now,
                due=now + policy.breaker_interval,
                problem=problem(ProblemCode.INTERNAL, repr(error), program=self._backend.label),
                last_attempt_at=before.last_attempt_at,
                recent=before.recent,
            )
        self._publish()

    def _turn(self, bell: Wakeup) -> None:
        ready = self._wait(bell, self._seconds_to_wait())
        if self._stopping.is_set():
            return
        if self._sleep.slept():
            self._handle(Wake())
        self._take_inbox()
        if self._held is not None and self._held in ready:
            self._release_held()
            self._session.note_stirred()
            self._handle(PortOpened())
        self._serve_stream(ready)
        if self._reads_facts:
            self._performer.read_one_fact()
            self._publish()
        for is_loopback, moment in self._next_looks.items():
            if self._clock.monotonic() >= moment:
                self._look_at_ports(is_loopback)
        due = self._connection.due
        if due is not None and due <= self._clock.monotonic():
            self._handle(Elapsed())

    def _wait(self, bell: Wakeup, seconds: float | None) -> set[_Selectable]:
        with selectors.DefaultSelector() as selector:
            for each in (bell, self._held, self._session.channel):
                if each is not None:
                    selector.register(each.fileno(), selectors.EVENT_READ, each)
            begun = self._clock.monotonic()
            ready: set[_Selectable] = {key.data for key, _ in selector.select(seconds)}
        self._sleep.note_wait(seconds, self._clock.monotonic() - begun)
        if bell in ready:
            bell.clear()
        return ready

    def _seconds_to_wait(self) -> float | None:
        """Until the next thing to do; None when only the bell can bring one."""
        channel = self._session.channel
        if not self._inbox.empty() or self._reads_facts or (channel is not None and channel.has_buffered):
            return 0.0
        now = self._clock.monotonic()
        moments = [] if self._connection.due is None else [self._connection.due]
        if watches_port(self._connection) or self._silent_place is not None:
            moments += [self._next_looks[place.is_loopback] for place in self._watch.endpoints]
        if channel is not None:
            moments.append(now + _STREAM_CARE)
        return max(0.0, min(moments) - now) if moments else None

    @property
    def _reads_facts(self) -> bool:
        well = self._connection.state is State.CONNECTED and self._connection.failures == 0
        return well and self._performer.facts_wanted

    # --- what a turn does --------------------------------------------------------------------------

    def _take_inbox(self) -> None:
        while not self._inbox.empty():
            item = self._inbox.get_nowait()
            if isinstance(item, ServiceSettings):
                if item is self._newest:  # else it was overtaken while something else was done
                    self._take_settings(item)
            elif isinstance(item, DiscoveryReport):
                self._take_report(item)
            else:
                if isinstance(item, RetryNow):
                    self._session.look_anew()
                self._handle(item)

    def _take_settings(self, settings: ServiceSettings) -> None:
        self._settings = settings
        if not self._session.goes_on_with(settings):
            self._session.close()
            self._session = self._new_session()
            self._performer = self._new_performer()
            self._handle(Reconfigure(settings.policy))
        elif settings.policy != self._connection.policy:
            self._performer.retime(settings.policy)
            self._handle(Retime(settings.policy))
        is_disabled = self._connection.state is State.DISABLED
        if settings.enabled and is_disabled:
            self._handle(Enable())
        elif not settings.enabled and not is_disabled:
            self._handle(Disable())
        self._publish()

    def _take_report(self, report: DiscoveryReport) -> None:
        was_met = self._session.learn(report.sightings)
        if was_met and self._connection.state in WAITING:
            self._handle(RetryNow())
        else:
            self._publish()

    def _serve_stream(self, ready: set[_Selectable]) -> None:
        channel = self._session.channel
        if channel is None:
            return
        try:
            if (channel in ready or channel.has_buffered) and self._session.read_stream():
                self._publish()
            self._session.care_for_stream()
        except ServiceError as error:
            self._session.close_stream()
            self._handle(StreamFailed(error.problem))

    def _look_at_ports(self, is_loopback: bool) -> None:
        """Those of this computer often, those elsewhere rarely: who swallows packets costs a time limit."""
        connection, policy = self._connection, self._settings.policy
        timeout = policy.connect_timeout(is_loopback)
        silent = self._silent_place
        if silent is not None and silent.is_loopback is is_loopback and self._held is None:
            self._held = hold_request(self._sockets, silent, timeout)
        if watches_port(connection):
            opened, closed = self._watch.look(is_loopback, timeout)
            if connection.state is not State.CONNECTED:
                if opened:
                    self._handle(PortOpened())
            elif closed is not None and port_is_closed(closed, self._watch.endpoints[0]):
                self._handle(PortClosed(closed))
        self._next_looks[is_loopback] = self._clock.monotonic() + policy.presence_interval(is_loopback)

    @property
    def _silent_place(self) -> Endpoint | None:
        """Where a request is to be held open: at a mute peer, or at what may be the service, starting."""
        if holds_request(self._connection):
            return next(iter(self._watch.endpoints), None)
        waits = self._connection.state in WAITING and not self._connection.attempting
        return self._session.silent if waits else None

    def _release_held(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    # --- events and effects ------------------------------------------------------------------------

    def _handle(self, first: Event) -> None:
        """Let one event through the table, and everything that follows from it."""
        events = deque([first])
        while events and not self._stopping.is_set():
            event, before = events.popleft(), self._connection
            now = self._clock.monotonic()
            self._connection, effects = step(before, event, now)
            if self._silent_place is None:
                self._release_held()
            log_change(self._backend.name, before, event, self._connection, self._session.endpoint, now)
            self._publish()
            for effect in effects:
                events.extend(self._performer.perform(effect))
        self._publish()

    @property
    def _required(self) -> bool:
        chosen = self._settings.required
        return self._backend.required if chosen is None else chosen

    def _publish(self) -> None:
        connection, session = self._connection, self._session
        self._board.publish(
            replace(
                self.first_row(),
                state=connection.state,
                since=connection.since,
                health=connection.health,
                endpoint=session.endpoint,
                source=session.source,
                info=session.info if connection.state is not State.DISABLED else None,
                stream=connection.stream,
                latency=connection.latency,
                attempt=connection.attempt,
                attempting=connection.attempting,
                retry_at=None if connection.state is State.CONNECTED else connection.due,
                last_attempt_at=connection.last_attempt_at,
                breaker=connection.breaker,
                problem=connection.problem,
                others=session.others,
                support=self._backend.versions.judge(session.info.version if session.info else ""),
            )
        )
