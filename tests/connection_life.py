# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection, led through its life by the events of a test."""

from __future__ import annotations

from movie_director.core.connection import Connection
from movie_director.core.errors import ProblemCode, problem
from movie_director.core.events import Answered, Effect, Elapsed, Enable, Event
from movie_director.core.model import State, Stream
from movie_director.core.settings import Policy
from movie_director.core.transitions import step

REFUSED = problem(ProblemCode.REFUSED, "127.0.0.1:8188")
SILENT = problem(ProblemCode.NO_ANSWER, "127.0.0.1:8188")
NONSENSE = problem(ProblemCode.MALFORMED, "127.0.0.1:8188")
STRANGER = problem(ProblemCode.WRONG_PROGRAM, program="Fooocus")
WRONG_KEY = problem(ProblemCode.KEY_REJECTED, retry=False)
STREAM_LOST = problem(ProblemCode.STREAM_LOST)


class Life:
    """One connection driven by hand: time passes only when told."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.now = 1000.0
        self.connection = Connection(policy=policy or Policy())
        self.effects: tuple[Effect, ...] = ()

    def see(self, *seen: Event) -> Life:
        for event in seen:
            self.connection, self.effects = step(self.connection, event, self.now)
        return self

    def until_due(self) -> Life:
        assert self.connection.due is not None, "nothing is awaited"
        self.now = max(self.now, self.connection.due)
        return self.see(Elapsed())

    def later(self, seconds: float) -> Life:
        self.now += seconds
        return self

    @property
    def state(self) -> State:
        return self.connection.state


def connected(policy: Policy | None = None, stream: Stream = Stream.OPEN) -> Life:
    return Life(policy).see(Enable(), Answered(0.01, False, stream))
