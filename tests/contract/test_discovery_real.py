# SPDX-License-Identifier: GPL-3.0-or-later
"""The real programs among everything that resembles them, at ports that nobody promised."""

from __future__ import annotations

import contextlib
import dataclasses
import random
from collections.abc import Iterator

import pytest
from movie_director.backends import backends
from movie_director.core.model import State
from movie_director.core.settings import Policy, ServiceSettings, Settings
from movie_director.runtime.discovery import survey
from movie_director.runtime.manager import Manager
from movie_director.transport.sockets import SocketFactory

from tests.servers.environments import EnvironmentMissing
from tests.servers.five import five_programs
from tests.servers.lookalikes import LOOKALIKES
from tests.servers.plain import RawServer

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(300)]
ROUNDS = 5


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, int]]:
    """Where the five run, by service."""
    with contextlib.ExitStack() as running:
        try:
            started = running.enter_context(five_programs())
        except EnvironmentMissing as missing:
            pytest.skip(str(missing))
        yield started


def test_all_five_are_found_among_the_others_whatever_port_they_took(ports: dict[str, int]) -> None:
    sockets, shuffled = SocketFactory("real"), random.Random(5)
    with contextlib.ExitStack() as running:
        strangers = {running.enter_context(RawServer(each.handler)).port: each.found for each in LOOKALIKES}
        everybody = [*ports.values(), *strangers]
        for _ in range(ROUNDS):
            known = []
            for backend in backends():
                shuffled.shuffle(everybody)
                known.append(dataclasses.replace(backend, default_ports=tuple(everybody)))
            *_, report = survey(Settings(), known, sockets, ["127.0.0.1"])
            met = {each.endpoint.port: each for each in report.sightings}
            assert {service: met[port].service for service, port in ports.items()} == {
                service: service for service in ports
            }
            assert {port: met[port].stranger for port in strangers} == strangers
            assert not [port for port in strangers if met[port].service]
    sockets.close()


def test_a_deep_look_brings_all_five_to_connected(ports: dict[str, int]) -> None:
    """None of them listens where it usually does, so nothing else finds them."""
    nowhere = [dataclasses.replace(backend, default_ports=(1,)) for backend in backends()]
    patient = Settings()
    for backend in nowhere:
        patient = patient.with_service(backend.name, ServiceSettings(policy=Policy(check_timeout=5.0)))
    manager = Manager(patient, backends=nowhere)
    manager.start()
    try:
        manager.discover(deep=True)
        seen, version = None, -1
        while seen is None or not all(row.state is State.CONNECTED for row in seen.services.values()):
            seen = manager.board.wait(version, 60.0)
            assert seen is not None, "not all five are connected"
            version = seen.version
    finally:
        assert manager.stop(timeout=20.0)
