"""The recorded components of Wan2GP's web UI, made again with the real Gradio."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

gradio: Any = importlib.import_module("gradio")
_context: Any = importlib.import_module("gradio.context").Context
_meta: Any = importlib.import_module("gradio.component_meta")

# Gradio writes a file of type hints beside the source of each new class of component: not in this project.
_meta.create_or_modify_pyi = lambda *arguments: None

_CLASSES = {
    "checkboxgroup": "CheckboxGroup",
    "downloadbutton": "DownloadButton",
    "fileexplorer": "FileExplorer",
    "form": "layouts.Form",
    "html": "HTML",
    "tabitem": "Tab",
    "uploadbutton": "UploadButton",
}
"""Where the name of the class is not that of the type with a capital letter."""

_UPDATES_ONLY = {"_selectable", "server_fns", "selected", "streamable"}
"""What a component tells of itself and is not told."""


class OfWanGP(gradio.components.Component):  # type: ignore[misc]
    """A component that Gradio does not have: Wan2GP brings its own, and we only what it tells of itself."""

    EVENTS: list[Any] = []  # noqa: RUF012  Gradio reads it from the class

    def __init__(self, kind: str, properties: dict[str, Any]) -> None:
        self.kind = kind
        self.properties = properties
        super().__init__(render=False, visible=properties.get("visible", True))

    def get_block_name(self) -> str:
        return self.kind

    def get_config(self) -> dict[str, Any]:
        return {**self.properties, "name": self.kind}

    def api_info(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}}

    def preprocess(self, payload: Any) -> Any:
        return payload

    def postprocess(self, value: Any) -> Any:
        return value

    def example_payload(self) -> Any:
        return []

    def example_value(self) -> Any:
        return []


def new_blocks(**options: Any) -> Any:
    """An empty app, with the number 0 as the first block of a program has it."""
    _context.id = 0
    return gradio.Blocks(**options)


def add_components(blocks: Any, recorded: dict[str, Any]) -> None:
    """Give `blocks` every recorded component under its own number, in the recorded order and layout.

    Gradio's own way, nested `with`, would number anew and draw frames of its own around components.
    """
    for component in recorded["components"]:
        _context.id = component["id"]
        made = _made(component["type"], dict(component["props"]))
        made.key = component.get("key")
        made.page = ""
        made.is_rendered = True
        if component["props"].get("_selectable"):
            made._selectable = True
        blocks.default_config.blocks[component["id"]] = made
        if isinstance(made, gradio.components.Component):
            blocks.temp_file_sets.append(made.temp_files)
    _nest(blocks, blocks, recorded["layout"])


def _made(kind: str, properties: dict[str, Any]) -> Any:
    name = _CLASSES.get(kind, kind.capitalize())
    maker: Any = gradio
    for part in name.split("."):
        maker = getattr(maker, part, None)
    if maker is None:
        return OfWanGP(kind, properties)
    if kind == "state":
        return maker(value={}, render=False)
    taken = inspect.signature(maker.__init__).parameters
    given = {key: value for key, value in properties.items() if key in taken and key not in _UPDATES_ONLY}
    if kind == "tabs":
        given["selected"] = properties.get("selected")
    return maker(**given, render=False)


def _nest(blocks: Any, parent: Any, layout: dict[str, Any]) -> None:
    for child in layout.get("children", ()):
        block = blocks.default_config.blocks[child["id"]]
        block.parent = parent
        parent.children.append(block)
        _nest(blocks, block, child)
