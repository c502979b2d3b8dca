# SPDX-License-Identifier: GPL-3.0-or-later
"""The real LiteLLM proxy and its stand-in answer as recorded: status, content type, shape."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.servers.fixtures import python_or_skip
from tests.servers.http_client import exchange
from tests.servers.litellm.protocol import LiteLLMServer
from tests.servers.litellm.recordings import CASES, VERSIONS, Recording, ask, real_proxy, recordings
from tests.servers.litellm.setups import MASTER_KEY, MODELS, SETUPS
from tests.servers.process import ServerProcess
from tests.servers.shapes import differences

EVERY_PROXY = [(version, setup) for version in VERSIONS for setup in CASES]


def replay(url: str, version: str, setup: str) -> list[str]:
    """What differs from the recordings, one text per answer."""
    wrong = []
    for recorded in recordings(version):
        if recorded.setup == setup:
            answer = ask(url, setup, recorded.auth, recorded.path)
            if found := _differences(recorded, answer):
                wrong.append(f"{recorded.path} with key {recorded.auth}: {found}")
    return wrong


def _differences(recorded: Recording, answer: Recording) -> list[str]:
    if (answer.status, answer.content_type) != (recorded.status, recorded.content_type):
        return [f"{answer.status} {answer.content_type} instead of {recorded.status} {recorded.content_type}"]
    if isinstance(recorded.body, str):
        # A text is an identity, but for the page, whose end differs from release to release.
        same = answer.body[:200] == recorded.body[:200]
        return [] if same else [f"{answer.body[:200]!r}"]
    return differences(recorded.body, answer.body)


@pytest.mark.parametrize(("version", "setup"), EVERY_PROXY)
def test_the_stand_in_answers_as_recorded(version: str, setup: str) -> None:
    with LiteLLMServer(version, SETUPS[setup]) as server:
        assert replay(server.url, version, setup) == []


@pytest.fixture(scope="module", params=EVERY_PROXY, ids="-".join)
def real(request: pytest.FixtureRequest) -> Iterator[tuple[ServerProcess, str, str]]:
    version, setup = request.param
    with real_proxy(setup, python_or_skip(f"litellm-{version}")) as proxy:
        yield proxy, version, setup


@pytest.mark.servers
@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_real_proxy_answers_as_recorded(real: tuple[ServerProcess, str, str]) -> None:
    proxy, version, setup = real
    assert replay(proxy.url, version, setup) == []


@pytest.mark.servers
@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("how", ["terminate", "close_input"])
def test_a_real_proxy_ends_with_its_parent_or_when_asked(how: str) -> None:
    with real_proxy("open", python_or_skip("litellm-1.60")) as proxy:
        if how == "terminate":
            proxy.terminate()
        else:
            proxy.close_input()
            proxy.wait(10.0)
            proxy.terminate()
        with pytest.raises(OSError):  # noqa: PT011  refused or reset, by the system
            exchange(proxy.url + "/health/liveliness")


def test_both_proxies_name_the_models_of_the_setup() -> None:
    for version in VERSIONS:
        bodies = {
            each.path: each.body
            for each in recordings(version)
            if each.auth == "right" and each.setup == "key"
        }
        assert {model["id"] for model in bodies["/v1/models"]["data"]} == set(MODELS)
        details = bodies["/model/info"]["data"]
        assert {each["model_name"]: each["litellm_params"]["model"] for each in details} == MODELS


def test_an_old_proxy_repeats_a_key_that_is_none() -> None:
    with LiteLLMServer("1.60") as server:
        answer = exchange(server.url + "/v1/models", headers={"Authorization": "Bearer geheim"})
        assert "Received=geheim," in answer.json()["error"]["message"]


def test_a_proxy_with_prisma_names_a_missing_key() -> None:
    with LiteLLMServer(has_prisma=True) as server:
        assert exchange(server.url + "/v1/models").status == 401
        right = {"Authorization": f"Bearer {MASTER_KEY}"}
        assert exchange(server.url + "/v1/models", headers=right).status == 200


def test_recordings_hold_no_path_of_a_machine_and_no_key_of_a_provider() -> None:
    for version in VERSIONS:
        text = repr(recordings(version))
        assert "/home/" not in text
        assert "no-key-of-a-provider" not in text


def test_the_stand_in_as_a_process() -> None:
    process = ServerProcess("tests.servers.litellm", ["--port", "0", "--demo", "--end-with-stdin"])
    with process:
        assert exchange(process.url + "/health/liveliness").json() == "I'm alive!"
        process.close_input()
        try:
            assert process.wait(10.0) == 0
        except subprocess.TimeoutExpired:
            pytest.fail("it did not end with its input")
