"""The fixtures that watch every test catch what they are there for."""

from __future__ import annotations

import errno
import os
import socket
import threading
import urllib.request

import pytest

from tests import conftest
from tests.conftest import leaks, open_sockets


def test_an_open_socket_is_a_leak_until_it_is_closed() -> None:
    before = open_sockets()
    with socket.socket() as left_open:
        found = leaks(set(threading.enumerate()), before, grace=0.05)
        assert len(found) == 1, left_open
    assert leaks(set(threading.enumerate()), before, grace=0.05) == []


def test_a_running_thread_is_a_leak_until_it_ends() -> None:
    before = set(threading.enumerate())
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait, args=(60,), name="planted", daemon=True)
    thread.start()
    assert leaks(before, open_sockets(), grace=0.05) == ["thread 'planted'"]
    stop.set()
    assert leaks(before, open_sockets()) == []


def test_a_connection_to_another_machine_fails_and_is_noted() -> None:
    with socket.socket() as client, pytest.raises(OSError, match="no other machine") as caught:
        client.connect(("93.184.215.14", 80))
    assert caught.value.errno == errno.ENETUNREACH
    assert conftest._outside == ["connection to 93.184.215.14"]
    conftest._outside.clear()


def test_a_name_is_not_looked_up_outside_and_that_is_noted() -> None:
    with pytest.raises(socket.gaierror):
        socket.create_connection(("example.com", 80))
    assert conftest._outside == ["look-up of example.com"]
    conftest._outside.clear()


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_addresses_made_for_tests_fail_at_once_without_offence(host: str) -> None:
    with pytest.raises(OSError, match="tests"):
        socket.create_connection((host, 80), timeout=1)
    assert conftest._outside == []


def test_the_proxy_in_the_environment_is_dead() -> None:
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen("http://127.0.0.1:1/", timeout=5)
    assert os.environ["http_proxy"] == conftest.DEAD_PROXY


def test_the_home_folder_is_a_temporary_one() -> None:
    home = os.environ["MOVIE_DIRECTOR_HOME"]
    assert home.startswith(str(conftest._home))
    assert os.path.expanduser("~") == str(conftest._home)
