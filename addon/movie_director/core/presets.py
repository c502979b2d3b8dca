# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets: settings for a way of working, which the program brings along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .messages import message, text
from .schema import Value


@dataclass(frozen=True)
class Preset:
    """Settings for one way of working."""

    id: str
    every_service: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    """What it sets for each service."""
    keeps: tuple[str, ...] = ()
    """Settings that stay as the user has them; all others return to their defaults."""

    @property
    def label(self) -> str:
        return text(message(f"preset.{self.id}"))

    @property
    def description(self) -> str:
        return text(message(f"preset-help.{self.id}"))


_PLACES = ("enabled", "url", "required", "ca_file", "custom_data")
"""What is true of a service whatever the pace at which it is watched."""

PRESETS = (
    Preset("local", keeps=("enabled", "required", "custom_data")),
    Preset(
        "lan-studio",
        MappingProxyType({"timeout": 10.0, "retry_count": 6, "check_interval": 10.0}),
        keeps=_PLACES,
    ),
    Preset(
        "development",
        MappingProxyType({"timeout": 5.0, "retry_count": 10, "check_interval": 2.0, "breaker_interval": 5.0}),
        keeps=_PLACES,
    ),
)


def preset_named(name: str) -> Preset | None:
    """The preset that is called so, in its words or by its id."""
    return next((each for each in PRESETS if name in (each.id, each.label)), None)
