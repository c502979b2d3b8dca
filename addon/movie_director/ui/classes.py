# SPDX-License-Identifier: GPL-3.0-or-later
"""The classes of one module, made known to Blender and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy


def register(classes: Sequence[Any]) -> None:
    """In their order: what another one needs stands before it."""
    for each in classes:
        bpy.utils.register_class(each)


def unregister(classes: Sequence[Any]) -> None:
    """The last first, and only those that are registered: registering may have failed half-way."""
    for each in reversed(classes):
        if each.is_registered:
            bpy.utils.unregister_class(each)
