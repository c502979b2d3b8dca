# SPDX-License-Identifier: GPL-3.0-or-later
"""What ComfyUI's answers say, as values. Any JSON value may come in; what comes out is bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from ...core import reading
from ...core.facts import Device, Queue

PROGRAM = "ComfyUI"

MOST_DEVICES = 64
MOST_FEATURES = 64
MOST_FOLDERS = 200
MOST_MODELS_PER_FOLDER = 5_000
MOST_MODELS = 50_000
"""In all folders together."""

_MOST_MEMORY = 2**50
_MOST_QUEUED = 1_000_000
_FEATURE_DEPTH = 4

_NO_MODEL_FOLDERS = frozenset({"configs", "custom_nodes", "datasets", "fonts"})
"""Folders that hold no models. Of custom_nodes and datasets the server lists every single file, and
does nothing else until it has walked through them."""

_DEVICE_INDEX = re.compile(r"^(?:CUDA )?[a-z]{2,16}:\d{1,3}:? (?=\S)")
_ALLOCATOR = re.compile(r" : ?\w{0,40}$")
_PLAIN_NAMES = {"cpu": "CPU", "mps": "Apple GPU", "privateuseone": "DirectML GPU"}


@dataclass(frozen=True)
class SystemStats:
    """The answer of ``/system_stats``, which also proves that ComfyUI gave it."""

    version: str
    """Empty for releases that do not tell theirs."""
    devices: tuple[Device, ...]


def system_stats(value: object) -> SystemStats:
    """Read ``/system_stats``; raise `ProtocolError` if it is not the answer of a ComfyUI.

    ComfyUI's has an object ``system`` with the version of ComfyUI, or at least of PyTorch, and a list
    ``devices``.
    """
    answer = reading.mapping(value)
    system = reading.mapping(answer.get("system"))
    known_by = any(isinstance(system.get(key), str) for key in ("comfyui_version", "pytorch_version"))
    if not known_by or not isinstance(answer.get("devices"), list):
        raise reading.malformed("/system_stats: not the answer of a ComfyUI")
    devices = reading.items(answer.get("devices"))[:MOST_DEVICES]
    return SystemStats(
        version=reading.text(system.get("comfyui_version"), 40),
        devices=tuple(_device(device) for device in devices if isinstance(device, dict)),
    )


def _device(value: object) -> Device:
    device = reading.mapping(value)
    kind = reading.text(device.get("type"), 20)
    total = reading.whole(device.get("vram_total"), 0, _MOST_MEMORY)
    free = reading.whole(device.get("vram_free"), 0, _MOST_MEMORY)
    if total is not None and free is not None:
        free = min(free, total)
    return Device(_device_name(reading.text(device.get("name"))) or kind, kind, total, free)


def _device_name(shown: str) -> str:
    """Take PyTorch's index and allocator off "cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync"."""
    plain = _PLAIN_NAMES.get(shown.lower())
    return plain if plain is not None else _ALLOCATOR.sub("", _DEVICE_INDEX.sub("", shown))


def features(value: object) -> tuple[str, ...]:
    """Read ``/features``: the names of all flags that are true, nested ones joined with dots."""
    found: list[str] = []
    for flag in _true_flags(value, "", _FEATURE_DEPTH):
        if len(found) >= MOST_FEATURES:
            break
        found.append(flag)
    return tuple(found)


def _true_flags(value: object, prefix: str, depth: int) -> Iterator[str]:
    for key, flag in reading.mapping(value).items():
        name = reading.name(prefix + key, 100)
        if not name:
            continue
        if flag is True:
            yield name
        elif depth > 1:
            yield from _true_flags(flag, f"{name}.", depth - 1)


def queue(value: object) -> Queue | None:
    """Read ``/prompt``, or the equal ``status`` of a WebSocket message; None if it does not say."""
    info = reading.mapping(reading.mapping(value).get("exec_info"))
    remaining = reading.whole(info.get("queue_remaining"), 0, _MOST_QUEUED)
    return None if remaining is None else Queue(remaining)


def model_folders(value: object) -> tuple[str, ...]:
    """Read ``/models``: the folders whose models are worth reading."""
    folders = reading.names(value, MOST_FOLDERS, 100)
    return tuple(folder for folder in folders if folder not in _NO_MODEL_FOLDERS and folder.strip("."))


def models(value: object, room: int = MOST_MODELS) -> tuple[str, ...]:
    """Read ``/models/{folder}``: at most `room` names of models."""
    return reading.names(value, min(MOST_MODELS_PER_FOLDER, max(room, 0)))


def folder_path(folder: str) -> str:
    """The path of the list of models in `folder`."""
    return "/models/" + quote(folder, safe="")
