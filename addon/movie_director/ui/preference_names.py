# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of the properties of the preferences: ``comfyui_url``, ``comfyui_timeout``, ``auto_connect``."""

from __future__ import annotations

from ..core.schema import Key

KEY = "key"
ADVANCED = "advanced"


def attribute(key: Key) -> str:
    """That of a setting."""
    return f"{key.service}_{key.name}" if key.service else key.name


def of_service(service: str, name: str) -> str:
    """That of the key of a service, or of whether its advanced settings are shown."""
    return f"{service}_{name}"
