# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a server sends as page or configuration: an error of ours, or bounded facts."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from movie_director.backends._gradio import config as gradio_config
from movie_director.backends._gradio.config import read_config
from movie_director.backends._gradio.page import read_page
from movie_director.backends._gradio.parameters import parameters
from movie_director.backends.audioldm import facts as audioldm_facts
from movie_director.backends.rvc import facts as rvc_facts
from movie_director.core.errors import ProtocolError
from movie_director.transport.http import Answer

from tests.servers.gradio_apps import ENVIRONMENTS, recording

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)
props = st.dictionaries(st.sampled_from(["value", "choices", "minimum", "maximum", "label"]), json_values)
components = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers(0, 5) | json_values,
        "type": st.sampled_from(["html", "markdown", "dropdown", "slider", "video", "textbox"]) | json_values,
        "props": props | json_values,
    },
)
ids = st.lists(st.integers(0, 5) | json_values, max_size=5) | json_values
dependencies = st.fixed_dictionaries(
    {},
    optional={
        "api_name": st.sampled_from(["infer_convert", "infer_change_voice"]) | json_values,
        "inputs": ids,
        "outputs": ids,
        "targets": ids,
        "queue": json_values,
        "id": json_values,
        "trigger": json_values,
    },
)
configs = st.fixed_dictionaries(
    {
        "version": st.sampled_from(["3.14.0", "6.31.0"]) | st.text(max_size=9),
        "components": st.lists(components | json_values, max_size=8),
        "dependencies": st.lists(dependencies | json_values, max_size=5),
    },
    optional={"title": json_values, "app_id": json_values, "api_prefix": json_values},
)


def read_all(value: object) -> None:
    """Read a configuration as both programs do; nothing but a ProtocolError may come out."""
    try:
        config = read_config(value)
    except ProtocolError:
        return
    for dependency in config.dependencies:
        assert len(parameters(config, dependency)) <= gradio_config.MOST_INPUTS
    for info in (rvc_facts.read(config), audioldm_facts.read(config)):
        if info is not None:
            for _, names in info.models:
                assert len(names) <= gradio_config.MOST_CHOICES
            for capability in info.capabilities:
                assert all(each.kind and each.name for each in capability.parameters)


@given(json_values | configs)
def test_any_configuration_is_read_or_refused(value: object) -> None:
    read_all(value)


@given(st.sampled_from(sorted(ENVIRONMENTS)), st.data())
def test_a_real_configuration_with_one_part_replaced_is_read_or_refused(
    app: str, data: st.DataObject
) -> None:
    config: Any = copy.deepcopy(recording.config(app))
    place: Any = config
    for _ in range(data.draw(st.integers(0, 4))):
        key = data.draw(st.sampled_from(_keys(place)))
        if not isinstance(place[key], (dict, list)) or not place[key]:
            break
        place = place[key]
    place[data.draw(st.sampled_from(_keys(place)))] = data.draw(json_values)
    read_all(config)


def _keys(value: Any) -> list[Any]:
    return list(value) if isinstance(value, dict) else list(range(len(value)))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode), st.booleans())
def test_any_page_is_read_or_none_of_gradio(body: bytes, embedded: bool) -> None:
    body = b"window.gradio_config = " + body if embedded else body
    page = read_page(Answer(status=200, headers={}, body=body, truncated=False, seconds=0.0))
    assert (page is not None) == (embedded or b'content="https://gradio.app/"' in body)
    if page is not None:
        assert len(page.title) <= 200
        assert len(page.version) <= 31


def test_a_huge_configuration_stays_small() -> None:
    config = read_config(
        {
            "version": "3.50.2",
            "components": [
                {"id": number, "type": "html", "props": {"value": "x" * 99}} for number in range(20_000)
            ],
            "dependencies": [{"inputs": list(range(1_000))}] * 6_000,
        }
    )
    assert len(config.components) == gradio_config.MOST_COMPONENTS
    assert len(config.dependencies) == gradio_config.MOST_DEPENDENCIES
    assert len(config.dependencies[0].inputs) == gradio_config.MOST_INPUTS
