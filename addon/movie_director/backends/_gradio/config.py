# SPDX-License-Identifier: GPL-3.0-or-later
"""``/config``: what stands on the page of a Gradio program, and which operations it offers.

The shapes differ between generations and a server may send anything: what is not understood is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from ...core import reading
from .page import MOST_APP_IDS, api_prefix, generation

CONFIG_LIMIT = 8 * 1024 * 1024
MOST_COMPONENTS = 10_000
MOST_DEPENDENCIES = 5_000
MOST_INPUTS = 500
MOST_CHOICES = 2_000
MOST_FOLDERS = 200
MOST_LEVELS = 8
LONGEST_TEXT = 4_000

_MOST_IDS = 2**31
_NUMBERS = 1e15
_TEXT_TYPES = frozenset({"html", "markdown"})


@dataclass(frozen=True)
class Component:
    """One element of the page. Labels are translated into the user's language: nothing may depend on them."""

    id: int
    type: str
    """Such as "textbox"; lower case, without a namespace."""
    label: str = ""
    text: str = ""
    """What an "html" or "markdown" shows, with its mark-up, cut at LONGEST_TEXT."""
    value: str = ""
    """The text that is chosen or entered at the start; "" for numbers and files."""
    choices: tuple[str, ...] = ()
    """The values to choose from, as the operation wants them."""
    minimum: float | None = None
    maximum: float | None = None
    elem_id: str = ""
    """The name that the program's author gave it for styles and scripts; unlike a label not translated."""
    tree: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(folder, values below it) pairs of a component that shows a tree to choose from."""


@dataclass(frozen=True)
class Dependency:
    """One operation: what is computed from which components."""

    api_name: str
    """Empty when it has none, or is hidden."""
    inputs: tuple[int, ...]
    """Ids of components, in the order of the values that the operation takes."""
    outputs: tuple[int, ...]


@dataclass(frozen=True)
class GradioConfig:
    version: str
    title: str
    app_id: int | None
    prefix: str
    queue_enabled: bool
    components: Mapping[int, Component]
    """By id, in the order of the page."""
    dependencies: tuple[Dependency, ...]

    @property
    def generation(self) -> tuple[int, int]:
        return generation(self.version)

    @property
    def texts(self) -> tuple[str, ...]:
        """What the page says in "html" and "markdown" components."""
        return tuple(each.text for each in self.components.values() if each.type in _TEXT_TYPES)

    def operation(self, api_name: str) -> Dependency | None:
        """The first operation of that name."""
        return next((each for each in self.dependencies if each.api_name == api_name), None)

    def inputs_of(self, dependency: Dependency) -> tuple[Component, ...]:
        """One component per value that the operation takes; of type "" where the page does not have it."""
        return tuple(self.components.get(id, Component(id, "")) for id in dependency.inputs)

    def outputs_of(self, dependency: Dependency) -> tuple[Component, ...]:
        return tuple(self.components.get(id, Component(id, "")) for id in dependency.outputs)


def read_config(value: object) -> GradioConfig:
    """Read the JSON of ``/config``; raise `ProtocolError` if it is not that of a Gradio server.

    Gradio's has a text ``version`` and lists ``components`` and ``dependencies``, in every generation.
    """
    config = reading.mapping(value)
    version = reading.text(config.get("version"), 40)  # that of 3.34 ends with a line break
    lists = isinstance(config.get("components"), list) and isinstance(config.get("dependencies"), list)
    if not version or not lists:
        raise reading.malformed("/config: not the answer of a Gradio server")
    components = map(_component, reading.items(config.get("components"))[:MOST_COMPONENTS])
    dependencies = reading.items(config.get("dependencies"))[:MOST_DEPENDENCIES]
    return GradioConfig(
        version=version,
        title=reading.text(config.get("title")),
        app_id=reading.whole(config.get("app_id"), 0, MOST_APP_IDS),
        prefix=api_prefix(config.get("api_prefix")),
        queue_enabled=config.get("enable_queue") is True or generation(version) >= (4, 0),
        components=MappingProxyType({each.id: each for each in components if each is not None}),
        dependencies=tuple(_dependency(reading.mapping(each)) for each in dependencies),
    )


def _component(value: object) -> Component | None:
    component = reading.mapping(value)
    id = reading.whole(component.get("id"), 0, _MOST_IDS)
    if id is None:
        return None
    props = reading.mapping(component.get("props"))
    type = reading.name(component.get("type"), 60).lower()
    shown = props.get("value")
    return Component(
        id=id,
        type=type,
        label=reading.text(props.get("label")),
        text=shown[:LONGEST_TEXT] if type in _TEXT_TYPES and isinstance(shown, str) else "",
        value=reading.name(shown),
        choices=_choices(props.get("choices")),
        minimum=reading.number(props.get("minimum"), -_NUMBERS, _NUMBERS),
        maximum=reading.number(props.get("maximum"), -_NUMBERS, _NUMBERS),
        elem_id=reading.name(props.get("elem_id"), 100),
        tree=_tree(props.get("hierarchy")),
    )


def _choices(value: object) -> tuple[str, ...]:
    """Values to choose from; from 3.50 on each comes as a pair of the text shown and the value."""
    given = reading.items(value)[:MOST_CHOICES]
    plain = [each[1] if isinstance(each, list) and len(each) == 2 else each for each in given]
    return reading.names(plain, MOST_CHOICES)


def _tree(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The folders of the first level, each with the values of all items below it."""
    found = []
    left = MOST_CHOICES
    for each in reading.items(reading.mapping(value).get("folders"))[:MOST_FOLDERS]:
        folder = reading.mapping(each)
        name = reading.text(folder.get("name"))
        values = reading.names(list(islice(_leaves(folder, MOST_LEVELS), left)), left)
        if name and values:
            found.append((name, values))
            left -= len(values)
    return tuple(found)


def _leaves(folder: Mapping[str, object], levels: int) -> Iterator[object]:
    for item in reading.items(folder.get("items")):
        yield reading.mapping(item).get("value")
    if levels > 1:
        for each in reading.items(folder.get("folders")):
            yield from _leaves(reading.mapping(each), levels - 1)


def _dependency(dependency: Mapping[str, object]) -> Dependency:
    hidden = dependency.get("api_visibility") == "private"  # from 6 on, instead of the name false
    return Dependency(
        api_name="" if hidden else reading.name(dependency.get("api_name"), 200),
        inputs=_ids(dependency.get("inputs")),
        outputs=_ids(dependency.get("outputs")),
    )


def _ids(value: object) -> tuple[int, ...]:
    """Ids of components; an unreadable one keeps its place as -1, which no component has."""
    found = (reading.whole(each, 0, _MOST_IDS) for each in reading.items(value)[:MOST_INPUTS])
    return tuple(-1 if id is None else id for id in found)
