# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of "Test Connection": layer by layer, from the name of the computer to the model list."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .endpoint import Endpoint
from .errors import Problem
from .facts import ServiceInfo


class Layer(str, Enum):
    """What is tested, in this order; each layer needs the one before it."""

    NAME = "name"
    PORT = "port"
    HTTP = "http"
    PROGRAM = "program"
    CREDENTIALS = "credentials"
    READY = "ready"


class Verdict(str, Enum):
    """How one layer did."""

    PASSED = "passed"
    WARNING = "warning"
    """It works, but not fully; the problem says how."""
    FAILED = "failed"
    NOT_NEEDED = "not-needed"
    """This layer does not apply, such as credentials where the service asks for none."""
    NOT_REACHED = "not-reached"
    """A layer before it failed."""


@dataclass(frozen=True)
class LayerResult:
    """One line of the test."""

    layer: Layer
    verdict: Verdict
    seconds: float | None = None
    """None where nothing was measured."""
    problem: Problem | None = None


@dataclass(frozen=True)
class Diagnosis:
    """A connection test, complete or still growing."""

    target: str
    """What was to be tested: the name of a service, or a URL without credentials."""
    service: str | None
    """The backend that was expected or recognised."""
    endpoint: Endpoint | None = None
    layers: tuple[LayerResult, ...] = ()
    info: ServiceInfo | None = None
    finished: bool = False
    finished_at: float | None = None
    """When, on the monotonic clock."""

    @property
    def passed(self) -> bool:
        """Whether the service can be used, if perhaps with a warning."""
        return self.finished and all(
            result.verdict not in (Verdict.FAILED, Verdict.NOT_REACHED) for result in self.layers
        )

    @property
    def problem(self) -> Problem | None:
        """The one problem to mend first: a failure before any warning."""
        found = {
            result.verdict: result.problem for result in reversed(self.layers) if result.problem is not None
        }
        return found.get(Verdict.FAILED) or found.get(Verdict.WARNING)
