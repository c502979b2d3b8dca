# SPDX-License-Identifier: GPL-3.0-or-later
"""A recorded app made again with the real Gradio, generations 3.14 to 3.50."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any

gradio: Any = importlib.import_module("gradio")
_context: Any = importlib.import_module("gradio.context").Context
_form: Any = importlib.import_module("gradio.layouts").Form

Handler = Callable[..., Any]

_CLASSES = {"form": _form, "html": gradio.HTML, "tabitem": gradio.Tab}
"""Where the name of the class is not that of the type with a capital letter."""


def make(recorded: Mapping[str, Any], handler_of: Callable[[Mapping[str, Any]], Handler]) -> Any:
    """The app as `gradio.Blocks`; `handler_of` gives what each recorded operation does."""
    _context.id = 0  # the app itself has the number 0 in a program of its own
    blocks = gradio.Blocks(title=recorded["title"], analytics_enabled=False)
    with blocks:
        for component in recorded["components"]:
            # Gradio's own way, nested `with`, would number anew and draw frames of its own.
            _context.id = component["id"]
            _add(blocks, _made(blocks, component["type"], component["props"]))
        _nest(blocks, blocks, recorded["layout"])
        for dependency in recorded["dependencies"]:
            _listen(blocks, dependency, handler_of(dependency))
    return blocks


def _made(blocks: Any, kind: str, properties: Mapping[str, Any]) -> Any:
    maker = _CLASSES.get(kind) or getattr(gradio, kind.capitalize())
    taken = {"visible", *inspect.signature(maker.__init__).parameters}
    given = {name: value for name, value in properties.items() if name in taken}
    if "choices" in given:
        given["choices"] = [tuple(each) if isinstance(each, list) else each for each in given["choices"]]
    if kind == "dataset":
        given["components"] = [blocks.blocks[number] for number in properties["component_ids"]]
    return maker(**given, render=False)


def _add(blocks: Any, made: Any) -> None:
    made.is_rendered = True
    blocks.blocks[made._id] = made
    if hasattr(made, "temp_files"):
        blocks.temp_file_sets.append(made.temp_files)


def _nest(blocks: Any, parent: Any, layout: Mapping[str, Any]) -> None:
    for child in layout.get("children", ()):
        block = blocks.blocks[child["id"]]
        block.parent = parent
        parent.children.append(block)
        _nest(blocks, block, child)


def _listen(blocks: Any, dependency: Mapping[str, Any], handler: Handler) -> None:
    known = blocks.blocks
    given = {
        "fn": handler if dependency["backend_fn"] else None,
        "inputs": [known[number] for number in dependency["inputs"]],
        "outputs": [known[number] for number in dependency["outputs"]],
        "api_name": dependency["api_name"],
        "queue": dependency["queue"],
        "show_progress": dependency["show_progress"],
        "cancels": dependency["cancels"],
    }
    if "trigger" in dependency:  # up to 3.34: one event of one component
        (number,) = dependency["targets"]
        known[number].set_event_trigger(dependency["trigger"], **given)
    else:
        targets = [
            gradio.events.EventListenerMethod(known[number], event) for number, event in dependency["targets"]
        ]
        blocks.set_event_trigger(targets, **given)
