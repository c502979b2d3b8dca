# SPDX-License-Identifier: GPL-3.0-or-later
"""What LiteLLM's recorded answers say, and what its refusals mean."""

from __future__ import annotations

import json
from typing import Any

import pytest
from movie_director.backends.litellm import access, facts
from movie_director.backends.litellm.providers import VARIABLES, missing_variables, plain_provider
from movie_director.core.errors import ProblemCode, Rejected
from movie_director.core.facts import Access, LanguageModel
from movie_director.transport.answer import Answer, Headers

from tests.servers.litellm.recordings import VERSIONS, recordings
from tests.servers.litellm.setups import MODELS

CODES = {
    "none": ProblemCode.KEY_MISSING,
    "wrong": ProblemCode.KEY_REJECTED,
    "malformed": ProblemCode.KEY_REJECTED,
}


def recorded(version: str, path: str, auth: str = "right", setup: str = "key") -> Any:
    return next(
        each for each in recordings(version) if (each.setup, each.auth, each.path) == (setup, auth, path)
    )


def answer(status: int, body: Any, *, key: bool) -> Answer:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Answer(status, Headers([]), content, False, 0.01, "http://h:1/v1/models", "h:1", key)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_recorded_lists_give_the_models_in_the_order_of_the_configuration(version: str) -> None:
    names = facts.model_names(recorded(version, "/v1/models").body)
    assert names is not None
    configured = facts.deployments(recorded(version, "/model/info").body)
    models = facts.language_models(names, configured)
    assert [model.name for model in models] == list(MODELS)
    assert [model.provider for model in models] == ["openai", "anthropic", "gemini", "ollama", "openai"]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_version_is_where_each_release_tells_it(version: str) -> None:
    open_to_all = facts.version(recorded(version, "/health/readiness", "none").body)
    locked = facts.version(recorded(version, "/health/readiness/details").body)
    assert (open_to_all or locked) == VERSIONS[version]
    assert bool(open_to_all) != bool(locked)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", ["/v1/models", "/model/info"])
@pytest.mark.parametrize("auth", CODES)
def test_every_recorded_refusal_names_what_is_wrong_with_the_key(version: str, path: str, auth: str) -> None:
    each = recorded(version, path, auth)
    said = answer(each.status, each.body, key=auth != "none")
    if access.crashed_over_missing_key(said):
        assert (version, auth) == ("1.106", "none")
        problem = access.rejected(said).problem
    else:
        with pytest.raises(Rejected) as caught:
            access.judge(said)
        problem = caught.value.problem
    assert problem.code is CODES[auth]
    assert not problem.retry
    assert "not-even-a-key" not in repr(problem)


@pytest.mark.parametrize(
    ("status", "body", "key", "expected"),
    [
        (200, {}, True, Access.ACCEPTED),
        (200, {}, False, Access.OPEN),
        (500, "Internal Server Error", True, Access.NOT_CHECKED),
        (502, "<html>Bad Gateway</html>", True, Access.NOT_CHECKED),
        (503, {"error": {"type": "no_db_connection", "code": "503"}}, True, Access.NOT_CHECKED),
        (429, {"error": {"type": "budget_exceeded", "code": "429"}}, True, Access.NOT_CHECKED),
        (400, {"error": {"type": "budget_exceeded", "code": "400"}}, True, Access.NOT_CHECKED),
        (400, {"error": "no_db_connection"}, True, Access.NOT_CHECKED),
        (400, "[" * 100_000, True, Access.NOT_CHECKED),
        (404, {"detail": "Not Found"}, True, Access.NOT_CHECKED),
    ],
)
def test_what_is_no_refusal_is_none(status: int, body: Any, key: bool, expected: Access) -> None:
    assert access.judge(answer(status, body, key=key)) is expected


@pytest.mark.parametrize(
    ("status", "body", "key"),
    [
        (500, "Internal Server Error", True),
        (500, '{"error": "Internal Server Error"}', False),
        (502, "Internal Server Error", False),
    ],
)
def test_only_the_bare_crash_without_a_key_may_mean_a_missing_one(status: int, body: str, key: bool) -> None:
    assert not access.crashed_over_missing_key(answer(status, body, key=key))


def test_models_that_make_no_text_and_patterns_are_left_out() -> None:
    listed = [
        {"id": "a"},
        {"id": "painter", "mode": "image_generation"},
        {"id": "openai/*"},
        {"id": "b", "mode": "chat"},
        {"id": "index"},
        {"id": "a"},
        {"id": "\x1b[2J"},
        {"id": "c", "mode": ["embedding"]},
        "c",
    ]
    assert facts.model_names({"data": listed}) == ("a", "b", "index", "c")
    configured = facts.deployments(
        {"data": [{"model_name": "index", "model_info": {"mode": "embedding"}}, {"model_name": "b"}]}
    )
    models = facts.language_models(("a", "b", "index"), configured)
    assert models == (LanguageModel("b"), LanguageModel("a"))


@pytest.mark.parametrize("value", [None, [], "text", {"data": None}, {"data": {}}, {"detail": "Not Found"}])
def test_what_is_no_list_of_models_is_none(value: object) -> None:
    assert facts.model_names(value) is None


@pytest.mark.parametrize(
    ("entry", "provider"),
    [
        ({"model_info": {"litellm_provider": "vertex_ai_beta"}}, "vertex_ai"),
        ({"model_info": {}, "litellm_params": {"model": "ollama_chat/llama3"}}, "ollama"),
        ({"litellm_params": {"model": "gpt-4o", "custom_llm_provider": "azure"}}, "azure"),
        ({"litellm_params": {"model": "gpt-4o"}}, ""),
        ({"litellm_params": {"model": "x" * 41 + "/m"}}, ""),
        ({"litellm_params": {"model": ["openai/gpt"]}}, ""),
    ],
)
def test_the_provider_of_a_model(entry: dict[str, Any], provider: str) -> None:
    assert facts.deployments({"data": [{"model_name": "m", **entry}]})["m"].provider == provider


def test_variables_are_named_for_the_providers_that_are_not_there() -> None:
    missing = missing_variables(["openai", "ollama", "", "unheard-of"])
    assert "OPENAI_API_KEY" not in missing
    assert missing[:2] == ("ANTHROPIC_API_KEY", "GEMINI_API_KEY")
    assert set(missing_variables(VARIABLES)) == set()
    assert all(name.isupper() and name.isidentifier() for name in missing)
    assert plain_provider("ollama_chat") == "ollama"
