# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of the properties of the preferences: ``comfyui_url``, ``comfyui_timeout``, ``auto_connect``."""

from __future__ import annotations

from ..core.schema import Key


def attribute(key: Key) -> str:
    """That of a setting."""
    return f"{key.service}_{key.name}" if key.service else key.name


def of_key(service: str) -> str:
    """That of the key of a service."""
    return f"{service}_key"
