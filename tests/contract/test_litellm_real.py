# SPDX-License-Identifier: GPL-3.0-or-later
"""The real LiteLLM proxies of two releases: as recorded, let in or not, watched, killed, found again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import pytest
from movie_director.core.errors import ProblemCode
from movie_director.core.facts import Access, LanguageModel, ServiceInfo
from movie_director.core.llm import KeyState
from movie_director.core.model import State
from movie_director.core.settings import Policy

from tests.litellm_kit import llm_of
from tests.servers.fixtures import python_or_skip
from tests.servers.http_client import exchange
from tests.servers.litellm.recordings import CASES, VERSIONS, real_proxy, replay
from tests.servers.litellm.setups import MASTER_KEY, MODELS
from tests.servers.password_gate import PasswordGate
from tests.servers.process import ServerProcess
from tests.watching import BRISK, Watching

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(300)]

PATIENT = Policy(check_interval=0.5, check_timeout=5.0)
"""A proxy that has just begun needs a second for the first answer of its kind."""
LIMIT = 60.0


class Proxy(NamedTuple):
    process: ServerProcess
    version: str
    setup: str

    @property
    def key(self) -> str:
        return "" if self.setup == "open" else MASTER_KEY


@pytest.fixture(
    scope="module", params=[(version, setup) for version in VERSIONS for setup in CASES], ids="-".join
)
def proxy(request: pytest.FixtureRequest) -> Iterator[Proxy]:
    """One start for all tests of one setup."""
    version, setup = request.param
    with real_proxy(setup, python_or_skip(f"litellm-{version}")) as process:
        yield Proxy(process, version, setup)
        assert process.alive, "it ended by itself, or tried to leave this computer"


def watching_litellm(url: str, api_key: str, policy: Policy = PATIENT) -> Watching:
    watching = Watching(url, policy, service="litellm")
    watching.enter_key(api_key)
    return watching


def test_it_answers_as_recorded(proxy: Proxy) -> None:
    assert replay(proxy.process.url, proxy.version, proxy.setup) == []


def test_it_is_connected_and_read(proxy: Proxy) -> None:
    with watching_litellm(proxy.process.url, proxy.key) as watching:
        info = watching.until_connected(LIMIT).info
        assert isinstance(info, ServiceInfo)
        assert info.version == VERSIONS[proxy.version]
        assert info.access is (Access.OPEN if proxy.setup == "open" else Access.ACCEPTED)
        llm = llm_of(watching)
        assert llm.configured == (proxy.setup != "empty")
        if llm.configured:
            providers = ("openai", "anthropic", "gemini", "ollama", "openai")
            expected = zip(MODELS, providers, strict=True)
            assert llm.models == tuple(LanguageModel(*each) for each in expected)
            assert llm.active_model == "story-writer"
        else:
            assert llm.reason is not None
            assert llm.reason.code is ProblemCode.NO_MODELS
        assert "MISTRAL_API_KEY" in llm.variables


@pytest.mark.parametrize(
    ("key", "code", "state"),
    [
        ("", ProblemCode.KEY_MISSING, KeyState.MISSING),
        ("sk-wrong", ProblemCode.KEY_REJECTED, KeyState.REJECTED),
        ("geheim", ProblemCode.KEY_REJECTED, KeyState.REJECTED),
    ],
)
def test_a_missing_and_a_wrong_key_are_told_apart(
    proxy: Proxy, key: str, code: ProblemCode, state: KeyState
) -> None:
    with watching_litellm(proxy.process.url, key) as watching:
        if proxy.setup == "open":
            assert watching.until_connected(LIMIT).problem is None
            return
        row = watching.until_state(State.FAILED, timeout=LIMIT)
        assert row.problem is not None
        assert row.problem.code is code
        assert row.info is not None
        assert row.info.version == ("1.60.0" if proxy.version == "1.60" else "")
        assert llm_of(watching).key is state
        assert key == "" or key not in repr(row)


@pytest.mark.parametrize("passes_on", [False, True])
def test_the_key_is_sent_beside_the_password_of_a_web_server(proxy: Proxy, passes_on: bool) -> None:
    if proxy.setup == "open":
        return
    with (
        PasswordGate(proxy.process.port, passes_on=passes_on) as gate,
        watching_litellm(gate.url_with_password, proxy.key) as watching,
    ):
        if passes_on and proxy.version == "1.60":
            row = watching.until_state(State.FAILED, timeout=LIMIT)
            assert row.problem is not None
            assert row.problem.code is ProblemCode.KEY_REJECTED
        else:
            info = watching.until_connected(LIMIT).info
            assert info is not None
            assert (info.access, info.version) == (Access.ACCEPTED, VERSIONS[proxy.version])


def test_a_killed_and_a_frozen_proxy_are_missed_and_found_again() -> None:
    first = real_proxy("key", python_or_skip("litellm-1.60"))
    with first, watching_litellm(first.url, MASTER_KEY, replace(BRISK, check_timeout=2.0)) as watching:
        watching.until_connected(LIMIT)
        first.freeze()
        watching.until(lambda row: row.state is not State.CONNECTED)
        first.thaw()
        watching.until_connected(LIMIT)
        port = first.port
        first.kill()
        watching.until(lambda row: row.state in (State.RECONNECTING, State.SUSPENDED))
        with real_proxy("key", python_or_skip("litellm-1.60"), port):
            watching.until_connected(LIMIT)
            assert llm_of(watching).configured


@pytest.mark.parametrize("how", ["terminate", "close_input"])
def test_it_ends_when_asked_and_with_its_parent(how: str) -> None:
    with real_proxy("open", python_or_skip("litellm-1.60")) as process:
        if how == "close_input":
            process.close_input()
            process.wait(LIMIT)
        process.terminate()
        with pytest.raises(ConnectionRefusedError):
            exchange(process.url + "/health/liveliness")
