"""What was recorded of Wan2GP 12.60, without its prose, scripts and styles.

`tests/data/wan2gp/config.json.gz` is its /config as it matters to a client. Values that are equal in most
components of a type, or in most dependencies, are written once, as defaults. A long text is replaced by its
length, and comes back as filler of that length.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "data" / "wan2gp"
VERSION = "12.60"
DOWNLOAD = "/wangp_api/download/none"
NO_DOWNLOAD = "Download expired or not found"
"""What Wan2GP's source, and its own module run with the real Gradio, answer there since 12.21."""
_FILLER = "filler "


@cache
def config(version: str = VERSION) -> dict[str, Any]:
    """The recorded /config: components, dependencies and layout complete, long texts as filler.

    The heading tells `version` instead of the recorded one.
    """
    packed = json.loads(gzip.decompress((DATA / "config.json.gz").read_bytes()))
    defaults = packed.pop("component_defaults")
    for component in packed["components"]:
        component["props"] = {**defaults[component["type"]], **component["props"]}
    heading = packed["components"][0]["props"]
    heading["value"] = heading["value"].replace(f"v{VERSION} ", f"v{version} ")
    defaults = packed.pop("dependency_defaults")
    packed["dependencies"] = [{**defaults, **dependency} for dependency in packed["dependencies"]]
    filled: dict[str, Any] = _fill(packed)
    return filled


@cache
def mcp() -> dict[str, Any]:
    """The recorded answers of MCP mode: "initialize", "tools", and "calls" by the name of the tool."""
    filled: dict[str, Any] = _fill(json.loads((DATA / "mcp.json").read_text("utf-8")))
    return filled


def models() -> Iterator[tuple[str, str, str]]:
    """(family, name, model_type) of every model that the recorded Wan2GP knew."""
    selectors = [each for each in config()["components"] if each["type"] == "hierarchyselector"]
    (families,) = (found for each in selectors if (found := each["props"]["hierarchy"]["folders"]))
    for family in families:
        for folder in family["folders"]:
            for item in folder["items"]:
                yield family["name"], f"{folder['name']} {item['name']}", item["value"]


def _fill(value: Any) -> Any:
    if isinstance(value, list):
        return [_fill(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"left out"}:
        length = value["left out"]
        return (_FILLER * (length // len(_FILLER) + 1))[:length]
    return {key: _fill(each) for key, each in value.items()}
