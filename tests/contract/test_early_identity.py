# SPDX-License-Identifier: GPL-3.0-or-later
"""Wan2GP at one of its usual ports is known before its page has come, and nobody else is taken for it."""

from __future__ import annotations

import dataclasses
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from movie_director.backends import backends
from movie_director.backends.audioldm import BACKEND as AUDIOLDM
from movie_director.backends.base import Backend
from movie_director.backends.wan2gp import BACKEND as WAN2GP
from movie_director.core.endpoint import Endpoint
from movie_director.core.errors import ProblemCode
from movie_director.core.model import Sighting, State
from movie_director.core.settings import Policy, ServiceSettings, Settings
from movie_director.runtime.discovery import in_port_order, look_around, survey
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT
from tests.servers.gradio_apps import recording as gradio_recording
from tests.servers.gradio_backend import ScriptedGradio
from tests.servers.gradio_pages import NOT_FOUND, UVICORN, app, app_behind_log_in, small_config
from tests.servers.plain import RawServer, hold, read_head
from tests.servers.process import ServerProcess
from tests.servers.sites import Handler, Reply, json_reply, plain
from tests.servers.stand_ins import NO_DOWNLOAD
from tests.servers.wan2gp import recording
from tests.servers.wan2gp.processes import web_ui_process
from tests.watching import BRISK, Watching

APP_ID = "/gradio_api/app_id"
HASTY = Policy(check_timeout=2.0)
PATIENT = Policy(check_timeout=LONG_TIMEOUT)
"""Two cores that also compute 7 MB of page."""


def usually_at(port: int) -> list[Backend]:
    """All backends, of which Wan2GP is expected at `port`."""
    return [
        dataclasses.replace(each, default_ports=(port,) if each is WAN2GP else (1,)) for each in backends()
    ]


def look(
    sockets: SocketFactory, port: int, known: list[Backend] | None = None, policy: Policy = HASTY
) -> list[Sighting]:
    places = [Endpoint("http", "127.0.0.1", port)]
    return list(look_around(places, known or usually_at(port), sockets, policy, limit=LONG_TIMEOUT))


def wangp(title: str = "WanGP") -> Handler:
    return app(small_config(title, "5.29.0"), {recording.DOWNLOAD: NO_DOWNLOAD})


class Asked:
    """A server that notes the paths in their order."""

    def __init__(self, reply: Callable[[str], Reply | None]) -> None:
        self.paths: list[str] = []
        self.reply = reply
        self.ended = threading.Event()

    def __call__(self, sock: socket.socket) -> None:
        while head := read_head(sock):
            path = head.split(b" ", 2)[1].decode("ascii")
            self.paths.append(path)
            reply = self.reply(path)
            if reply is None:
                self.ended.wait(LONG_TIMEOUT)
                return
            sock.sendall(reply.wire())


# --- Wan2GP -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def web_ui() -> Iterator[ServerProcess]:
    with web_ui_process() as process:
        yield process


@pytest.mark.servers
@pytest.mark.slow
@pytest.mark.timeout(300)
class TestRealGradio:
    def test_it_is_met_twice_and_listed_once(self, web_ui: ServerProcess, sockets: SocketFactory) -> None:
        early, full = look(sockets, web_ui.port, policy=PATIENT)
        assert early.info is not None
        assert full.info is not None
        assert (early.service, early.info.version) == ("wan2gp", "")
        assert (full.service, full.info.version) == ("wan2gp", recording.VERSION)
        assert early.seconds < full.seconds
        assert in_port_order([early, full], [early.endpoint]) == (full,)

    def test_a_report_lists_it_once_and_first_without_version(
        self, web_ui: ServerProcess, sockets: SocketFactory
    ) -> None:
        reports = list(survey(Settings(), usually_at(web_ui.port), sockets, ["127.0.0.1"]))
        told = [[each.info for each in report.sightings if each.service == "wan2gp"] for report in reports]
        versions = [[info.version for info in infos if info is not None] for infos in told]
        assert versions[:2] == [[], [""]]
        # Within the limit of a request, or else as before.
        assert versions[-1] in ([recording.VERSION], [""])

    def test_one_from_before_the_address_is_met_by_its_page(self, sockets: SocketFactory) -> None:
        with web_ui_process("--no-downloads") as server:
            (sighting,) = look(sockets, server.port, policy=PATIENT)
        assert sighting.info is not None
        assert (sighting.service, sighting.info.version) == ("wan2gp", recording.VERSION)

    def test_it_is_known_although_its_log_in_hides_the_page(self, sockets: SocketFactory) -> None:
        with web_ui_process("--auth", "film:s3cret") as server:
            (sighting,) = look(sockets, server.port, policy=PATIENT)
            assert (sighting.service, sighting.problem) == ("wan2gp", None)
            with Watching("", service="wan2gp", backends=usually_at(server.port)[1:2]) as watching:
                row = watching.until_state(State.FAILED)
        assert row.problem is not None
        assert row.problem.code is ProblemCode.KEY_MISSING


def test_it_is_known_although_its_page_does_not_come(sockets: SocketFactory) -> None:
    replies = {recording.DOWNLOAD: NO_DOWNLOAD, APP_ID: json_reply({"app_id": 1}, "200 OK", UVICORN)}
    server = Asked(replies.get)
    with RawServer(server) as running:
        (sighting,) = look(sockets, running.port)
        server.ended.set()
    assert (sighting.service, sighting.problem) == ("wan2gp", None)
    assert server.paths == [recording.DOWNLOAD, APP_ID, "/"]


# --- others -----------------------------------------------------------------------------------------


def answering(download: Reply, app_id: Reply = NOT_FOUND) -> Handler:
    """A Gradio program of another kind, but for these answers."""
    return app(small_config("Face Studio", "5.29.0"), {recording.DOWNLOAD: download, APP_ID: app_id})


NUMBER = json_reply({"app_id": 4711}, "200 OK", UVICORN)
WORDS = recording.NO_DOWNLOAD
OTHERS: dict[str, Handler] = {
    "knows no downloads": answering(NOT_FOUND, NUMBER),
    "has one": answering(plain(WORDS, "200 OK"), NUMBER),
    "says more": answering(plain(f"{WORDS}.", "404 Not Found"), NUMBER),
    "says it in JSON": answering(json_reply({"detail": WORDS}, "404 Not Found"), NUMBER),
    "says much more": answering(plain(WORDS * 1000, "404 Not Found"), NUMBER),
    "sends us elsewhere": answering(plain(WORDS, "302 Found", "Location: /login"), NUMBER),
    "is no Gradio": answering(NO_DOWNLOAD, NOT_FOUND),
    "is half a Gradio": answering(NO_DOWNLOAD, json_reply({"app_id": "4711"})),
    "is Gradio to those who log in": answering(NO_DOWNLOAD, plain("", "401 Unauthorized")),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_program_is_never_taken_for_it(name: str, sockets: SocketFactory) -> None:
    with RawServer(OTHERS[name]) as server:
        (sighting,) = look(sockets, server.port)
    assert (sighting.service, sighting.stranger) == (None, "Face Studio")


def test_a_log_in_of_another_program_is_still_nobodys(sockets: SocketFactory) -> None:
    with RawServer(app_behind_log_in("5.29.0")) as server:
        (sighting,) = look(sockets, server.port)
    assert sighting.service is None
    assert sighting.problem is not None
    assert sighting.problem.code is ProblemCode.KEY_MISSING


def test_the_page_has_the_last_word(sockets: SocketFactory) -> None:
    with RawServer(wangp("A workshop made of Wan2GP")) as server:
        early, last = look(sockets, server.port)
        assert (early.service, last.service) == ("wan2gp", None)
        (listed,) = in_port_order([early, last], [last.endpoint])
        assert listed.stranger == "A workshop made of Wan2GP"


def test_a_program_that_calls_itself_otherwise_is_never_shown_as_connected() -> None:
    """However it answers at the small addresses: what opens a session must not be taken back."""
    with (
        RawServer(wangp("A workshop made of Wan2GP")) as server,
        Watching(f"http://127.0.0.1:{server.port}", service="wan2gp", backends=[WAN2GP]) as watching,
    ):
        rows = watching.rows_until(lambda row: row.state is State.FAILED)
    assert State.CONNECTED not in [row.state for row in rows]
    problem = rows[-1].problem
    assert problem is not None
    assert (problem.code, problem.parameter("found")) == (
        ProblemCode.WRONG_PROGRAM,
        "A workshop made of Wan2GP",
    )


def test_one_that_is_silent_there_is_known_by_its_page(sockets: SocketFactory) -> None:
    page = app(small_config("WanGP", "5.29.0"))
    first = Asked(lambda path: None)

    def handle(sock: socket.socket) -> None:
        (page if first.paths else first)(sock)

    with RawServer(handle) as server:
        (sighting,) = look(sockets, server.port)
        first.ended.set()
    assert sighting.service == "wan2gp"
    assert first.paths == [recording.DOWNLOAD]


def test_silence_is_still_silence(sockets: SocketFactory) -> None:
    with RawServer(hold) as server:
        (sighting,) = look(sockets, server.port)
    assert sighting.problem is not None
    assert (sighting.service, sighting.problem.code) == (None, ProblemCode.NO_ANSWER)


# --- those who look for somebody else ---------------------------------------------------------------


@pytest.fixture
def wan2gp() -> Iterator[ScriptedGradio]:
    with ScriptedGradio(recording.config()) as server:
        server.replies[recording.DOWNLOAD] = NO_DOWNLOAD
        yield server


def both_at(server: ScriptedGradio) -> list[Backend]:
    """AudioLDM and Wan2GP, which want the same port."""
    port = int(server.url.rpartition(":")[2])
    return [dataclasses.replace(each, default_ports=(port,)) for each in (AUDIOLDM, WAN2GP)]


def test_who_looks_for_another_program_leaves_its_page_alone(
    wan2gp: ScriptedGradio, sockets: SocketFactory
) -> None:
    audioldm, other = both_at(wan2gp)
    places = [Endpoint("http", "127.0.0.1", other.default_port)]
    (sighting,) = look_around(places, [audioldm], sockets, HASTY, others=[other])
    assert (sighting.service, sighting.stranger, sighting.problem) == (None, "Wan2GP", None)
    assert dict(wan2gp.requests) == {recording.DOWNLOAD: 1, APP_ID: 1}


@pytest.mark.parametrize("is_switched_off", [True, False])
def test_a_service_that_finds_it_at_its_port_asks_for_no_page_until_another_program_is_there(
    is_switched_off: bool, wan2gp: ScriptedGradio
) -> None:
    rare = dataclasses.replace(BRISK, breaker_threshold=2, breaker_interval=0.2)
    watching = Watching(policy=rare, service="audioldm", backends=both_at(wan2gp))
    settings = Settings().with_service("audioldm", watching.settings)
    watching.manager.apply(settings.with_service("wan2gp", ServiceSettings(enabled=not is_switched_off)))
    with watching:
        row = watching.until(lambda row: row.attempt == 4)
        assert row.problem is not None
        assert [each.name for each in row.problem.met] in ([], ["Wan2GP"])
        assert wan2gp.requests["/"] <= (0 if is_switched_off else 1), "once for its own connection"
        wan2gp.become(gradio_recording.config("audioldm-2"))
        row = watching.until_connected()
        assert row.info is not None
        assert row.info.program == "AudioLDM"


def test_nobody_is_asked_at_other_ports(sockets: SocketFactory) -> None:
    server = Asked(lambda path: NOT_FOUND)
    with RawServer(server) as running:
        look(sockets, running.port, usually_at(1))
    assert recording.DOWNLOAD not in server.paths
