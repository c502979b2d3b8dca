# SPDX-License-Identifier: GPL-3.0-or-later
"""All five services at once, killed, frozen and restored in random order: every change seen, nothing else.

The programs are the real ones (docs/testing), each behind a fault proxy which dies and freezes for it, so
that hundreds of rounds need no restart of a program. Real kills and restarts are in each service's own tests.
"""

from __future__ import annotations

import contextlib
import math
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest
from movie_director.backends import backends
from movie_director.core.backoff import Backoff
from movie_director.core.model import State
from movie_director.core.settings import ServiceSettings, Settings
from movie_director.core.snapshot import ServiceStatus
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
FROZEN = 1 / 6
"""Of the harms: a freeze takes a hundred times as long to be seen as a kill."""

MOST_KILLED, MOST_FROZEN, MOST_RETURN = 1.5, 13.0, 2.0
"""Seconds within which 95 of 100 changes have to be seen: those of the default policy, which is slower."""
LEAST_SUCCESS = 0.99


class Losses:
    """Every loss of a connected service and every attempt, seen from the board by one reader."""

    def __init__(self, manager: Manager) -> None:
        self._board = manager.board
        self._seen = -1
        self._rows: dict[str, ServiceStatus] = {}
        self.count: Counter[str] = Counter()
        self.failed_attempts = 0
        """Those that were begun after the program was back."""

    def until(self, service: str, *wanted: State, back_since: float = math.inf) -> float:
        """Read on until the service is in one of these states; the seconds that it took.

        Attempts that begin after the monotonic instant `back_since` and fail are counted.
        """
        started = time.monotonic()
        while (row := self._rows.get(service)) is None or row.state not in wanted:
            snapshot = self._board.wait(self._seen, started + 3 * LONG_TIMEOUT - time.monotonic())
            assert snapshot is not None, f"{service} stays {row}"
            self._seen = snapshot.version
            self._take(snapshot.services, service, back_since)
        return time.monotonic() - started

    def _take(self, rows: Mapping[str, ServiceStatus], service: str, back_since: float) -> None:
        for name, row in rows.items():
            before = self._rows.get(name)
            if before is not None and before.state is State.CONNECTED and row.state is not State.CONNECTED:
                self.count[name] += 1
            if name == service and before is not None and row.attempt > before.attempt:
                self.failed_attempts += (row.last_attempt_at or 0.0) > back_since
            self._rows[name] = row


@dataclass
class Seen:
    """How long each change took to be seen, in seconds."""

    killed: list[float] = field(default_factory=list)
    frozen: list[float] = field(default_factory=list)
    returned: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, str]:
        return {
            name: f"{len(values)} times, median {statistics.median(values):.2f} s, p95 {p95(values):.2f} s, "
            f"max {max(values):.2f} s"
            for name, values in vars(self).items()
        }


def p95(values: Sequence[float]) -> float:
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


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
def test_every_change_is_seen_and_no_other(
    ports: dict[str, int], rounds: int, record_property: Callable[[str, object], None]
) -> None:
    with contextlib.ExitStack() as running:
        proxies = {name: running.enter_context(TcpProxy(("127.0.0.1", port))) for name, port in ports.items()}
        manager = Manager(settings_for(proxies), backends=backends())
        running.callback(manager.stop, timeout=LONG_TIMEOUT)
        manager.start()
        losses = Losses(manager)
        for name in proxies:
            losses.until(name, State.CONNECTED)
        caused, seen = trouble(proxies, losses, rounds)
    success = rounds / (rounds + losses.failed_attempts)
    figures = {
        **seen.summary(),
        "false alarms": losses.count.total() - caused.total(),
        "attempts that succeeded": f"{success:.2%}",
    }
    for name, figure in figures.items():
        record_property(name, figure)
        print(f"{name}: {figure}")
    assert losses.count == caused
    assert success > LEAST_SUCCESS
    assert p95(seen.killed) < MOST_KILLED
    assert p95(seen.frozen) < MOST_FROZEN
    assert p95(seen.returned) < MOST_RETURN


def trouble(proxies: dict[str, TcpProxy], losses: Losses, rounds: int) -> tuple[Counter[str], Seen]:
    """Let one service after the other fail and return; how often each did, and how soon that was seen."""
    chance = random.Random(SEED)
    caused: Counter[str] = Counter()
    seen = Seen()
    for _ in range(rounds):
        name = chance.choice(sorted(proxies))
        harm = freeze if chance.random() < FROZEN else kill
        harm(proxies[name])
        seconds = losses.until(name, State.RECONNECTING, State.SUSPENDED)
        (seen.frozen if harm is freeze else seen.killed).append(seconds)
        caused[name] += 1
        proxies[name].mode = "pass"
        seen.returned.append(losses.until(name, State.CONNECTED, back_since=time.monotonic()))
    return caused, seen


def settings_for(proxies: dict[str, TcpProxy]) -> Settings:
    settings = Settings()
    for name, proxy in proxies.items():
        settings = settings.with_service(name, ServiceSettings(url=proxy.url, policy=SWIFT))
    return settings
