# SPDX-License-Identifier: GPL-3.0-or-later
"""All five services at once, killed, frozen and restored in random order: every change seen, nothing else.

The programs are the real ones (docs/testing), each behind a fault proxy which dies and freezes for it, so
that hundreds of rounds need no restart of a program. Real kills and restarts are in each service's own tests.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from movie_director.backends import backends
from movie_director.core.backoff import Backoff
from movie_director.core.model import State
from movie_director.core.settings import ServiceSettings, Settings
from movie_director.runtime.manager import Manager

from tests.conftest import LONG_TIMEOUT, eventually
from tests.servers.environments import EnvironmentMissing
from tests.servers.five import five_programs
from tests.servers.tcp_proxy import TcpProxy
from tests.watching import BRISK

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.faults]

SWIFT = replace(
    BRISK,
    backoff=Backoff(first=0.1, ceiling=0.5),
    breaker_interval=0.5,
    # The real Wan2GP and LiteLLM share two cores with this test: late is not silent.
    check_timeout=2.0,
    slow_answer=2.0,
)
SEED = 5


class Losses:
    """Every loss of a connected service, seen from the board by one reader."""

    def __init__(self, manager: Manager) -> None:
        self._board = manager.board
        self._seen = -1
        self._states: dict[str, State] = {}
        self.count: Counter[str] = Counter()

    def until(self, service: str, *wanted: State) -> None:
        """Read on until the service is in one of these states."""
        deadline = time.monotonic() + 3 * LONG_TIMEOUT
        while self._states.get(service) not in wanted:
            snapshot = self._board.wait(self._seen, deadline - time.monotonic())
            assert snapshot is not None, f"{service} stays {self._states.get(service)}"
            self._seen = snapshot.version
            for name, row in snapshot.services.items():
                if self._states.get(name) is State.CONNECTED and row.state is not State.CONNECTED:
                    self.count[name] += 1
                self._states[name] = row.state


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, int]]:
    """Where the five programs run, by service."""
    with contextlib.ExitStack() as running:
        try:
            started = running.enter_context(five_programs())
        except EnvironmentMissing as missing:
            pytest.skip(str(missing))
        yield started


def kill(proxy: TcpProxy) -> None:
    """Reset the connections that are open, then refuse new ones."""
    proxy.mode = "reset"
    eventually(lambda: proxy.open_connections() == 0)
    proxy.mode = "refuse"


def freeze(proxy: TcpProxy) -> None:
    proxy.mode = "stall"


@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(100, marks=pytest.mark.timeout(900)),
        pytest.param(1000, marks=[pytest.mark.long, pytest.mark.timeout(7200)]),
    ],
)
def test_every_change_is_seen_and_no_other(ports: dict[str, int], rounds: int) -> None:
    with contextlib.ExitStack() as running:
        proxies = {name: running.enter_context(TcpProxy(("127.0.0.1", port))) for name, port in ports.items()}
        manager = Manager(settings_for(proxies), backends=backends())
        running.callback(manager.stop, timeout=LONG_TIMEOUT)
        manager.start()
        losses = Losses(manager)
        for name in proxies:
            losses.until(name, State.CONNECTED)
        caused = trouble(proxies, losses, rounds)
    assert losses.count == caused


def trouble(proxies: dict[str, TcpProxy], losses: Losses, rounds: int) -> Counter[str]:
    """Let one service after the other fail and return; how often each did."""
    chance = random.Random(SEED)
    caused: Counter[str] = Counter()
    for _ in range(rounds):
        name = chance.choice(sorted(proxies))
        chance.choice((kill, kill, freeze))(proxies[name])
        losses.until(name, State.RECONNECTING, State.SUSPENDED)
        caused[name] += 1
        proxies[name].mode = "pass"
        losses.until(name, State.CONNECTED)
    return caused


def settings_for(proxies: dict[str, TcpProxy]) -> Settings:
    settings = Settings()
    for name, proxy in proxies.items():
        settings = settings.with_service(name, ServiceSettings(url=proxy.url, policy=SWIFT))
    return settings
