# SPDX-License-Identifier: GPL-3.0-or-later
"""The LiteLLM backend against the stand-in of both releases: let in or not, read, watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from movie_director.backends.base import Surroundings
from movie_director.backends.litellm.client import LiteLLMClient
from movie_director.core.endpoint import Credentials, parse_endpoint
from movie_director.core.errors import (
    ConnectionLost,
    NoAnswer,
    ProblemCode,
    Rejected,
    ServerFailed,
    ServiceError,
    Unreachable,
    WrongProgram,
)
from movie_director.core.facts import Access, LanguageModel, ServiceInfo
from movie_director.core.settings import Policy
from movie_director.transport.sockets import SocketFactory

from tests.litellm_kit import seen_at
from tests.servers.comfyui_backend import answering, caught
from tests.servers.litellm.protocol import PAID, LiteLLMServer, Reply, json_reply
from tests.servers.litellm.recordings import VERSIONS
from tests.servers.litellm.setups import MASTER_KEY, MODELS, SETUPS, Setup
from tests.servers.password_gate import PasswordGate
from tests.servers.plain import RawServer
from tests.stopwatch import Stopwatch

Connect = Callable[..., LiteLLMClient]
OPEN = SETUPS["open"]


@pytest.fixture(params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[LiteLLMServer]:
    with LiteLLMServer(request.param) as running:
        yield running
        assert running.requests[PAID] == 0, "that would have cost money"
        assert running.requests["/openapi.json"] == 0


@pytest.fixture
def connect() -> Iterator[Connect]:
    made: list[tuple[LiteLLMClient, SocketFactory]] = []

    def connect(url: str, api_key: str = "", policy: Policy | None = None, **options: Any) -> LiteLLMClient:
        sockets = SocketFactory("test")
        place = Surroundings(parse_endpoint(url), sockets, policy or Policy(), api_key=api_key, **options)
        made.append((LiteLLMClient(place), sockets))
        return made[-1][0]

    yield connect
    for client, sockets in made:
        client.close()
        assert sockets.open_count == 0, "close() left a socket open"
        sockets.close()


def read_all(client: LiteLLMClient) -> ServiceInfo:
    """What is known when nothing is left to read, after a refresh."""
    client.check()
    for _ in range(2):  # the first follows the connect, and finds everything read
        client.restart_facts()
        infos = list(iter(client.read_facts, None))
    return infos[-1]


def version_of(server: LiteLLMServer) -> str:
    return VERSIONS[server.version]


# --- being let in -------------------------------------------------------------------------------------------


def test_the_right_key_opens_and_everything_is_read(server: LiteLLMServer, connect: Connect) -> None:
    client = connect(server.url, MASTER_KEY)
    opened = client.open()
    assert (opened.program, opened.version) == ("LiteLLM", version_of(server))
    assert opened.access is Access.ACCEPTED
    assert opened.complete
    assert opened.language_models == (
        LanguageModel("story-writer", "openai"),
        LanguageModel("story-critic", "anthropic"),
        LanguageModel("translator", "gemini"),
        LanguageModel("local-llama", "ollama"),
        LanguageModel("nobody-knows", "openai"),
    )
    assert "MISTRAL_API_KEY" in opened.variables
    assert "OPENAI_API_KEY" not in opened.variables
    assert [each.makes for each in opened.capabilities] == ["text"]
    client.restart_facts()
    assert client.read_facts() is None
    assert (server.requests["/v1/models"], server.requests["/model/info"]) == (1, 1)


def test_a_proxy_without_a_key_is_open(server: LiteLLMServer, connect: Connect) -> None:
    server.setup = OPEN
    client = connect(server.url)
    assert client.open().access is Access.OPEN
    assert client.open().version == version_of(server)
    assert len(read_all(client).language_models) == len(MODELS)
    assert server.keys == []


def test_a_missing_key_is_said_and_what_is_known_is_kept(server: LiteLLMServer, connect: Connect) -> None:
    error = caught(connect(server.url).open)
    assert isinstance(error, Rejected)
    assert error.problem.code is ProblemCode.KEY_MISSING
    assert error.info is not None
    assert error.info.program == "LiteLLM"
    assert error.info.version == ("1.60.0" if server.version == "1.60" else "")


def test_a_proxy_with_prisma_asks_for_a_key_in_words(connect: Connect) -> None:
    with LiteLLMServer(has_prisma=True) as server:
        assert caught(connect(server.url).open).problem.code is ProblemCode.KEY_MISSING
        assert server.requests["/health/readiness/details"] == 0


@pytest.mark.parametrize("key", ["sk-wrong", "geheim"])
def test_a_wrong_key_is_rejected_and_never_repeated(
    server: LiteLLMServer, connect: Connect, key: str
) -> None:
    error = caught(connect(server.url, key).open)
    assert isinstance(error, Rejected)
    assert error.problem.code is ProblemCode.KEY_REJECTED
    assert key not in repr(error.problem)
    assert key not in str(error)


def test_the_key_goes_only_to_the_addresses_that_want_it(server: LiteLLMServer, connect: Connect) -> None:
    client = connect(server.url, MASTER_KEY)
    client.open()
    read_all(client)
    client.check()
    assert {value for _, value in server.keys} == {f"Bearer {MASTER_KEY}"}
    assert {path for path, _ in server.keys} <= {"/v1/models", "/model/info", "/health/readiness/details"}


@pytest.mark.parametrize("passes_on", [False, True])
def test_the_key_is_sent_beside_the_password_of_a_web_server(
    server: LiteLLMServer, connect: Connect, passes_on: bool
) -> None:
    """1.60 takes a password that is handed on to it for the key, wherever the key is."""
    with PasswordGate(server.port, passes_on=passes_on) as gate:
        credentials = Credentials(gate.USER, gate.PASSWORD)
        client = connect(gate.url, MASTER_KEY, credentials=credentials)
        if passes_on and server.version == "1.60":
            assert caught(client.open).problem.code is ProblemCode.KEY_REJECTED
            return
        assert client.open().access is Access.ACCEPTED
        assert read_all(client).language_models
        wrong = caught(connect(gate.url, "sk-wrong", credentials=credentials).open)
        assert wrong.problem.code is ProblemCode.KEY_REJECTED


@pytest.mark.parametrize(
    "reply",
    [
        json_reply({"error": {"message": "", "type": "no_db_connection", "code": "503"}}, 503),
        Reply(502, b"<h1>Bad Gateway</h1>", "text/html"),
        Reply(500, b"Internal Server Error", "text/plain"),
        Reply(200, b"<title>Welcome to the library</title>", "text/html"),
        json_reply({"detail": "Not Found"}, 404),
    ],
)
def test_an_answer_about_something_else_leaves_the_key_unchecked(
    server: LiteLLMServer, connect: Connect, reply: Reply
) -> None:
    server.faults.replies["/v1/models"] = reply
    client = connect(server.url, MASTER_KEY)
    info = client.open()
    assert (info.access, info.language_models) == (Access.NOT_CHECKED, ())
    server.faults.replies.clear()
    info = client.check()
    assert info.access is Access.ACCEPTED
    assert len(info.language_models) == len(MODELS)


def test_a_crash_of_an_open_proxy_is_no_missing_key(connect: Connect) -> None:
    with LiteLLMServer("1.106", OPEN) as server:
        server.faults.replies["/v1/models"] = Reply(500, b"Internal Server Error", "text/plain")
        info = connect(server.url).open()
        assert (info.access, info.version) == (Access.NOT_CHECKED, "1.106.2")


def test_a_password_before_the_proxy(server: LiteLLMServer, connect: Connect) -> None:
    server.setup = OPEN
    connect(server.url, credentials=Credentials("artist", "geheim")).open()
    assert {value for _, value in server.keys} == {"Basic YXJ0aXN0OmdlaGVpbQ=="}


# --- watching -----------------------------------------------------------------------------------------------


def test_checks_are_one_small_request_on_one_connection(server: LiteLLMServer, connect: Connect) -> None:
    client = connect(server.url, MASTER_KEY)
    client.open()
    connections, lists = server.accepted, server.requests["/v1/models"]
    for _ in range(14):
        client.check()
    assert server.requests["/v1/models"] == lists
    assert server.accepted == connections
    client.check()
    assert server.requests["/v1/models"] == lists + 1


def test_a_key_that_is_withdrawn_is_noticed(server: LiteLLMServer, connect: Connect) -> None:
    client = connect(server.url, MASTER_KEY)
    client.open()
    server.setup = Setup(master_key="sk-another")

    def check_often() -> None:
        for _ in range(15):
            client.check()

    assert caught(check_often).problem.code is ProblemCode.KEY_REJECTED


def test_a_model_that_is_added_is_noticed_with_its_provider(server: LiteLLMServer, connect: Connect) -> None:
    client = connect(server.url, MASTER_KEY)
    client.open()
    read_all(client)
    server.setup = replace(server.setup, added={"poet": "mistral/mistral-large"})
    for _ in range(15):
        info = client.check()
    assert info.language_models[-1] == LanguageModel("poet", "mistral")
    assert "MISTRAL_API_KEY" not in info.variables


def test_a_refresh_reads_the_models_again(server: LiteLLMServer, connect: Connect) -> None:
    client = connect(server.url, MASTER_KEY)
    client.open()
    read_all(client)
    server.setup = replace(server.setup, with_models=False)
    client.restart_facts()
    assert not client.check().complete
    assert read_all(client).language_models == ()


def test_details_that_are_late_are_left_for_later(server: LiteLLMServer, connect: Connect) -> None:
    client = connect(server.url, MASTER_KEY, Policy(check_timeout=1.0))
    server.faults.late["/model/info"] = 60.0
    opened = client.open()
    assert not opened.complete
    assert {model.name for model in opened.language_models} == set(MODELS)
    server.faults.late.clear()
    client.restart_facts()
    read = client.read_facts()
    assert read is not None
    assert read.complete
    assert read.language_models[0] == LanguageModel("story-writer", "openai")


def test_a_proxy_that_shuts_down_says_so(server: LiteLLMServer, connect: Connect) -> None:
    client = connect(server.url, MASTER_KEY)
    client.open()
    server.faults.replies["/health/liveliness"] = json_reply({"status": "shutting_down"}, 503)
    assert isinstance(caught(client.check), ServerFailed)


def test_a_killed_proxy_is_refused_and_comes_back(server: LiteLLMServer, connect: Connect) -> None:
    client = connect(server.url, MASTER_KEY)
    client.open()
    server.kill()
    assert isinstance(caught(client.check), (Unreachable, ConnectionLost))
    assert caught(client.check).problem.code is ProblemCode.REFUSED
    server.start()
    assert client.check().version == version_of(server)


def test_a_mute_proxy_ends_open_and_check_in_time(server: LiteLLMServer, connect: Connect) -> None:
    client = connect(server.url, MASTER_KEY, Policy(check_timeout=1.0))
    client.open()
    server.faults.mute = True
    for call in (client.check, client.open):
        with Stopwatch() as watch:
            assert isinstance(caught(call), NoAnswer)
        assert watch.seconds < 1.6


def test_a_program_that_takes_the_port_is_noticed(server: LiteLLMServer, connect: Connect) -> None:
    client = connect(server.url, MASTER_KEY)
    client.open()
    port = server.port
    server.kill()
    page = answering(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", b"<title>Intruder</title>")
    with RawServer(page, port=port):
        error = caught(client.check)
        client.drop()
    assert isinstance(error, WrongProgram)
    assert error.problem.parameter("found") == "Intruder"


def test_a_proxy_that_answers_nonsense_is_no_other_program(server: LiteLLMServer, connect: Connect) -> None:
    server.faults.replies["/health/liveliness"] = json_reply({"status": "ok"})
    assert caught(connect(server.url, MASTER_KEY).open).problem.code is ProblemCode.MALFORMED


# --- hostile answers ----------------------------------------------------------------------------------------

HOSTILE = {
    "huge": Reply(200, b'{"data": [' + b'{"id": "m"},' * 900_000 + b'{"id": "m"}]}'),
    "deep": Reply(200, b"[" * 100_000),
    "not UTF-8": Reply(200, b'{"data": [{"id": "gr\xf6\xdfe"}]}'),
    "empty": Reply(200, b""),
    "null": Reply(200, b"null"),
    "many": json_reply({"data": [{"id": f"m{number}"} for number in range(50_000)]}),
}


@pytest.mark.faults
@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(
    "path", ["/v1/models", "/model/info", "/health/readiness", "/health/readiness/details"]
)
def test_hostile_answers_are_bounded_in_size_and_time(
    server: LiteLLMServer, connect: Connect, path: str, kind: str
) -> None:
    server.faults.replies[path] = HOSTILE[kind]
    client = connect(server.url, MASTER_KEY)
    with Stopwatch() as watch:
        client.open()
        info = read_all(client)
    assert watch.seconds < 6.0
    assert info.program == "LiteLLM"
    assert len(info.language_models) <= 5_000
    if path != "/v1/models":
        assert {model.name for model in info.language_models} == set(MODELS)


def test_a_list_that_is_too_long_is_left_but_proves_the_key(connect: Connect) -> None:
    with LiteLLMServer() as server:
        server.faults.replies["/v1/models"] = HOSTILE["huge"]
        assert len(HOSTILE["huge"].body) > 10_000_000
        info = connect(server.url, MASTER_KEY).open()
        assert (info.access, info.language_models) == (Access.ACCEPTED, ())


@pytest.mark.faults
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_liveliness_is_another_program_or_nonsense(
    server: LiteLLMServer, connect: Connect, kind: str
) -> None:
    server.faults.replies["/health/liveliness"] = HOSTILE[kind]
    error = caught(connect(server.url, MASTER_KEY).open)
    assert isinstance(error, ServiceError)
    assert error.problem.code in (ProblemCode.MALFORMED, ProblemCode.TOO_LARGE)
    assert seen_at(server.url).service is None
