# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is sent, the readers of Wan2GP's answers give bounded, typed values or raise `ProtocolError`."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from movie_director.backends._gradio.config import read_config
from movie_director.backends.wan2gp import facts
from movie_director.core.errors import ProtocolError

from tests.processor_time import processor_time

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """An object with these fields, each of which may also be anything or missing."""
    return st.fixed_dictionaries({}, optional={name: value | JSON for name, value in fields.items()})


ITEMS = st.lists(some(name=st.text(max_size=5), value=st.text(max_size=5)), max_size=3)
FOLDERS = st.recursive(
    some(name=st.text(max_size=5), items=ITEMS),
    lambda inner: some(name=st.text(max_size=5), items=ITEMS, folders=st.lists(inner, max_size=3)),
    max_leaves=6,
)
COMPONENTS = some(
    id=st.integers(0, 9),
    type=st.sampled_from(["dropdown", "slider", "textbox", "markdown", "hierarchyselector"]),
    props=some(
        value=st.text(max_size=20),
        choices=st.lists(st.lists(st.text(max_size=5), min_size=2, max_size=2), max_size=3),
        minimum=st.floats(),
        elem_id=st.sampled_from(["wangp-resolution", "model_list", ""]),
        hierarchy=some(folders=st.lists(FOLDERS, max_size=3)),
    ),
)
DEPENDENCIES = some(
    api_name=st.sampled_from(["load_queue_action", "save_inputs"]),
    inputs=st.lists(st.integers(0, 9), max_size=12),
)
CONFIGS = some(
    version=st.just("5.29.0"),
    title=st.just("WanGP"),
    components=st.lists(COMPONENTS, max_size=8),
    dependencies=st.lists(DEPENDENCIES, max_size=4),
)
RECORDS = some(status=st.sampled_from(["available", "missing"]), model_type=st.text(max_size=8))


@given(CONFIGS)
def test_any_configuration(config: object) -> None:
    try:
        info = facts.of_web_ui(read_config(config))
    except ProtocolError:
        return
    if info is None:
        return
    assert info.program == "Wan2GP"
    assert len(info.version) <= 40
    for folder, names in info.models:
        assert isinstance(folder, str)
        assert names
        assert all(name and isinstance(name, str) for name in names)
    for capability in info.capabilities:
        assert capability.makes == "video"
        for parameter in capability.parameters:
            assert parameter.kind in ("text", "number", "choice")
            assert parameter.minimum is None or abs(parameter.minimum) <= 1e15


@given(JSON | some(tools=st.lists(some(name=st.text(max_size=8), inputSchema=JSON), max_size=4)))
def test_any_list_of_tools(value: object) -> None:
    for name, parameters in facts.tools(value).items():
        assert 0 < len(name) <= 200
        assert all(each.kind in ("text", "number", "boolean", "object") for each in parameters)


@given(JSON | some(result=st.lists(RECORDS, max_size=6)))
def test_any_list_of_models(value: object) -> None:
    pairs = facts.availability(value)
    folders = facts.by_status(pairs)
    assert sum(len(names) for _, names in folders) == len(pairs)
    assert len({status for status, _ in folders}) == len(folders)


@given(st.text(max_size=300) | st.text("Wan<SUP/>GP v12.60\\u003ce ", max_size=300))
def test_any_page(text: str) -> None:
    assert len(facts.version(text)) <= 40


def test_a_page_made_to_be_slow_is_read_quickly() -> None:
    pieces = ("Wan<SUP", "Wan<SUP>GP</SUP> ", "\\u003c", "Wan\\u003cSUP\\u003e")
    pages = [(piece * 8192)[:8192] for piece in pieces]
    assert processor_time(lambda: [facts.version(page) for page in pages]) < 1.0
