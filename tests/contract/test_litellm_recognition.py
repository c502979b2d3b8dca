# SPDX-License-Identifier: GPL-3.0-or-later
"""How the LiteLLM backend knows a proxy, of both releases, from other programs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from movie_director.core.facts import Access, ServiceInfo

from tests.litellm_kit import seen_at
from tests.servers.comfyui_backend import answering
from tests.servers.litellm.protocol import PAID, LiteLLMServer, Reply, json_reply
from tests.servers.litellm.recordings import VERSIONS
from tests.servers.litellm.setups import SETUPS
from tests.servers.plain import RawServer

OPEN = SETUPS["open"]
LISTS = {
    "vLLM": {"object": "list", "data": [{"id": "llama", "object": "model", "owned_by": "vllm"}]},
    "Ollama": {"object": "list", "data": [{"id": "llama3", "object": "model", "owned_by": "library"}]},
    "LM Studio": {
        "object": "list",
        "data": [{"id": "qwen", "object": "model", "owned_by": "organization_owner"}],
    },
}
LIVELINESS = {
    "nothing there": json_reply({"detail": "Not Found"}, 404),
    "an answer to everything": json_reply(
        {"error": "Unexpected endpoint or method. (GET /health/liveliness)"}
    ),
    "text, no JSON": Reply(200, b"I'm alive!", "text/plain"),
    "a page for everything": Reply(200, b"<title>App</title>", "text/html"),
    "another life": json_reply("alive"),
}


@pytest.fixture(params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[LiteLLMServer]:
    with LiteLLMServer(request.param) as running:
        yield running
        assert running.requests[PAID] == 0, "that would have cost money"
        assert running.requests["/openapi.json"] == 0


def test_a_proxy_is_recognised_by_its_page_and_one_small_address(server: LiteLLMServer) -> None:
    sighting = seen_at(server.url, thorough=False)
    assert sighting.service == "litellm"
    assert sighting.info == ServiceInfo("LiteLLM", access=Access.NOT_CHECKED)
    assert dict(server.requests) == {"/": 1, "/health/liveliness": 1}
    assert server.keys == []


def test_a_proxy_without_its_page_is_recognised_where_one_looks(server: LiteLLMServer) -> None:
    server.faults.replies["/"] = json_reply({"detail": "Not Found"}, 404)
    assert seen_at(server.url).service == "litellm"
    server.faults.replies["/health/readiness"] = json_reply({"status": "up"})
    assert seen_at(server.url).service is None


@pytest.mark.parametrize("program", LISTS)
@pytest.mark.parametrize("liveliness", LIVELINESS)
def test_other_programs_with_a_list_of_models_are_not_taken_for_it(program: str, liveliness: str) -> None:
    with LiteLLMServer(setup=OPEN) as stranger:
        stranger.faults.replies.update(
            {
                "/": Reply(200, f"<title>{program}</title>".encode(), "text/html"),
                "/v1/models": json_reply(LISTS[program]),
                "/health/liveliness": LIVELINESS[liveliness],
            }
        )
        assert seen_at(stranger.url).service is None


def test_the_title_alone_proves_nothing() -> None:
    page = b"<title>LiteLLM API - Swagger UI</title>"
    with RawServer(answering(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", page)) as stranger:
        assert seen_at(stranger.url).service is None
