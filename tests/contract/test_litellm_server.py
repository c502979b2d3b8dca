# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in for the LiteLLM proxy answers as recorded: status, content type, shape."""

from __future__ import annotations

import subprocess

import pytest

from tests.conftest import LONG_TIMEOUT
from tests.servers.http_client import exchange
from tests.servers.litellm.protocol import LiteLLMServer
from tests.servers.litellm.recordings import CASES, VERSIONS, recordings, replay
from tests.servers.litellm.setups import MASTER_KEY, MODELS, SETUPS
from tests.servers.process import ServerProcess

EVERY_PROXY = [(version, setup) for version in VERSIONS for setup in CASES]


@pytest.mark.parametrize(("version", "setup"), EVERY_PROXY)
def test_the_stand_in_answers_as_recorded(version: str, setup: str) -> None:
    with LiteLLMServer(version, SETUPS[setup]) as server:
        assert replay(server.url, version, setup) == []


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
            assert process.wait(LONG_TIMEOUT) == 0
        except subprocess.TimeoutExpired:
            pytest.fail("it did not end with its input")
