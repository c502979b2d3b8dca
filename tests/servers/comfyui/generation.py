"""What differs between the recorded releases of ComfyUI, and the answers taken over from the recordings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

VERSIONS = ("0.33.0", "0.3.64")
DATA = Path(__file__).resolve().parents[2] / "data"


@dataclass(frozen=True)
class Generation:
    """One recorded release. Dictionaries are shared: copy before changing anything in them."""

    version: str
    system: dict[str, Any]
    devices: list[dict[str, Any]]
    features: dict[str, Any]
    model_folders: list[str]
    node_info: dict[str, dict[str, Any]]
    page_cache_control: str
    has_jobs: bool
    canonical_prompt_ids: bool
    stamps_create_time: bool
    explains_missing_nodes: bool
    forbids_sniffing: bool


def recorded(version: str, name: str) -> dict[str, Any]:
    """The parsed recordings `tests/data/comfyui-<version>/<name>.json`."""
    content: dict[str, Any] = json.loads((DATA / f"comfyui-{version}" / f"{name}.json").read_text("utf-8"))
    return content


@cache
def load_generation(version: str) -> Generation:
    """The release named `version`, one of VERSIONS; ValueError for another."""
    if version not in VERSIONS:
        raise ValueError(f"no recording of ComfyUI {version}; there are {', '.join(VERSIONS)}")
    answers = recorded(version, "answers")
    stats = answers["system_stats"]["body"]
    modern = version == "0.33.0"
    return Generation(
        version=version,
        system=stats["system"],
        devices=stats["devices"],
        features=answers["features"]["body"],
        model_folders=answers["models"]["body"],
        node_info={
            **answers["object_info_KSampler"]["body"],
            **answers["object_info_CheckpointLoaderSimple"]["body"],
        },
        page_cache_control=answers["root"]["headers"]["Cache-Control"],
        has_jobs=modern,
        canonical_prompt_ids=modern,
        stamps_create_time=modern,
        explains_missing_nodes=modern,
        forbids_sniffing=modern,
    )
