# SPDX-License-Identifier: GPL-3.0-or-later
"""What the client of Gradio programs does with every kind of answer, at a server made of fixed ones."""

from __future__ import annotations

import contextlib
import copy
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from movie_director.backends import audioldm, backends, rvc
from movie_director.backends._gradio.client import GradioClient, Program
from movie_director.backends._gradio.config import CONFIG_LIMIT
from movie_director.backends.base import Backend
from movie_director.core.errors import (
    NoAnswer,
    ProblemCode,
    ProtocolError,
    Rejected,
    ServerFailed,
    ServiceError,
    WrongProgram,
)
from movie_director.core.facts import Access, Queue, ServiceInfo
from movie_director.core.settings import Policy

from tests.conftest import LONG_TIMEOUT
from tests.servers.gradio_apps import ENVIRONMENTS, recording
from tests.servers.gradio_backend import (
    BROKEN,
    NOTHING_WAITS,
    UNAUTHORIZED,
    ScriptedGradio,
    client_of,
    identified,
    seen_at,
)
from tests.servers.gradio_pages import app, app_behind_log_in, small_config
from tests.servers.plain import RawServer, read_head
from tests.servers.sites import Reply, json_reply, page, site
from tests.stopwatch import Stopwatch

APPS = sorted(ENVIRONMENTS)
OTHER_APP = small_config("Lab Gradio Server", "6.31.0")


def backend_of(name: str) -> Backend:
    return {"rvc": rvc.BACKEND, "audioldm": audioldm.BACKEND}[name.partition("-")[0]]


def caught(call: Callable[[], object]) -> ServiceError:
    with pytest.raises(ServiceError) as found:
        call()
    return found.value


@contextlib.contextmanager
def talking(
    backend: Backend, config: dict[str, Any], policy: Policy | None = None
) -> Iterator[tuple[ScriptedGradio, GradioClient]]:
    """A server with this configuration, and a client of it."""
    with ScriptedGradio(config) as server, client_of(backend, server.url, policy) as client:
        yield server, client


def with_voices(*voices: str) -> dict[str, Any]:
    config = copy.deepcopy(recording.config("rvc-2.3"))
    config["components"][5]["props"]["choices"] = list(voices)
    return config


def big_page_program(config: dict[str, Any]) -> Backend:
    """RVC, if its page alone were proof enough: how a program with a huge configuration is watched."""
    program = Program(
        "RVC WebUI", lambda page: True, rvc.facts.read, lambda page: page.title == config["title"]
    )
    return replace(rvc.BACKEND, connect=lambda surroundings: GradioClient(program, surroundings))


# --- recognising ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", APPS)
def test_an_app_is_identified_by_its_own_backend_only_with_one_request_more(name: str) -> None:
    with ScriptedGradio(recording.config(name)) as server:
        for backend in backends():
            info, requests = identified(backend, server.url)
            assert (info is not None) == (backend is backend_of(name)), backend.name
            assert requests == 1 + (info is not None)
        assert server.requests["/config"] == 1


@pytest.mark.parametrize("title", ["RVC WebUI", "Applio", "Gradio"])
def test_a_title_alone_convinces_nobody(title: str) -> None:
    with RawServer(app(small_config(title, "3.50.2"))) as server:
        assert identified(rvc.BACKEND, server.url)[0] is None
        assert identified(audioldm.BACKEND, server.url)[0] is None


def fork_of(name: str) -> dict[str, Any]:
    """The program under another title."""
    return {**recording.config(name), "title": "Studio 7"}


@pytest.mark.parametrize("name", ["rvc-2.3", "rvc-2024"])
def test_a_fork_with_a_title_of_its_own_is_known_where_it_is_expected_and_nowhere_else(name: str) -> None:
    backend = backend_of(name)
    with ScriptedGradio(fork_of(name)) as server:
        assert identified(backend, server.url) == (None, 1)
        sighting = seen_at(server.url, [backend], expected=[backend.name])
        assert (sighting.service, sighting.info and sighting.info.complete) == (backend.name, True)
        assert seen_at(server.url, backends(), expected=["wan2gp"]).service is None
        with client_of(backend, server.url) as client:
            info = client.open()
            assert (info.program, info.complete) == (backend.label, True)
            assert client.check() == info
        assert server.requests["/config"] == 2


def test_another_program_is_asked_for_its_configuration_where_one_is_expected_and_stays_another() -> None:
    with ScriptedGradio({**OTHER_APP, "enable_queue": False}) as server:
        sighting = seen_at(server.url, [rvc.BACKEND], expected=["rvc"])
        assert (sighting.service, sighting.stranger) == (None, "Lab Gradio Server")
        for reply in (server.replies["/config"], BROKEN, UNAUTHORIZED, json_reply([])):
            server.replies["/config"] = reply
            with client_of(rvc.BACKEND, server.url) as client:
                error = caught(client.open)
            assert isinstance(error, WrongProgram)
            assert error.problem.parameter("found") == "Lab Gradio Server"


def test_who_stands_behind_a_log_in_is_not_guessed() -> None:
    with RawServer(app_behind_log_in("4.44.1")) as server:
        error = caught(lambda: identified(rvc.BACKEND, server.url))
    assert isinstance(error, Rejected)
    assert error.problem.code is ProblemCode.KEY_MISSING
    assert error.problem.parameter("login") == f"http://name:password@127.0.0.1:{server.port}"


# --- opening -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", APPS)
def test_open_reads_all_facts_and_the_configuration_once(name: str) -> None:
    with ScriptedGradio(recording.config(name)) as server, client_of(backend_of(name), server.url) as client:
        info = client.open()
        assert info.complete
        assert info.capabilities
        assert info.access is Access.OPEN
        assert info.queue == (None if name == "audioldm-2" else NOTHING_WAITS)
        client.restart_facts()
        assert client.read_facts() is None
        assert client.open_stream() is None
        for _ in range(50):
            assert client.check() == info
        assert server.requests["/config"] == server.requests["/"] == 1
        assert client.visitor.http.connects / client.visitor.http.requests_sent < 0.05


def test_nothing_is_asked_that_fails_with_a_traceback_in_the_users_window() -> None:
    for name, path in (("rvc-2.3", "/app_id"), ("audioldm-2", "/queue/status")):
        with ScriptedGradio(recording.config(name)) as server:
            with client_of(backend_of(name), server.url) as client:
                client.open()
                client.check()
            assert server.requests[path] == 0


def test_the_queue_is_what_waits_and_says_so() -> None:
    with talking(rvc.BACKEND, recording.config("rvc-2024")) as (server, client):
        client.open()
        server.replies["/queue/status"] = json_reply({"msg": "estimation", "queue_size": 3})
        assert client.check().queue == Queue(3, waiting_only=True)
        assert client.check().working


def test_a_queue_that_fails_although_it_is_announced_is_not_asked_for_again() -> None:
    with ScriptedGradio(recording.config("audioldm-1")) as server:
        server.replies["/queue/status"] = BROKEN
        with client_of(audioldm.BACKEND, server.url) as client:
            assert client.open().queue is None
            for _ in range(3):
                assert client.check().queue is None
        assert server.requests["/queue/status"] == 1


@pytest.mark.parametrize("answer", [None, [], {"queue_size": "x"}, {"queue_size": -1}, {"detail": "no"}])
def test_a_queue_that_makes_no_sense_is_an_error(answer: object) -> None:
    with talking(rvc.BACKEND, recording.config("rvc-2.3")) as (server, client):
        server.replies["/queue/status"] = json_reply(answer)
        assert caught(client.open).problem.code is ProblemCode.MALFORMED


def test_a_page_that_is_too_long_for_its_version_is_made_up_for_by_the_configuration() -> None:
    config = {**recording.config("audioldm-1"), "app_id": 7}
    with ScriptedGradio(config) as server, client_of(audioldm.BACKEND, server.url) as client:
        head = b'<meta property="og:url" content="https://gradio.app/" />'
        server.replies["/"] = Reply(head + b'<meta property="og:title" content="Gradio" />')
        assert client.open().version == "1"
        client.check()
        assert server.requests["/config"] == 1
        assert server.requests["/queue/status"] == 2


# --- another run ---------------------------------------------------------------------------------


def test_another_run_is_noticed_by_its_number_and_read_anew() -> None:
    with ScriptedGradio(recording.config("audioldm-1")) as server:
        with client_of(audioldm.BACKEND, server.url) as client:
            assert client.open().version == "1"
            server.become({**recording.config("audioldm-2"), "app_id": 2}, app_id=2)
            assert client.check().version == "2"
            assert client.check().version == "2"
        assert server.requests["/config"] == 2


def test_where_a_run_has_no_number_a_new_connection_is_a_new_run() -> None:
    with ScriptedGradio(with_voices("alto.pth")) as server:
        with client_of(rvc.BACKEND, server.url) as client:
            assert client.open().models == (("voices", ("alto.pth",)),)
            server.become(with_voices("alto.pth", "bass.pth"))
            assert client.check().models == (("voices", ("alto.pth",)),)
            client.visitor.http.close()
            client.drop()
            assert client.check().models == (("voices", ("alto.pth", "bass.pth")),)
        assert server.requests["/config"] == 2


def test_a_connection_that_the_server_closed_is_followed_by_the_same_question() -> None:
    with ScriptedGradio(with_voices("alto.pth")) as server, client_of(rvc.BACKEND, server.url) as client:
        client.open()
        server.replies["/queue/status"] = Reply(
            json_reply({"queue_size": 0}).body,
            content_type="application/json",
            headers=("Connection: close",),
        )
        client.check()
        server.become(with_voices("bass.pth"))
        assert client.check().models == (("voices", ("bass.pth",)),)


def test_a_program_that_takes_the_port_is_named() -> None:
    with talking(audioldm.BACKEND, recording.config("audioldm-1")) as (server, client):
        client.open()
        server.become(recording.config("rvc-2024"), app_id=2)
        error = caught(client.check)
        assert isinstance(error, WrongProgram)
        assert error.problem.parameter("found") == "RVC WebUI"
        server.replies = {"/": page("<title>Intruder</title>")}
        assert caught(client.check).problem.parameter("found") == "Intruder"
        server.become(recording.config("audioldm-2"), app_id=3)
        assert client.check().version == "2"


def test_the_right_page_with_the_configuration_of_another_program_is_another_program() -> None:
    with talking(rvc.BACKEND, recording.config("rvc-2.3")) as (server, client):
        server.replies["/config"] = json_reply(OTHER_APP)
        assert isinstance(caught(client.open), WrongProgram)


# --- a web server before the program -------------------------------------------------------------

NO_PASSWORD = page("<h1>401 Authorization Required</h1>", "401 Unauthorized", "WWW-Authenticate: Basic")
FORBIDDEN = page("<h1>403 Forbidden</h1>", "403 Forbidden")
BAD_GATEWAY = page("<title>502 Bad Gateway</title>", "502 Bad Gateway", "Server: nginx/1.22.1")


@pytest.mark.parametrize("reply", [NO_PASSWORD, FORBIDDEN], ids=["401", "403"])
@pytest.mark.parametrize("backend", [rvc.BACKEND, audioldm.BACKEND], ids=lambda backend: backend.name)
def test_a_password_before_the_program_is_asked_for_as_its_log_in_is(backend: Backend, reply: Reply) -> None:
    with RawServer(site({}, reply)) as server:
        for url, code in (
            (server.url, ProblemCode.KEY_MISSING),
            (server.url.replace("//", "//artist:geheim@"), ProblemCode.KEY_REJECTED),
        ):
            with client_of(backend, url) as client:
                problem = caught(client.open).problem
            assert problem.code is code
            assert problem.parameter("login") == f"http://name:password@127.0.0.1:{server.port}"
            assert "geheim" not in repr(problem)


@pytest.mark.parametrize("backend", [rvc.BACKEND, audioldm.BACKEND], ids=lambda backend: backend.name)
def test_a_web_server_that_does_not_reach_the_program_is_no_other_program(backend: Backend) -> None:
    with RawServer(site({}, BAD_GATEWAY)) as server, client_of(backend, server.url) as client:
        error = caught(client.open)
    assert isinstance(error, ServerFailed)
    assert error.problem.parameter("status") == 502


def test_while_the_program_behind_a_web_server_restarts_it_fails_and_is_back_afterwards() -> None:
    with talking(rvc.BACKEND, recording.config("rvc-2024")) as (server, client):
        client.open()
        server.replies = dict.fromkeys(server.replies, BAD_GATEWAY)
        assert isinstance(caught(client.check), ServerFailed)
        assert isinstance(caught(client.open), ServerFailed)
        server.become(recording.config("rvc-2024"), app_id=2)
        assert client.check().version == "2024"


# --- a configuration that can wait ---------------------------------------------------------------


def test_a_program_whose_page_is_proof_reads_its_configuration_later() -> None:
    config = {**recording.config("rvc-2024"), "version": "5.29.0", "api_prefix": "/gradio_api", "app_id": 9}
    with ScriptedGradio(config) as server:
        with client_of(big_page_program(config), server.url) as client:
            info = client.open()
            assert (info.complete, info.capabilities, info.queue) == (False, (), NOTHING_WAITS)
            assert server.requests["/config"] == 0
            facts = client.read_facts()
            assert facts is not None
            assert facts.complete
            assert facts.queue == NOTHING_WAITS
            assert client.read_facts() is None
            assert client.check() == facts
            server.become(config, app_id=10)
            assert not client.check().complete
            assert client.read_facts() is not None
        assert server.requests["/config"] == 2
        assert server.requests["/gradio_api/app_id"] == 2


def test_a_configuration_that_is_late_is_asked_for_once_more() -> None:
    config = {**recording.config("rvc-2024"), "version": "5.29.0", "api_prefix": "/gradio_api", "app_id": 9}
    with talking(big_page_program(config), config, Policy(check_timeout=1.0)) as (server, client):
        client.open()
        server.silent = {"/config"}
        info = client.read_facts()
        assert info is not None
        assert not info.complete
        assert isinstance(caught(client.read_facts), NoAnswer)
        server.become(config)
        client.restart_facts()
        facts = client.read_facts()
        assert facts is not None
        assert facts.complete


# --- hostile answers -----------------------------------------------------------------------------


def test_a_configuration_that_never_ends_is_cut_at_its_limit_and_in_time() -> None:
    sent = []

    def endless(sock: socket.socket) -> None:
        while head := read_head(sock):
            if b"GET / " in head:
                sock.sendall(server.replies["/"].wire())
            else:
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
                while True:
                    sock.sendall(b"1," * 32_768)
                    sent.append(65_536)

    server = ScriptedGradio(recording.config("audioldm-1"))
    with (
        RawServer(endless) as raw,
        client_of(audioldm.BACKEND, raw.url, Policy(check_timeout=LONG_TIMEOUT)) as client,
    ):
        with Stopwatch() as watch:
            assert caught(client.open).problem.code is ProblemCode.TOO_LARGE
        assert watch.seconds < 5.0
    assert sum(sent) < 2 * CONFIG_LIMIT


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(b"[" * 500_000, content_type="application/json"), ProtocolError),
        (Reply(b'{"version": 1e999, "components": ' + b"9" * 9_999 + b"}"), ProtocolError),
        (Reply(b"<html>"), ProtocolError),
        (json_reply([]), ProtocolError),
        (Reply(status="302 Found", headers=("Location: http://192.0.2.1/",)), ProtocolError),
        (BROKEN, ServerFailed),
        (json_reply({"detail": "Not authenticated"}, "401 Unauthorized"), Rejected),
    ],
)
def test_a_broken_configuration_is_an_error_of_ours(reply: Reply, kind: type[ServiceError]) -> None:
    with talking(rvc.BACKEND, recording.config("rvc-2024")) as (server, client):
        server.replies["/config"] = reply
        assert isinstance(caught(client.open), kind)
        server.become(recording.config("rvc-2024"))
        assert client.check().version == "2024"


def test_a_mute_server_ends_open_and_check_in_time() -> None:
    with talking(rvc.BACKEND, recording.config("rvc-2024"), Policy(check_timeout=1.0)) as (server, client):
        client.open()
        server.silent = {"/app_id"}
        with Stopwatch() as watch:
            assert isinstance(caught(client.check), NoAnswer)
        assert watch.seconds < 1.6


# --- log-in --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        json_reply({"success": True}),
        json_reply({"success": True}, "200 OK", "Set-Cookie: access-token=notthisone; Path=/"),
        json_reply({"detail": "Incorrect credentials."}, "400 Bad Request"),
        Reply(status="302 Found", headers=("Location: /",)),
    ],
)
def test_a_log_in_without_effect_is_rejected(reply: Reply) -> None:
    with ScriptedGradio(recording.config("rvc-2024")) as server:
        server.cookie = "access-token=abcdefgh1234"
        server.replies["/login"] = reply
        with client_of(rvc.BACKEND, server.url_with_password) as client:
            error = caught(client.open)
    assert isinstance(error, Rejected)
    assert error.problem.code is ProblemCode.KEY_REJECTED
    assert "geheim" not in repr(error.problem)


@pytest.mark.parametrize("status", ["302 Found", "200 OK"])
def test_the_cookie_of_a_log_in_comes_back_and_no_other(status: str) -> None:
    cookies = (
        "Set-Cookie: access-token=abcdefgh1234; HttpOnly; Path=/",
        "Set-Cookie: tracking=yes; expires=Sat, 21 Nov 2026 03:00:00 GMT",
        "Set-Cookie: access-token-unsecure=abcdefgh1234; HttpOnly",
    )
    with ScriptedGradio(recording.config("rvc-2.3")) as server:
        server.cookie = "access-token=abcdefgh1234"
        server.replies["/login"] = Reply(status=status, headers=("Location: /", *cookies))
        with client_of(rvc.BACKEND, server.url_with_password) as client:
            info = client.open()
            assert (info.version, info.access) == ("2.3 (2026)", Access.ACCEPTED)
            client.check()
        sent = {line for head in server.heads for line in head.split(b"\r\n") if line.startswith(b"Cookie")}
        assert sent == {b"Cookie: access-token=abcdefgh1234; access-token-unsecure=abcdefgh1234"}
        assert server.requests["/login"] == 1


def test_a_run_that_forgot_the_visitor_is_signed_in_to_anew() -> None:
    with ScriptedGradio(recording.config("rvc-2024")) as server:
        server.cookie = "access-token=abcdefgh1234"
        server.replies["/login"] = json_reply({}, "200 OK", f"Set-Cookie: {server.cookie}; Path=/")
        with client_of(rvc.BACKEND, server.url_with_password) as client:
            client.open()
            server.cookie = "access-token=ijklmnop5678"
            server.replies["/login"] = json_reply({}, "200 OK", f"Set-Cookie: {server.cookie}; Path=/")
            assert client.check().access is Access.ACCEPTED
            server.cookie = ""
            server.become(recording.config("rvc-2024"), app_id=2)
            assert client.check().access is Access.OPEN


def test_facts_are_an_info_of_the_core() -> None:
    with ScriptedGradio(recording.config("rvc-2.3")) as server:
        info, _ = identified(rvc.BACKEND, server.url)
    assert isinstance(info, ServiceInfo)
    assert info.complete
    with RawServer(site({}, json_reply({"detail": "Not Found"}, "404 Not Found"))) as plain:
        assert identified(rvc.BACKEND, plain.url) == (None, 1)
