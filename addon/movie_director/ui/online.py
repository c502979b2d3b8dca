# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's own switch "Allow Online Access", which it has since 4.2.

Where it is off, only programs on this computer are contacted.
"""

from __future__ import annotations

import bpy


def is_allowed() -> bool:
    """Whether other computers may be contacted."""
    return bool(getattr(bpy.app, "online_access", True))
