"""Real servers and real settings: who is contacted, and who is shown a key.

The guard of tests/conftest fails every test that looks up a name or leaves this machine.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from movie_director.backends.litellm import BACKEND as LITELLM
from movie_director.core.endpoint import Credentials, parse_endpoint
from movie_director.core.errors import ConfigError, ProblemCode
from movie_director.core.keyring import Key, Origin
from movie_director.core.model import State
from movie_director.core.settings import ServiceSettings, Settings
from movie_director.core.snapshot import ServiceStatus, Snapshot
from movie_director.runtime.application import Application
from movie_director.runtime.discovery import survey
from movie_director.runtime.paths import Folders
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT, eventually
from tests.http_kit import answer, serve
from tests.ports import FreePort
from tests.servers.litellm.protocol import LiteLLMServer, Reply, json_reply
from tests.servers.litellm.setups import Setup
from tests.servers.plain import RawServer, read_head
from tests.servers.tls import AUTHORITY, under_tls
from tests.watching import BRISK, Watching

KEY = "sk-canary-0123456789"
STATS = b'{"system": {"comfyui_version": "0.33.0"}, "devices": []}'


@contextmanager
def running(
    home: Path, environment: Mapping[str, str] | None = None, project: str = ""
) -> Iterator[Application]:
    """An application that watches LiteLLM, with its files in `home` and a project that names this address."""
    application = Application(
        home=Folders(home, home), environment=environment or {}, backends=[LITELLM], policy=BRISK
    )
    if project:
        application.settings.set_project({"litellm": {"url": project}})
    application.start()
    try:
        yield application
    finally:
        assert application.stop(LONG_TIMEOUT)


def until(application: Application, wanted: Callable[[ServiceStatus], bool]) -> Snapshot:
    """The first snapshot whose row is as wanted."""
    snapshot = application.board.snapshot()
    while snapshot is None or not wanted(snapshot.services["litellm"]):
        seen = -1 if snapshot is None else snapshot.version
        snapshot = application.board.wait(seen, LONG_TIMEOUT)
        assert snapshot is not None, f"not within {LONG_TIMEOUT:g} s: {application.board.snapshot()}"
    return snapshot


def connected(row: ServiceStatus) -> bool:
    return row.state is State.CONNECTED


def failed_with(code: ProblemCode) -> Callable[[ServiceStatus], bool]:
    return lambda row: row.state is State.FAILED and row.problem is not None and row.problem.code is code


def sent_keys(server: LiteLLMServer) -> set[str]:
    return {value for _, value in server.keys}


# --- whose key goes where -----------------------------------------------------------------------------------


def test_a_key_goes_to_the_address_it_was_entered_for_and_follows_no_project(tmp_path: Path) -> None:
    """Two programs on one computer, one of which a .blend has chosen."""
    with LiteLLMServer(setup=Setup(KEY)) as own, LiteLLMServer(setup=Setup(KEY)) as other:
        with running(tmp_path) as application:
            application.settings.set_key("litellm", Origin.parse(own.url), Key(KEY))
            application.settings.set_project({"litellm": {"url": other.url}})
            until(application, failed_with(ProblemCode.KEY_MISSING))
            application.settings.set_project({"litellm": {"url": own.url.replace("127.0.0.1", "localhost")}})
            until(application, connected)
        assert (sent_keys(own), sent_keys(other)) == ({f"Bearer {KEY}"}, set())
        with running(tmp_path, project=own.url) as again:
            until(again, connected)
            assert again.settings.newest.keys == (("litellm", Origin.parse(own.url)),)
            again.settings.forget_key("litellm", Origin.parse(own.url))
            until(again, failed_with(ProblemCode.KEY_MISSING))
    assert KEY not in "".join(each.read_text("utf-8") for each in tmp_path.glob("*.json"))


def test_the_key_of_the_environment_goes_to_no_address_that_only_a_project_names(tmp_path: Path) -> None:
    with LiteLLMServer(setup=Setup(KEY)) as named, LiteLLMServer(setup=Setup(KEY)) as other:
        environment = {"MOVIE_DIRECTOR_LITELLM_API_KEY": KEY}
        with running(tmp_path, environment, project=other.url) as application:
            until(application, failed_with(ProblemCode.KEY_MISSING))
            application.settings.set_value("litellm", "url", named.url)
            application.settings.set_project(None)
            until(application, connected)
        assert (sent_keys(named), sent_keys(other)) == ({f"Bearer {KEY}"}, set())


def test_name_and_password_of_an_address_are_kept_apart_from_it(tmp_path: Path) -> None:
    with running(tmp_path) as application:
        application.settings.set_value("litellm", "url", "http://ada:canary-pw@127.0.0.1:4000")
        view = application.settings.newest
        assert view.effective.get("litellm", "url").value == "http://127.0.0.1:4000"
        assert "canary" not in repr(view)
        key = view.settings.of("litellm").key_for(parse_endpoint("http://localhost:4000"), (4000,))
        assert key.credentials == Credentials("ada", "canary-pw")
    assert "canary" not in (tmp_path / "settings.json").read_text()
    assert "canary-pw" in (tmp_path / "secrets.json").read_text()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("path", ["/health/liveliness", "/v1/models", "/health/readiness", "/model/info"])
def test_no_redirect_is_followed_to_another_port(tmp_path: Path, status: int, path: str) -> None:
    """From this computer to this computer, which is the nearest that a test can come to outside."""
    with RawServer(serve(answer())) as outside, LiteLLMServer(setup=Setup(KEY)) as server:
        moved = Redirect(status, b"", location=f"http://127.0.0.1:{outside.port}/x")
        server.faults.replies[path] = moved
        with running(tmp_path) as application:
            application.settings.set_key("litellm", Origin.parse(server.url), Key(KEY))
            application.settings.set_value("litellm", "url", server.url)
            eventually(lambda: server.requests[path] > 0)
            until(application, lambda row: row.last_attempt_at is not None and not row.attempting)
        assert outside.accepted == 0


class Redirect(Reply):
    """A reply that points elsewhere."""

    location: str

    def __init__(self, status: int, body: bytes, location: str) -> None:
        super().__init__(status, body, f"text/plain\r\nLocation: {location}")


def test_a_key_that_a_server_sends_back_is_shown_and_kept_nowhere(tmp_path: Path) -> None:
    """As the name of a model, which is shown, published and remembered on disk."""
    with LiteLLMServer(setup=Setup(KEY, added={f"model-{KEY}": "openai/x"})) as server:
        with running(tmp_path) as application:
            application.settings.set_key("litellm", Origin.parse(server.url), Key(KEY))
            application.settings.set_value("litellm", "url", server.url)
            snapshot = until(application, lambda row: connected(row) and bool(row.info and row.info.complete))
            names = [model.name for model in snapshot.services["litellm"].info.language_models]  # type: ignore[union-attr]
            assert "model-•••" in names
            assert KEY not in repr(snapshot)
        assert KEY not in (tmp_path / "remembered.json").read_text()


def test_a_key_that_an_error_repeats_is_not_shown(tmp_path: Path) -> None:
    with LiteLLMServer(setup=Setup(KEY)) as server:
        server.faults.replies["/v1/models"] = json_reply(
            {"error": {"message": f"no {KEY}", "type": KEY}}, 500
        )
        with running(tmp_path) as application:
            application.settings.set_key("litellm", Origin.parse(server.url), Key(KEY))
            application.settings.set_value("litellm", "url", server.url)
            snapshot = until(application, lambda row: row.last_attempt_at is not None and not row.attempting)
            assert KEY not in repr(snapshot)


# --- who is contacted ---------------------------------------------------------------------------------------

STRANGERS = [
    "http://render.example:4000",
    "https://studio.local",
    "http://10.1.2.3:4000",
    "http://169.254.169.254",
]


@pytest.mark.parametrize("url", STRANGERS)
def test_a_project_makes_us_contact_nobody_unasked(tmp_path: Path, url: str) -> None:
    """Not by watching, not by a retry, a look around or a test: not even the name is looked up."""
    with running(tmp_path, project=url) as application:
        until(application, failed_with(ProblemCode.NOT_ALLOWED))
        application.retry_now("litellm")
        application.discover([])
        key = application.test("litellm")
        snapshot = application.board.snapshot()
        while snapshot is None or not (
            snapshot.tests[key].finished and snapshot.discovery and snapshot.discovery.finished
        ):
            seen = -1 if snapshot is None else snapshot.version
            snapshot = application.board.wait(seen, LONG_TIMEOUT)
        told = snapshot.tests[key].problem
        assert told is not None
        assert told.code is ProblemCode.NOT_ALLOWED


def test_consent_once_and_for_good(tmp_path: Path) -> None:
    """The address is one for documentation: to contact it fails at once, which shows that it was tried."""
    url, origin = "http://192.0.2.1:4000", Origin.parse("http://192.0.2.1:4000")

    def tried(row: ServiceStatus) -> bool:
        return row.problem is not None and row.problem.code is ProblemCode.NO_ROUTE

    with running(tmp_path, project=url) as application:
        until(application, failed_with(ProblemCode.NOT_ALLOWED))
        application.settings.trust.allow(origin, always=False)
        until(application, tried)
    with running(tmp_path, project=url) as application:
        until(application, failed_with(ProblemCode.NOT_ALLOWED))
        application.settings.trust.allow(origin, always=True)
        until(application, tried)
    with running(tmp_path, project=url) as application:
        until(application, tried)
        assert application.settings.newest.consent.always == {origin}
        application.settings.trust.revoke(origin)
        until(application, failed_with(ProblemCode.NOT_ALLOWED))
    assert json.loads((tmp_path / "consent.json").read_text())["always"] == []


@pytest.mark.parametrize("by_project", [False, True])
def test_consent_to_one_address_opens_no_other_of_that_computer(by_project: bool) -> None:
    """A look around tries the usual ports where the user has a service, not where only a project has one."""
    settings = ServiceSettings(url="http://192.0.2.1:4000", by_project=by_project)
    sockets = SocketFactory("test")
    reports = list(survey(Settings().with_service("litellm", settings), [LITELLM], sockets, ["192.0.2.2"]))
    alone = list(survey(Settings(), [LITELLM], sockets, ["192.0.2.2"]))
    sockets.close()
    more = reports[-1].addresses_tried - alone[-1].addresses_tried
    assert more == 1 if by_project else more > 1


def test_a_key_that_cannot_be_sent_is_refused_without_repeating_it(tmp_path: Path) -> None:
    with running(tmp_path) as application:
        for key in (
            Key("canary\nkey"),
            Key("canary" * 1000),
            Key(credentials=Credentials("a", "canary\x00")),
        ):
            with pytest.raises(ConfigError) as caught:
                application.settings.set_key("litellm", Origin.parse("http://localhost:4000"), key)
            assert "canary" not in str(caught.value) + repr(caught.value.problem)
        assert application.settings.newest.keys == ()


# --- TLS ----------------------------------------------------------------------------------------------------


def test_a_certificate_of_the_users_own_network(tmp_path: Path) -> None:
    """Refused until its authority is named; then it serves watching, look around and test alike."""
    with (
        RawServer(under_tls(serve(answer(STATS)))) as server,
        Watching(f"https://localhost:{server.port}") as watching,
    ):
        row = watching.until_state(State.FAILED)
        assert row.problem is not None
        assert row.problem.code is ProblemCode.CERTIFICATE_UNKNOWN
        watching.change(ca_file=AUTHORITY)
        watching.until_state(State.CONNECTED)
        assert watching.until_tested("comfyui").passed
        watching.manager.discover([])
        snapshot = watching.until_snapshot(
            lambda each: each.discovery is not None and each.discovery.finished
        )
        assert snapshot.discovery is not None
        assert [each.service for each in snapshot.discovery.sightings] == ["comfyui"]


def test_https_never_becomes_http(free_port: FreePort) -> None:
    """A server that speaks HTTP where https was named hears a greeting of TLS, and nothing of ours."""
    heard: list[bytes] = []

    def listen(sock: socket.socket) -> None:
        heard.append(sock.recv(4096))
        sock.sendall(answer(STATS))

    port = free_port()
    with (
        RawServer(listen, port=port),
        Watching(f"https://user:canary@127.0.0.1:{port}") as watching,
    ):
        row = watching.until_state(State.FAILED)
        assert row.problem is not None
        assert row.problem.code is ProblemCode.NEEDS_HTTP
        watching.manager.retry_now()
        watching.until(lambda each: each.last_attempt_at != row.last_attempt_at and not each.attempting)
    assert len(heard) >= 2
    assert all(each[:1] == b"\x16" for each in heard if each), "only greetings of TLS"


def test_a_dead_address_of_this_computer_is_no_hole(tmp_path: Path) -> None:
    """What a project may name: this computer. What is asked there brings no key and only reads."""
    heads: list[bytes] = []

    def note(sock: socket.socket) -> None:
        while head := read_head(sock):
            heads.append(head)
            sock.sendall(answer(b"not LiteLLM"))

    with RawServer(note) as server:
        environment = {"MOVIE_DIRECTOR_LITELLM_API_KEY": KEY}
        with running(tmp_path, environment, project=f"{server.url}/admin/delete") as application:
            until(application, failed_with(ProblemCode.WRONG_PROGRAM))
    assert heads
    assert all(head.startswith(b"GET ") for head in heads)
    assert not any(b"authorization" in head.lower() or b"canary" in head for head in heads)
