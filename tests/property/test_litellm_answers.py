# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever LiteLLM, or something that claims to be it, sends: bounded values and no other error than ours."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from movie_director.backends.litellm import access, facts
from movie_director.core.errors import ProblemCode, Rejected
from movie_director.core.facts import Access
from movie_director.transport.answer import Answer, Headers

keys = st.text(max_size=8) | st.sampled_from(
    ["data", "id", "mode", "model_name", "litellm_params", "model_info", "litellm_provider", "model",
     "custom_llm_provider", "litellm_version", "status", "db", "error", "type", "code"]
)  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("openai/gpt")
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=8),
    max_leaves=10,
)
entries = st.fixed_dictionaries(
    {"model_name": st.text() | json_values, "model_info": json_values, "litellm_params": json_values}
)


@given(json_values)
def test_any_answer_is_read_or_left(value: object) -> None:
    assert len(facts.version(value)) <= 40
    assert facts.is_alive(value) == (value == "I'm alive!")
    names = facts.model_names(value)
    assert names is None or len(names) <= facts.MOST_MODELS


@given(st.lists(entries | scalars, max_size=6), st.lists(st.text() | json_values, max_size=6))
def test_models_are_bounded_and_have_usable_names(details: list[object], ids: list[object]) -> None:
    names = facts.model_names({"data": [{"id": each} for each in ids]})
    assert names is not None
    models = facts.language_models(names, facts.deployments({"data": details}))
    assert {model.name for model in models} <= {each for each in ids if isinstance(each, str)}
    for model in models:
        assert 0 < len(model.name) <= 512
        assert model.name.isprintable() or not any(ord(char) < 32 for char in model.name)
        assert len(model.provider) <= 40


@given(st.integers(100, 599), json_values | st.binary(), st.booleans())
def test_any_refusal_is_an_access_or_a_rejection_that_quotes_nothing(
    status: int, body: object, key: bool
) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = Answer(status, Headers([]), content, False, 0.0, "http://h:1/v1/models", "h:1", key)
    problem = None
    try:
        assert access.judge(answer) in Access
    except Rejected as error:
        problem = error.problem
    if problem is not None:
        assert problem.code is (ProblemCode.KEY_REJECTED if key else ProblemCode.KEY_MISSING)
        assert problem.detail == f"http://h:1/v1/models: HTTP {status}"


def test_a_long_list_is_cut() -> None:
    many = [{"id": f"model-{number}"} for number in range(facts.MOST_MODELS + 10)]
    names = facts.model_names({"data": many})
    assert names is not None
    assert len(names) == facts.MOST_MODELS
    details = [{"model_name": f"model-{number}"} for number in range(facts.MOST_MODELS + 10)]
    assert len(facts.deployments({"data": details})) == facts.MOST_MODELS
