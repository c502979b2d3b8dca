# SPDX-License-Identifier: GPL-3.0-or-later
"""RVC WebUI and AudioLDM without their models: the recorded apps on the real Gradio of their time."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ENVIRONMENTS: Mapping[str, str] = MappingProxyType(
    {
        "rvc-2.3": "gradio-3.14",
        "rvc-2024": "gradio-3.34",
        "audioldm-1": "gradio-3.50",
        "audioldm-2": "gradio-3.50",
    }
)
"""By app, the environment in which it runs."""
