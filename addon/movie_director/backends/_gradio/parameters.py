# SPDX-License-Identifier: GPL-3.0-or-later
"""The inputs of a Gradio operation as parameters, by the type and order of its components."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.facts import Parameter
from .config import Component, Dependency, GradioConfig

_KINDS = {
    "textbox": "text",
    "code": "text",
    "number": "number",
    "slider": "number",
    "checkbox": "boolean",
    "dropdown": "choice",
    "radio": "choice",
    "checkboxgroup": "choice",
    "image": "image",
    "imageeditor": "image",
    "audio": "audio",
    "video": "video",
    "file": "file",
}


def input_types(config: GradioConfig, dependency: Dependency) -> tuple[str, ...]:
    """The types of the components from which an operation takes its values, in order."""
    return tuple(each.type for each in config.inputs_of(dependency))


def parameters(
    config: GradioConfig, dependency: Dependency, names: Sequence[str] = ()
) -> tuple[Parameter, ...]:
    """The values that a person would choose; state and other inputs that nobody sees are left out.

    `names` are ours, one per input in its order, since a page only has translated labels; without them, or
    when their number differs, a parameter is called by the place of its input: "input-1".
    """
    inputs = config.inputs_of(dependency)
    known = names if len(names) == len(inputs) else [f"input-{place + 1}" for place in range(len(inputs))]
    return tuple(
        _parameter(name, each) for name, each in zip(known, inputs, strict=True) if each.type in _KINDS
    )


def _parameter(name: str, component: Component) -> Parameter:
    return Parameter(name, _KINDS[component.type], component.minimum, component.maximum, component.choices)
