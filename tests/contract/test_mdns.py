"""Multicast DNS: asking twice, hearing, and ending in time."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from movie_director.core.errors import Cancelled
from movie_director.transport.cancellation import Cancellation
from movie_director.transport.mdns import browse
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT
from tests.outcome import Outcome
from tests.servers.mdns_responder import MdnsResponder, http_answer
from tests.servers.process import ROOT, ServerProcess
from tests.stopwatch import Stopwatch

WINDOW = 1.5
"""Seconds that somebody has for an answer."""
SHORT = 0.4


@pytest.fixture
def cancellation() -> Iterator[Cancellation]:
    never = Cancellation()
    yield never
    never.close()


def test_what_is_advertised_is_heard(cancellation: Cancellation) -> None:
    with MdnsResponder(lambda *_: [http_answer("Render", 8188, "/comfy")]) as responder:
        found = browse(cancellation, window=WINDOW, group=responder.address)
    assert [(each.name, each.address, each.port, each.path) for each in found] == [
        ("Render._http._tcp.local.", "127.0.0.1", 8188, "/comfy")
    ]


def test_a_lost_packet_is_made_good_by_asking_again(cancellation: Cancellation) -> None:
    def deaf_at_first(number: int, _: bytes) -> list[bytes]:
        return [] if number <= len(socket.if_nameindex()) else [http_answer("Render", 8188)]

    with MdnsResponder(deaf_at_first) as responder:
        assert [each.port for each in browse(cancellation, window=WINDOW, group=responder.address)] == [8188]


def test_a_port_that_was_left_out_is_asked_for(cancellation: Cancellation) -> None:
    def terse(_: int, packet: bytes) -> list[bytes]:
        asked_for_port = b"\x06Render" in packet
        return [http_answer("Render", 8188, with_port=asked_for_port)]

    with MdnsResponder(terse) as responder:
        assert [each.port for each in browse(cancellation, window=WINDOW, group=responder.address)] == [8188]


def test_it_ends_in_time_whether_nobody_answers_or_somebody_never_ends(cancellation: Cancellation) -> None:
    def babble(_: int, packet: bytes) -> list[bytes]:
        return [b"\xff" * 1000] * 200

    for answer in (lambda *_: [], babble):
        with MdnsResponder(answer) as responder:
            with Stopwatch() as watch:
                assert browse(cancellation, window=SHORT, group=responder.address) == ()
            assert watch.seconds < SHORT + 0.5


def test_closing_the_sockets_of_the_owner_ends_it_at_once() -> None:
    factory = SocketFactory("browse")
    waiting = threading.Event()

    def answer(*_: object) -> list[bytes]:
        waiting.set()
        return []

    def run() -> None:
        with factory.cancellable() as cancellation:
            browse(cancellation, window=LONG_TIMEOUT, group=responder.address)

    with MdnsResponder(answer) as responder:
        browsing = Outcome(run)
        assert waiting.wait(LONG_TIMEOUT)
        with Stopwatch() as watch:
            factory.close()
            assert isinstance(browsing.wait(), Cancelled)
    assert watch.seconds < 0.5


BROWSE_ON_LOOPBACK = f"""
import socket, sys
sys.path.insert(0, {str(ROOT / "addon")!r})
from movie_director.transport.cancellation import Cancellation
from movie_director.transport.mdns import browse
found = browse(Cancellation(), window=4.0, interfaces=[socket.if_nametoindex("lo")])
print([(each.name, each.port) for each in found])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="multicast on the loopback interface is Linux's own")
def test_the_real_group_answers_on_the_loopback_interface() -> None:
    """In processes of their own: this one may send to loopback addresses only."""
    try:
        responder = ServerProcess("tests.servers.mdns_responder")
        responder.start()
    except RuntimeError:
        pytest.skip("this system has no multicast on its loopback interface, or port 5353 is taken")
    with_browser = [sys.executable, "-c", BROWSE_ON_LOOPBACK]
    try:
        done = subprocess.run(with_browser, capture_output=True, text=True, timeout=LONG_TIMEOUT, check=False)
    finally:
        responder.kill()
    assert done.stdout.strip() == "[('Render._http._tcp.local.', 8188)]", done.stderr
