# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on is installed and on, and Blender's preferences are saved with that."""

from __future__ import annotations

import bpy
from inside.session import Session


def scenario(session: Session) -> None:
    session.install()
    bpy.ops.wm.save_userpref()
