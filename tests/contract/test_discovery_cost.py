# SPDX-License-Identifier: GPL-3.0-or-later
"""What looking around costs those who are looked at: connections, requests and bytes."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from movie_director.backends import audioldm, backends, rvc, wan2gp
from movie_director.backends.base import Backend
from movie_director.backends.comfyui import BACKEND as COMFYUI
from movie_director.core.errors import AnswerTooLarge
from movie_director.core.settings import Policy, ServiceSettings
from movie_director.runtime.discovery import look_around
from movie_director.runtime.recognition import LOOK_LIMIT, Look
from movie_director.runtime.session import Session
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT, eventually
from tests.discovery_kit import at
from tests.ports import FreePort
from tests.servers.comfyui import ComfyServer
from tests.servers.gradio_apps import recording
from tests.servers.gradio_backend import ScriptedGradio
from tests.servers.gradio_pages import gradio_page
from tests.servers.lookalikes import LOOKALIKES
from tests.servers.plain import RawServer
from tests.servers.sites import Reply, page, plain, site
from tests.servers.stand_ins import NO_DOWNLOAD
from tests.servers.wan2gp import recording as wan2gp_recording
from tests.watching import BRISK, Watching

# --- a look around ------------------------------------------------------------------------------------------


def test_closed_ports_yield_nothing_and_no_connection(sockets: SocketFactory, free_port: FreePort) -> None:
    closed = at(*(free_port() for _ in range(200)))
    assert list(look_around(closed, backends(), sockets, Policy())) == []
    assert sockets.opened_total == 0


def test_a_program_is_met_on_one_connection(sockets: SocketFactory) -> None:
    with ComfyServer() as server:
        (sighting,) = look_around(at(server.port), [COMFYUI], sockets, Policy())
        assert sighting.service == "comfyui"
        assert sum(server.connections.values()) == 1
        assert dict(server.requests) == {"/": 1, "/system_stats": 1}


def test_other_programs_are_asked_for_little(sockets: SocketFactory) -> None:
    for neighbour in LOOKALIKES:
        requests: list[bytes] = []
        with RawServer(counting(neighbour.handler, requests)) as server:
            list(look_around(at(server.port), backends(), sockets, Policy()))
        assert 1 <= len(requests) <= 8, f"{neighbour.name}: {requests}"


def counting(handler: Callable[..., None], requests: list[bytes]) -> Callable[..., None]:
    """The same server, noting each request line that it reads."""

    class Counted:
        def __init__(self, sock: object) -> None:
            self._sock = sock

        def recv(self, size: int) -> bytes:
            data: bytes = self._sock.recv(size)  # type: ignore[attr-defined]
            if b" HTTP/1.1\r\n" in data:
                requests.append(data.partition(b"\r\n")[0])
            return data

        def sendall(self, data: bytes) -> None:
            self._sock.sendall(data)  # type: ignore[attr-defined]

    return lambda sock: handler(Counted(sock))


# --- a connection that nothing was set for ------------------------------------------------------------------


def usually_at(backend: Backend, url: str) -> Backend:
    return dataclasses.replace(backend, default_ports=(int(url.rpartition(":")[2]),))


@contextlib.contextmanager
def opened_by_itself(sockets: SocketFactory, backend: Backend, server: ScriptedGradio) -> Iterator[Session]:
    """A session that looked around, found the server and was opened."""
    patient = Policy(check_timeout=LONG_TIMEOUT)
    session = Session(
        usually_at(backend, server.url), ServiceSettings(policy=patient), sockets, time.monotonic
    )
    with contextlib.closing(session):
        session.open()
        yield session


@pytest.mark.parametrize("app", ["rvc-2.3", "rvc-2024", "audioldm-1", "audioldm-2"])
def test_page_and_configuration_are_read_once_from_the_look_around_to_the_connection(app: str) -> None:
    backend = rvc.BACKEND if app.startswith("rvc") else audioldm.BACKEND
    patient = dataclasses.replace(BRISK, check_interval=0.05, check_timeout=LONG_TIMEOUT)
    with ScriptedGradio(recording.config(app)) as server:
        watched = [usually_at(backend, server.url)]
        with Watching(policy=patient, service=backend.name, backends=watched) as watching:
            watching.until_connected()
            checked = len(server.heads) + 5
            eventually(lambda: len(server.heads) >= checked, what="some checks")
        assert (server.requests["/"], server.requests["/config"]) == (1, 1)


def test_the_page_of_wan2gp_is_computed_once_for_its_connection(sockets: SocketFactory) -> None:
    with ScriptedGradio(wan2gp_recording.config()) as server:
        server.replies[wan2gp_recording.DOWNLOAD] = NO_DOWNLOAD
        with opened_by_itself(sockets, wan2gp.BACKEND, server) as session:
            assert server.requests["/"] == 1
            session.check()
        # What the look asked for is old by then.
        assert server.requests["/gradio_api/app_id"] == 2


class Slow(ScriptedGradio):
    """Takes a third of a second for each answer."""

    SECONDS = 0.3

    def _reply_to(self, head: bytes) -> Reply | None:
        threading.Event().wait(self.SECONDS)
        return super()._reply_to(head)


def test_how_long_the_look_took_is_told_as_the_first_answer(sockets: SocketFactory) -> None:
    with Slow(recording.config("audioldm-2")) as server:
        backend, settings = usually_at(audioldm.BACKEND, server.url), ServiceSettings(policy=Policy())
        with contextlib.closing(Session(backend, settings, sockets, time.monotonic)) as session:
            assert session.open() >= Slow.SECONDS


def test_what_the_look_brought_is_no_answer_once_the_service_is_connected(sockets: SocketFactory) -> None:
    with (
        ScriptedGradio(recording.config("audioldm-1")) as server,
        opened_by_itself(sockets, audioldm.BACKEND, server) as session,
    ):
        server.become(recording.config("audioldm-2"), app_id=2)
        session.drop()
        session.check()
        assert session.info is not None
        assert session.info.version == "2"


# --- one look -----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def looking_at(sockets: SocketFactory, port: int) -> Iterator[Look]:
    (endpoint,) = at(port)
    deadline = time.monotonic() + LONG_TIMEOUT
    look = Look(endpoint, sockets, connect_timeout=1.0, read_timeout=LONG_TIMEOUT, deadline=deadline)
    with contextlib.closing(look):
        yield look


def test_the_sizes_of_all_answers_of_one_look_add_up(sockets: SocketFactory) -> None:
    large = plain("x" * 200_000)
    with RawServer(site({}, large)) as server, looking_at(sockets, server.port) as look:
        assert len(look.get("/first").body) == 200_000
        with pytest.raises(AnswerTooLarge) as caught:
            look.get("/second")
        assert caught.value.problem.parameter("limit") == LOOK_LIMIT - 200_000


@pytest.mark.parametrize(("is_gradio", "fits"), [(True, True), (False, False)])
def test_only_gradio_may_tell_more_and_only_at_one_address(
    is_gradio: bool, fits: bool, sockets: SocketFactory
) -> None:
    front = gradio_page("Gradio", {"version": "3.50.2"}) if is_gradio else page("<title>no</title>")
    large = plain("x" * 3_000_000)
    with RawServer(site({"/": front}, large)) as server, looking_at(sockets, server.port) as look:
        look.get("/", limit=8192, prefix_only=True)
        with contextlib.nullcontext() if fits else pytest.raises(AnswerTooLarge):
            assert len(look.get("/config", limit=8 * 1024 * 1024).body) == 3_000_000
        with pytest.raises(AnswerTooLarge):
            look.get("/info", limit=8 * 1024 * 1024)


def test_nothing_is_asked_twice(sockets: SocketFactory) -> None:
    requests: list[bytes] = []
    handler = counting(site({"/away": page("", "302 Found", "Location: /")}, plain("once")), requests)
    with RawServer(handler) as server, looking_at(sockets, server.port) as look:
        assert [look.get("/").text() for _ in range(3)] == ["once"] * 3
        assert look.request("GET", "/", headers={"X": "y"}).text() == "once"
        assert look.request("GET", "/away", redirects=True).status == 302
        with pytest.raises(Exception, match="redirected"):
            look.get("/away")
    assert [line.split()[1] for line in requests] == [b"/", b"/", b"/away"]
