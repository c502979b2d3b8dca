# SPDX-License-Identifier: GPL-3.0-or-later
"""Every program that is none of ours gets the right verdict, and every one of ours is known at any port."""

from __future__ import annotations

import contextlib
import dataclasses
import random
import sys
from collections.abc import Iterator, Sequence

import pytest
from movie_director.backends import backends, rvc
from movie_director.backends.base import Backend
from movie_director.core.errors import ProblemCode
from movie_director.core.model import Sighting, State
from movie_director.core.presentation import explained
from movie_director.core.settings import Policy
from movie_director.runtime.discovery import LIMIT, candidates, look_around
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT
from tests.discovery_kit import at
from tests.drawn_lookalikes import PAGE, draw
from tests.servers.gradio_pages import app_behind_log_in
from tests.servers.hostile import hostile
from tests.servers.lookalikes import LOOKALIKES, Neighbour
from tests.servers.plain import RawServer
from tests.servers.stand_ins import StandIn, stand_ins
from tests.stopwatch import Stopwatch
from tests.watching import Watching

HOSTILE = hostile()
STAND_INS = stand_ins()
PATIENT = Policy()
HASTY = Policy(check_timeout=2.0)
"""For rounds with silent servers, each of which costs this time."""
MOST_MEMORY = 50
"""MiB that all further rounds may need beyond the first."""


def look(
    sockets: SocketFactory, ports: Sequence[int], known: Sequence[Backend], policy: Policy = PATIENT
) -> list[Sighting]:
    return list(look_around(at(*ports), known, sockets, policy, limit=LONG_TIMEOUT))


def verdict(sighting: Sighting) -> tuple[object, ...]:
    return sighting.service, sighting.stranger, sighting.problem.code if sighting.problem else None


# --- one at a time ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("neighbour", [*LOOKALIKES, *HOSTILE], ids=lambda each: each.name)
def test_it_is_named_for_what_it_is(neighbour: Neighbour, sockets: SocketFactory) -> None:
    with RawServer(neighbour.handler) as server:
        (sighting,) = look(sockets, [server.port], backends(), HASTY)
        assert verdict(sighting) == (None, neighbour.found, neighbour.problem)
        assert server.accepted <= 1 + len(backends())


@pytest.mark.parametrize("usual", backends(), ids=lambda backend: backend.name)
def test_nothing_is_taken_for_the_service_whose_port_it_took(usual: Backend, sockets: SocketFactory) -> None:
    with contextlib.ExitStack() as running:
        servers = {each.name: running.enter_context(RawServer(each.handler)) for each in LOOKALIKES}
        ports = tuple(server.port for server in servers.values())
        known = [dataclasses.replace(usual, default_ports=ports)]
        seen = {sighting.endpoint.port: sighting for sighting in look(sockets, ports, known)}
        for each in LOOKALIKES:
            assert seen[servers[each.name].port].service is None, each.name


@pytest.mark.parametrize("one", STAND_INS, ids=lambda each: each.name)
def test_each_of_ours_is_known_at_a_port_of_nobody(one: StandIn, sockets: SocketFactory) -> None:
    elsewhere = [dataclasses.replace(backend, default_ports=(1,)) for backend in backends()]
    with one.start() as server:
        (sighting,) = look(sockets, [server.port], elsewhere)
    assert (sighting.service, sighting.problem) == (one.service, None)


# --- where one of ours was expected -------------------------------------------------------------------------


@pytest.mark.parametrize("service", [backend.name for backend in backends()])
@pytest.mark.parametrize("name", ["Fooocus", "Ollama", "vLLM", "InvokeAI", "LM Studio, 200 for everything"])
def test_the_row_says_who_answers_instead(service: str, name: str) -> None:
    (neighbour,) = (each for each in LOOKALIKES if each.name == name)
    with RawServer(neighbour.handler) as server, Watching(server.url, service=service) as watching:
        row = watching.until_state(State.FAILED)
    assert row.problem is not None
    told = explained(row)
    assert told is not None
    assert row.problem.code is ProblemCode.WRONG_PROGRAM
    assert (
        told.title
        == f"{row.label} was expected at 127.0.0.1:{server.port}, but '{neighbour.found}' answers there."
    )


def test_the_row_says_that_a_log_in_may_hide_the_program() -> None:
    with RawServer(app_behind_log_in("3.34.0")) as server:
        known = [dataclasses.replace(rvc.BACKEND, default_ports=(server.port,))]
        with Watching(service="rvc", backends=known) as watching:
            told = explained(watching.until_state(State.DISCONNECTED))
    assert told is not None
    assert told.title == (
        "RVC WebUI was not found on this computer,"
        f" only a Gradio app behind a log-in at 127.0.0.1:{server.port}."
    )


# --- all together -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def crowd(shuffled: random.Random) -> Iterator[tuple[dict[int, tuple[object, ...]], list[Backend]]]:
    """A random crowd of servers on random ports, the right verdict by port, and backends that expect others.

    The usual ports of each backend are drawn from all ports of the crowd.
    """
    right: dict[int, tuple[object, ...]] = {}
    everybody = [*STAND_INS, *LOOKALIKES, *shuffled.sample(HOSTILE, 4)]
    shuffled.shuffle(everybody)
    with contextlib.ExitStack() as running:
        for each in everybody:
            if isinstance(each, StandIn):
                right[running.enter_context(each.start()).port] = (each.service,)
            else:
                server = running.enter_context(RawServer(each.handler))
                right[server.port] = (None, each.found, each.problem)
        ports = list(right)
        known = []
        for backend in backends():
            shuffled.shuffle(ports)
            known.append(dataclasses.replace(backend, default_ports=tuple(ports)))
        yield right, known


def wrong_verdicts(sockets: SocketFactory, shuffled: random.Random) -> list[str]:
    with crowd(shuffled) as (right, known):
        places = candidates(known, ["127.0.0.1"])
        with Stopwatch() as watch:
            sightings = list(look_around(places, known, sockets, HASTY, limit=LONG_TIMEOUT))
        looks = [(each.endpoint.port, each) for each in sightings]
        assert watch.seconds < LIMIT + 1, f"a look around took {watch.seconds:.1f} s"
    wrong = [f"nothing at the port of {right[port]}" for port in right.keys() - dict(looks).keys()]
    for port, sighting in looks:
        if verdict(sighting)[: len(right[port])] != right[port]:
            wrong.append(f"{verdict(sighting)} instead of {right[port]}")
    return wrong


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_20_shuffled_rounds_without_a_wrong_verdict(sockets: SocketFactory) -> None:
    rounds(sockets, 20)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_200_shuffled_rounds_without_a_wrong_verdict(sockets: SocketFactory) -> None:
    rounds(sockets, 200)


def rounds(sockets: SocketFactory, count: int) -> None:
    seed = random.SystemRandom().randrange(10**6)
    shuffled = random.Random(seed)
    wrong = wrong_verdicts(sockets, shuffled)
    before = largest_memory()
    for _ in range(count - 1):
        wrong += wrong_verdicts(sockets, shuffled)
    assert wrong == [], f"seed {seed}"
    assert largest_memory() - before < MOST_MEMORY, f"seed {seed}"


def largest_memory() -> float:
    """The most that this process ever had, in MiB; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0.0
    import resource

    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


# --- the page -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_page_says_what_is_found() -> None:
    assert draw() == PAGE.read_text("utf-8"), "draw it anew: python3 scripts/draw_lookalikes.py"
