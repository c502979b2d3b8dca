# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs to project settings and needs to know the services: imported once the engine is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import project_operators, project_panel, project_properties
from .project_sync import sync as sync

if TYPE_CHECKING:
    from ..core.schema import Schema


def register(schema: Schema) -> None:
    project_properties.register(schema)
    project_operators.register()
    project_panel.register()


def unregister() -> None:
    project_panel.unregister()
    project_operators.unregister()
    project_properties.unregister()
