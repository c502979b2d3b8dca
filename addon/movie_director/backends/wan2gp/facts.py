# SPDX-License-Identifier: GPL-3.0-or-later
"""What Wan2GP's answers say, as values. Any JSON value may come in; what comes out is bounded."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from ...core import reading
from ...core.facts import Capability, Parameter, ServiceInfo
from .._gradio.config import Component, GradioConfig

PROGRAM = "Wan2GP"
TITLE = "WanGP"
"""What both ways to reach it call themselves."""
WEB_UI, MCP = "web-ui", "mcp"
"""The feature that says which way it was reached."""

GENERATE = "wangp_generate"
LIST_AVAILABILITY = "wangp_list_model_availability"
MOST_MODELS = 2_000
MOST_TOOLS = 200
MOST_PARAMETERS = 50

_LOAD_TASKS = "load_queue_action"
_SAVE_SETTINGS = "save_inputs"
_RESOLUTION = "wangp-resolution"
_MODEL_LISTS = ("model_list", "model_base_types_list")

_VERSION = re.compile(r"Wan<SUP[^<>]{0,100}>GP</SUP>\s{0,3}v(\d[0-9A-Za-z.]{0,20})", re.IGNORECASE)
_ESCAPED = re.compile(r"\\u00(3[ceCE]|2[267])")

_SETTINGS_AROUND = (
    (-1, "textbox", "negative_prompt"),
    (0, "dropdown", "resolution"),
    (1, "slider", "video_length"),
    (5, "slider", "seed"),
    (7, "slider", "num_inference_steps"),
    (8, "slider", "guidance_scale"),
)
"""(place, type, setting) of what a person sets, counted from the resolution: labels change with the model,
and the names of the settings are nowhere on the page."""
_SEED = 5
_RANDOM_SEED = -1.0

_KINDS = {"textbox": "text", "dropdown": "choice", "slider": "number"}
_SCHEMA_KINDS = {
    "string": "text",
    "number": "number",
    "integer": "number",
    "boolean": "boolean",
    "object": "object",
    "array": "object",
}

Models = tuple[tuple[str, tuple[str, ...]], ...]


def version(text: str) -> str:
    """The version in the heading of the web UI, also as the page embeds it; "" if it is not there."""
    found = _VERSION.search(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), text))
    return reading.text(html.unescape(found[1]), 40) if found else ""


# --- the web UI -------------------------------------------------------------------------------------


def of_web_ui(config: GradioConfig) -> ServiceInfo | None:
    """Everything that ``/config`` tells; None if it is that of another program."""
    if config.title != TITLE:
        return None
    models = web_ui_models(config)
    return ServiceInfo(
        PROGRAM,
        version=next(filter(None, map(version, config.texts)), ""),
        features=(WEB_UI,),
        models=models,
        capabilities=(_web_ui_capability(config, models),),
        complete=True,
    )


def web_ui_models(config: GradioConfig) -> Models:
    """(family, model types): of the list of all models, or of the family that is chosen if there is none."""
    components = config.components.values()
    tree = max((each.tree for each in components), key=len, default=())
    if tree:
        return tree
    shown = [value for each in components if each.elem_id in _MODEL_LISTS for value in each.choices]
    names = reading.names(shown, MOST_MODELS)
    return (("", names),) if names else ()


def _web_ui_capability(config: GradioConfig, models: Models) -> Capability:
    if config.operation(_LOAD_TASKS) is None:
        return Capability("video")
    model_types = tuple(dict.fromkeys(name for _, names in models for name in names))
    return Capability(
        "video",
        _LOAD_TASKS,
        (
            Parameter("model_type", "choice", choices=model_types),
            Parameter("prompt", "text"),
            *_settings(config),
        ),
    )


def _settings(config: GradioConfig) -> tuple[Parameter, ...]:
    """The settings around the resolution, if all are where they were when this was written."""
    operation = config.operation(_SAVE_SETTINGS)
    inputs = config.inputs_of(operation) if operation is not None else ()
    places = [place for place, each in enumerate(inputs) if each.elem_id == _RESOLUTION]
    if not places:
        return ()
    found = [(_at(inputs, places[0] + offset), kind, name) for offset, kind, name in _SETTINGS_AROUND]
    as_expected = all(each.type == kind for each, kind, _ in found)
    if as_expected and _at(inputs, places[0] + _SEED).minimum == _RANDOM_SEED:
        return tuple(_parameter(name, each) for each, _, name in found)
    return (_parameter("resolution", inputs[places[0]]),)


def _at(inputs: Sequence[Component], place: int) -> Component:
    return inputs[place] if 0 <= place < len(inputs) else Component(-1, "")


def _parameter(name: str, component: Component) -> Parameter:
    kind = _KINDS.get(component.type, "text")
    return Parameter(name, kind, component.minimum, component.maximum, component.choices)


# --- MCP mode ---------------------------------------------------------------------------------------


def tools(value: object) -> dict[str, tuple[Parameter, ...]]:
    """Read the result of ``tools/list``: the parameters of each tool by its name."""
    found = {}
    for each in reading.items(reading.mapping(value).get("tools"))[:MOST_TOOLS]:
        tool = reading.mapping(each)
        name = reading.name(tool.get("name"), 200)
        if name:
            schema = reading.mapping(tool.get("inputSchema"))
            found[name] = tuple(_schema_parameters(reading.mapping(schema.get("properties")).items()))
    return found


def _schema_parameters(properties: Iterable[tuple[str, object]]) -> Iterable[Parameter]:
    for key, value in list(properties)[:MOST_PARAMETERS]:
        schema = reading.mapping(value)
        name = reading.name(key, 200)
        variants = [schema, *map(reading.mapping, reading.items(schema.get("anyOf"))[:10])]
        kinds = [_SCHEMA_KINDS.get(reading.name(each.get("type"), 20), "") for each in variants]
        kind = next(filter(None, kinds), "")
        if name and kind:
            yield Parameter(name, kind)


def capabilities(offered: dict[str, tuple[Parameter, ...]]) -> tuple[Capability, ...]:
    """What MCP mode makes, if it offers the tool for it."""
    return (Capability("video", GENERATE, offered[GENERATE]),) if GENERATE in offered else ()


def availability(value: object) -> tuple[tuple[str, str], ...]:
    """Read a page of ``wangp_list_model_availability``: (status, model type) pairs.

    The status is that of the model's files: "available", "partial" or "missing".
    """
    found = []
    for each in reading.items(reading.mapping(value).get("result"))[:MOST_MODELS]:
        record = reading.mapping(each)
        status, model = reading.name(record.get("status"), 40), reading.name(record.get("model_type"))
        if status and model:
            found.append((status, model))
    return tuple(found)


def by_status(pairs: Iterable[tuple[str, str]]) -> Models:
    """(status, model types), those whose files are there first."""
    folders: dict[str, list[str]] = {}
    for status, model in pairs:
        folders.setdefault(status, []).append(model)
    order = {"available": 0, "partial": 1}
    return tuple(
        (status, tuple(folders[status])) for status in sorted(folders, key=lambda each: order.get(each, 2))
    )
