"""What holds for every test: nothing is left behind, leaves this machine, or touches somebody's files."""

from __future__ import annotations

import errno
import gc
import ipaddress
import itertools
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from movie_director.transport.sockets import SocketFactory

from tests import wiretap

LONG_TIMEOUT = 20.0
"""Seconds a test waits for something that is certain to come; only a broken program needs them all."""

LEAK_GRACE = 3.0
"""Seconds that threads and sockets have to end after a test; a peer closes a moment after us."""

TICK, LATEST_TICK = 0.005, 0.05
"""Seconds between two looks, and how much of them counts: not what the computer gave to others meanwhile."""

DEAD_PROXY = "http://127.0.0.1:9"
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "WS_PROXY", "WSS_PROXY")
DOCUMENTATION_NETWORKS = tuple(
    ipaddress.ip_network(net)
    for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)

_home = Path(tempfile.mkdtemp(prefix="movie-director-tests-"))
_homes = itertools.count()
_outside: list[str] = []


def eventually(condition: Callable[[], bool], timeout: float = LONG_TIMEOUT, what: str = "") -> None:
    """Return as soon as `condition()` is true; fail after `timeout` seconds.

    For things that offer nothing to wait on, such as the end of a process. Prefer an Event or `board.wait`.
    """
    deadline = time.monotonic() + timeout
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {timeout:g} s: {what or condition}")
        pause.wait(TICK)


# --- surroundings -------------------------------------------------------------------------------------------


def _set_surroundings() -> None:
    """Point all that a program takes from its surroundings at a temporary folder and a dead proxy."""
    for name in [name for name in os.environ if name.upper().startswith("MOVIE_DIRECTOR_")]:
        del os.environ[name]
    for name in PROXY_VARIABLES:
        os.environ[name] = os.environ[name.lower()] = DEAD_PROXY
    for name in ("NO_PROXY", "no_proxy"):
        os.environ.pop(name, None)
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        os.environ[name] = str(_home)
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        os.environ[name] = str(_home / name.lower())
    os.environ["MOVIE_DIRECTOR_HOME"] = str(_home / "shared")


def _host_is_here(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host in ("", "localhost")
    return address.is_loopback or address.is_unspecified


def _refuse_outside_address(host: str) -> None:
    """Fail a connection to `host` unless it is loopback; addresses meant for documentation are no offence."""
    if _host_is_here(host):
        return
    try:
        reserved = any(ipaddress.ip_address(host.partition("%")[0]) in net for net in DOCUMENTATION_NETWORKS)
    except ValueError:
        reserved = False
    if not reserved:
        _outside.append(f"connection to {host}")
    raise OSError(errno.ENETUNREACH, f"tests reach no other machine: {host}")


def _refuse_outside_name(host: str) -> None:
    """Fail a look-up of `host` unless it needs no name server; names ending in .invalid are no offence."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        if _host_is_here(host):
            return
        if not host.rstrip(".").endswith(".invalid"):
            _outside.append(f"look-up of {host}")
        raise socket.gaierror(socket.EAI_NONAME, f"tests look up no name: {host}") from None


def _stay_on_this_machine(what: str, whom: object) -> None:
    """Asked before every connect, send and look-up."""
    if what == wiretap.CONTACT:
        if isinstance(whom, tuple):
            _refuse_outside_address(str(whom[0]))
    elif whom is not None:
        _refuse_outside_name(whom.decode("ascii", "replace") if isinstance(whom, bytes) else str(whom))


def _register_hypothesis_profiles() -> None:
    for name, examples in (("quick", 20), ("default", 100), ("long", 2000)):
        hypothesis.settings.register_profile(
            name,
            max_examples=examples,
            # What depends on the clock fails only where the computer has much else to do.
            deadline=None,
            suppress_health_check=[hypothesis.HealthCheck.too_slow],
            # In .ci/run a change is judged by the same examples each time, else a run could fail by chance.
            derandomize=bool(os.environ.get("CI")),
            print_blob=True,
        )
    hypothesis.settings.load_profile("default")


_set_surroundings()
_register_hypothesis_profiles()
wiretap.LISTENERS.append(_stay_on_this_machine)
wiretap.install()


def pytest_unconfigure() -> None:
    shutil.rmtree(_home, ignore_errors=True)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of this test alone where the program keeps settings and logs; not made yet."""
    folder = _home / f"test-{next(_homes)}"
    monkeypatch.setenv("MOVIE_DIRECTOR_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _nothing_leaves_this_machine() -> Iterator[None]:
    _outside.clear()
    yield
    assert not _outside, f"the test tried to leave this machine: {_outside}"


# --- leaks --------------------------------------------------------------------------------------------------


def open_sockets() -> set[str]:
    """A name for every open socket of this process."""
    fds = Path("/proc/self/fd")
    if not fds.is_dir():
        return {
            f"fd {s.fileno()}" for s in gc.get_objects() if isinstance(s, socket.socket) and s.fileno() != -1
        }
    found = set()
    for fd in os.listdir(fds):
        try:
            target = os.readlink(fds / fd)
        except OSError:  # the descriptor of this very listing
            continue
        if target.startswith("socket:"):
            found.add(target)
    return found


def leaks(threads: set[threading.Thread], sockets: set[str], grace: float = LEAK_GRACE) -> list[str]:
    """What is there now and was not in `threads` and `sockets`, once it had `grace` seconds to end."""
    pause, collected = threading.Event(), False
    spent, before = 0.0, time.monotonic()
    while True:
        left = [f"thread {t.name!r}" for t in threading.enumerate() if t not in threads]
        new = open_sockets() - sockets
        if spent >= grace or not (left or new):
            return left + sorted(new)
        if new and not collected:
            gc.collect()  # a socket in a reference cycle is closed late, yet not lost
            collected = True
        pause.wait(TICK)
        now = time.monotonic()
        spent, before = spent + min(now - before, LATEST_TICK), now


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    threads, sockets = set(threading.enumerate()), open_sockets()
    yield
    left = leaks(threads, sockets)
    assert not left, f"the test left behind: {left}"


@pytest.fixture
def sockets() -> Iterator[SocketFactory]:
    """For the connections of a client under test; all of them are ended by its close."""
    factory = SocketFactory("test")
    yield factory
    factory.close()
    assert factory.open_count == 0
