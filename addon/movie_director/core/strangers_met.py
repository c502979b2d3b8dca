# SPDX-License-Identifier: GPL-3.0-or-later
"""The other programs that a look around met instead of a service, as its problem names them.

Each service looks around for itself. What is a stranger to one may be another of our services, which is
known as such only when that is connected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from .endpoint import parse_endpoint
from .errors import ConfigError, Problem, ProblemCode
from .model import Sighting, State
from .snapshot import Snapshot

PARAMETER = "strangers"
"""The parameter of the problem ``not-found``."""
_EACH = re.compile(r"(?P<words>.+? at (?P<authority>\S+:\d+))(?:, |$)")


def stranger_words(sighting: Sighting) -> str:
    """``Fooocus at 127.0.0.1:7865``."""
    return f"{sighting.stranger or 'another program'} at {sighting.endpoint.authority}"


def listed(words: Iterable[str]) -> str:
    """The value of the parameter."""
    return ", ".join(words)


def without_our_own(snapshot: Snapshot) -> Snapshot:
    """The snapshot whose problems name no stranger at the address of a service that is connected."""
    ours = {
        each.endpoint.place
        for each in snapshot.services.values()
        if each.state is State.CONNECTED and each.endpoint is not None
    }
    services = {
        name: replace(each, problem=_without(each.problem, ours))
        for name, each in snapshot.services.items()
        if _names_strangers(each.problem)
    }
    tests = {
        name: replace(
            each, layers=tuple(replace(layer, problem=_without(layer.problem, ours)) for layer in each.layers)
        )
        for name, each in snapshot.tests.items()
        if any(_names_strangers(layer.problem) for layer in each.layers)
    }
    if not services and not tests:
        return snapshot
    return replace(snapshot, services={**snapshot.services, **services}, tests={**snapshot.tests, **tests})


def _names_strangers(what: Problem | None) -> bool:
    return what is not None and what.code is ProblemCode.NOT_FOUND and bool(what.parameter(PARAMETER))


def _without(what: Problem | None, ours: set[tuple[str, int]]) -> Problem | None:
    if what is None or not _names_strangers(what):
        return what
    met = _EACH.finditer(str(what.parameter(PARAMETER)))
    left = listed(each["words"] for each in met if _place(each["authority"]) not in ours)
    return replace(what, parameters=tuple(sorted({**dict(what.parameters), PARAMETER: left}.items())))


def _place(authority: str) -> tuple[str, int] | None:
    try:
        return parse_endpoint(authority).place
    except ConfigError:  # a name that looks like an address
        return None
