# SPDX-License-Identifier: GPL-3.0-or-later
"""Random lives of a connection, as a worker could bring them about, never leave it stuck or flooding."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from movie_director.core.connection import WAITING, Breaker, Connection
from movie_director.core.errors import ProblemCode, problem
from movie_director.core.events import (
    Answered,
    Blocked,
    BreakerClosed,
    BreakerHalfOpened,
    BreakerOpened,
    CheckFailed,
    CheckPassed,
    Disable,
    Effect,
    Elapsed,
    Enable,
    Event,
    Failed,
    PortClosed,
    PortOpened,
    Reconfigure,
    Retime,
    RetryNow,
    StreamFailed,
    StreamOpened,
    Wake,
)
from movie_director.core.model import State, Stream
from movie_director.core.settings import Policy
from movie_director.core.transitions import TRANSITIONS, step

PROBLEMS = st.sampled_from([problem(code) for code in ProblemCode])
LATENCIES = st.floats(0.0, 5.0)
PERIODS = st.floats(1.0, 60.0)
ATTEMPT_OUTCOMES = st.one_of(
    st.builds(Answered, LATENCIES, st.booleans(), st.sampled_from(Stream)),
    st.builds(Failed, PROBLEMS, st.floats(0.0, 1.0, exclude_max=True)),
    st.builds(Blocked, PROBLEMS),
)
CHECK_OUTCOMES = st.one_of(
    st.builds(CheckPassed, LATENCIES, st.booleans()),
    st.builds(CheckFailed, PROBLEMS, st.booleans(), st.booleans()),
)
FROM_OUTSIDE = st.one_of(
    st.sampled_from([Elapsed(), RetryNow(), Wake(), PortOpened(), Disable(), Enable(), StreamOpened()]),
    st.builds(Reconfigure, st.builds(Policy, breaker_threshold=st.integers(1, 20))),
    st.builds(Retime, st.builds(Policy, check_interval=PERIODS, breaker_interval=PERIODS)),
    st.builds(PortClosed, PROBLEMS),
    st.builds(StreamFailed, PROBLEMS),
)


class SimulatedWorker:
    """Answers effects the way the performer does, with outcomes that hypothesis chooses."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.now = 100.0
        self.connection = Connection()
        self.failures = 0
        self.begun: list[float] = []

    def handle(self, first: Event) -> None:
        events = [first]
        while events:
            event = events.pop(0)
            self.connection, effects = step(self.connection, event, self.now)
            for effect in effects:
                events += self.perform(effect)

    def perform(self, effect: Effect) -> list[Event]:
        if effect is Effect.ATTEMPT:
            return self.attempt()
        if effect is Effect.CHECK:
            return [self.data.draw(CHECK_OUTCOMES)]
        if effect is Effect.OPEN_STREAM:
            return [
                self.data.draw(st.sampled_from([StreamOpened(), StreamFailed(problem(ProblemCode.INTERNAL))]))
            ]
        return []

    def attempt(self) -> list[Event]:
        self.begun.append(self.now)
        trial: list[Event] = [BreakerHalfOpened()] if self.connection.breaker is Breaker.OPEN else []
        outcome = self.data.draw(ATTEMPT_OUTCOMES)
        if isinstance(outcome, Failed):
            self.failures += 1
            threshold = self.connection.policy.breaker_threshold
            opened: list[Event] = [BreakerOpened()] if trial or self.failures >= threshold else []
            return [*trial, outcome, *opened]
        self.failures = 0
        closed: list[Event] = [BreakerClosed()] if isinstance(outcome, Answered) else []
        return [*trial, *closed, outcome]


@given(st.data())
def test_no_life_ends_in_a_state_that_nothing_would_ever_leave(data: st.DataObject) -> None:
    worker = SimulatedWorker(data)
    for _ in range(data.draw(st.integers(1, 40))):
        worker.now += data.draw(st.floats(0.0, 40.0))
        event = data.draw(FROM_OUTSIDE)
        if (worker.connection.state, type(event)) not in TRANSITIONS:
            continue
        if isinstance(event, Elapsed):
            if worker.connection.due is None:
                continue
            worker.now = max(worker.now, worker.connection.due)
        worker.handle(event)

        connection = worker.connection
        if connection.state in (*WAITING, State.CONNECTED, State.CONNECTING):
            assert connection.due is not None, "somebody must look again"
            assert connection.due <= worker.now + 67.0
        assert not connection.attempting
        if connection.state is not State.CONNECTED:
            assert connection.health is None
    assert all(
        later - earlier >= 1.0 - 1e-9 for earlier, later in zip(worker.begun, worker.begun[1:], strict=False)
    )
