# SPDX-License-Identifier: GPL-3.0-or-later
"""The other programs that a look around met instead of a service, as its problem tells of them.

Each service looks around for itself. What is a stranger to one may be another of our services, which is
known as such only when that is connected.
"""

from __future__ import annotations

from dataclasses import replace

from .errors import OtherProgram, Problem, ProblemCode
from .model import Sighting, State
from .snapshot import Snapshot


def other_program(sighting: Sighting) -> OtherProgram:
    """What a problem tells of a stranger."""
    endpoint, what = sighting.endpoint, sighting.problem
    is_locked = what is not None and what.code in (ProblemCode.KEY_MISSING, ProblemCode.KEY_REJECTED)
    return OtherProgram(sighting.stranger, endpoint.authority, endpoint.place, is_locked)


def without_our_own(snapshot: Snapshot) -> Snapshot:
    """The snapshot whose problems tell of no stranger at the address of a service that is connected."""
    ours = {
        each.endpoint.place
        for each in snapshot.services.values()
        if each.state is State.CONNECTED and each.endpoint is not None
    }
    services = {
        name: replace(each, problem=_without(each.problem, ours))
        for name, each in snapshot.services.items()
        if _tells_of(each.problem, ours)
    }
    tests = {
        name: replace(
            each, layers=tuple(replace(layer, problem=_without(layer.problem, ours)) for layer in each.layers)
        )
        for name, each in snapshot.tests.items()
        if any(_tells_of(layer.problem, ours) for layer in each.layers)
    }
    if not services and not tests:
        return snapshot
    return replace(snapshot, services={**snapshot.services, **services}, tests={**snapshot.tests, **tests})


def _tells_of(what: Problem | None, places: set[tuple[str, int]]) -> bool:
    return what is not None and any(each.place in places for each in what.met)


def _without(what: Problem | None, places: set[tuple[str, int]]) -> Problem | None:
    if what is None:
        return None
    return replace(what, met=tuple(each for each in what.met if each.place not in places))
