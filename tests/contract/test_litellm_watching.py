# SPDX-License-Identifier: GPL-3.0-or-later
"""One worker against the stand-in for LiteLLM: keys missing, wrong, right and withdrawn; killed and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from movie_director.backends.litellm import BACKEND
from movie_director.core.diagnosis import Layer, Verdict
from movie_director.core.endpoint import Endpoint
from movie_director.core.errors import ProblemCode
from movie_director.core.facts import Access
from movie_director.core.llm import KeyState
from movie_director.core.model import Health, State, Stream
from movie_director.core.presentation import row as texts_of
from movie_director.core.snapshot import ServiceStatus

from tests.litellm_kit import llm_of
from tests.ports import FreePort
from tests.servers.litellm.protocol import PAID, LiteLLMServer, Reply, json_reply
from tests.servers.litellm.recordings import VERSIONS
from tests.servers.litellm.setups import MASTER_KEY, MODELS, SETUPS, Setup
from tests.watching import BRISK, Watching


@pytest.fixture(params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[LiteLLMServer]:
    with LiteLLMServer(request.param) as running:
        yield running
        assert running.requests[PAID] == 0


def watching_litellm(url: str, api_key: str = "", **options: object) -> Watching:
    watching = Watching(url, service="litellm", **options)  # type: ignore[arg-type]
    if api_key:
        watching.enter_key(api_key)
    return watching


def failed(row: ServiceStatus) -> bool:
    return row.state is State.FAILED


def test_the_right_key_makes_the_llm_integration_configured(server: LiteLLMServer) -> None:
    with watching_litellm(server.url, MASTER_KEY) as watching:
        row = watching.until_connected()
        assert (row.health, row.stream, row.problem) == (Health.READY, Stream.NONE, None)
        assert row.info is not None
        assert (row.info.version, row.info.access) == (VERSIONS[server.version], Access.ACCEPTED)
        llm = llm_of(watching)
        assert (llm.configured, llm.key, llm.active_model) == (True, KeyState.ACCEPTED, "story-writer")
        assert [model.name for model in llm.models] == list(MODELS)
        assert llm.providers == ("openai", "anthropic", "gemini", "ollama")


def test_a_proxy_is_found_at_a_usual_port(server: LiteLLMServer, free_port: FreePort) -> None:
    server.setup = SETUPS["open"]
    backend = replace(BACKEND, default_ports=(free_port(), server.port))
    with watching_litellm("", backends=[backend]) as watching:
        assert watching.until_connected().endpoint == Endpoint("http", "127.0.0.1", server.port)
        assert llm_of(watching).key is KeyState.NOT_NEEDED


def test_a_proxy_that_wants_a_key_stays_shown_as_what_it_is_until_it_gets_one(server: LiteLLMServer) -> None:
    with watching_litellm(server.url) as watching:
        row = watching.until(failed)
        assert row.problem is not None
        assert row.problem.code is ProblemCode.KEY_MISSING
        assert row.info is not None
        assert row.info.program == "LiteLLM"
        assert texts_of(row, 0.0).version == ("1.60.0" if server.version == "1.60" else "")
        assert llm_of(watching).key is KeyState.MISSING
        watching.enter_key("sk-wrong")
        watching.until(lambda row: failed(row) and row.problem is not None and "rejected" in row.problem.code)
        assert llm_of(watching).key is KeyState.REJECTED
        watching.enter_key(MASTER_KEY)
        watching.until_connected()
        assert llm_of(watching).configured


@pytest.mark.slow
def test_a_key_that_is_withdrawn_calls_for_the_user(server: LiteLLMServer) -> None:
    with watching_litellm(server.url, MASTER_KEY) as watching:
        watching.until_connected()
        server.setup = Setup(master_key="sk-another")
        row = watching.until(failed)
        assert row.problem is not None
        assert row.problem.code is ProblemCode.KEY_REJECTED
        assert not llm_of(watching).configured


def test_a_proxy_without_models_is_ready_but_not_configured(server: LiteLLMServer) -> None:
    server.setup = SETUPS["empty"]
    with watching_litellm(server.url, MASTER_KEY) as watching:
        assert watching.until_connected().health is Health.READY
        llm = llm_of(watching)
        assert (llm.configured, llm.key) == (False, KeyState.ACCEPTED)
        assert llm.reason is not None
        assert llm.reason.code is ProblemCode.NO_MODELS
        assert "OPENAI_API_KEY" in llm.variables


@pytest.mark.faults
def test_a_killed_proxy_is_missed_and_found_again(server: LiteLLMServer) -> None:
    with watching_litellm(server.url, MASTER_KEY) as watching:
        for _ in range(3):
            watching.until_connected()
            server.kill()
            watching.until(lambda row: row.state in (State.RECONNECTING, State.SUSPENDED))
            assert not llm_of(watching).configured
            server.start()
        watching.until_connected()
        assert llm_of(watching).configured


@pytest.mark.slow
@pytest.mark.faults
def test_a_mute_proxy_is_lost_and_found_again(server: LiteLLMServer) -> None:
    with watching_litellm(server.url, MASTER_KEY) as watching:
        watching.until_connected()
        server.faults.mute = True
        row = watching.until(lambda row: row.state is not State.CONNECTED)
        assert row.problem is not None
        assert row.problem.code is ProblemCode.NO_ANSWER
        server.faults.mute = False
        server.restart()
        watching.until_connected()


def test_the_connection_test_tells_a_missing_key_from_a_missing_program(server: LiteLLMServer) -> None:
    with watching_litellm(server.url) as watching:
        told = watching.until_tested("litellm")
        verdicts = {result.layer: result.verdict for result in told.layers}
        assert verdicts[Layer.PROGRAM] is Verdict.PASSED
        assert verdicts[Layer.CREDENTIALS] is Verdict.FAILED
        assert told.problem is not None
        assert told.problem.code is ProblemCode.KEY_MISSING
        watching.enter_key(MASTER_KEY)
        assert watching.until_tested("litellm").passed


@pytest.mark.parametrize("key", [MASTER_KEY, ""])
def test_the_connection_test_warns_where_the_proxy_does_not_say_whether_the_key_is_right(
    server: LiteLLMServer, key: str
) -> None:
    server.faults.replies["/v1/models"] = Reply(502, b"<h1>Bad Gateway</h1>", "text/html")
    with watching_litellm(server.url, key) as watching:
        told = watching.until_tested("litellm")
        assert told.passed
        (access,) = (result for result in told.layers if result.layer is Layer.CREDENTIALS)
        assert access.verdict is Verdict.WARNING
        assert told.problem is access.problem is not None
        assert told.problem.code is ProblemCode.KEY_NOT_CHECKED
        watching.until_connected()
        llm = llm_of(watching)
        assert (llm.key, llm.reason and llm.reason.code) == (KeyState.NOT_CHECKED, told.problem.code)


def test_a_program_that_only_lists_models_is_not_connected() -> None:
    with LiteLLMServer(setup=SETUPS["open"]) as stranger:
        stranger.faults.replies.update(
            {
                "/": Reply(200, b"Ollama is running", "text/plain"),
                "/health/liveliness": json_reply({"detail": "Not Found"}, 404),
                "/v1/models": json_reply({"object": "list", "data": [{"id": "llama3", "object": "model"}]}),
            }
        )
        with watching_litellm(stranger.url, policy=BRISK) as watching:
            row = watching.until(failed)
            assert row.problem is not None
            assert row.problem.code is ProblemCode.WRONG_PROGRAM
            assert stranger.requests["/v1/models"] == 0
