# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at a Blender that `scripts/run.py --blender` opened; reports once all is shown, and quits.

The environment says where the report goes, and whether to stay.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import bpy

PERIOD = 0.2
REPORT = Path(os.environ["MOVIE_DIRECTOR_TEST_REPORT"])
STAYS = bool(os.environ["MOVIE_DIRECTOR_TEST_STAYS"])
EXPECTED = 2
"""Demos that need no environment of their own."""
TAB = "Movie Director"
DEADLINE = time.monotonic() + 240.0


def connected() -> dict[str, str]:
    """The addresses of the services that are connected."""
    modules = [addon.module for addon in bpy.context.preferences.addons]
    (name,) = [module for module in modules if module.endswith("movie_director")]
    snapshot = sys.modules[f"{name}.ui.engine"].snapshot()
    services = snapshot.services.values() if snapshot else ()
    return {status.service: status.endpoint.url for status in services if status.state.name == "CONNECTED"}


def area(kind: str) -> Any:
    return next(area for area in bpy.context.window_manager.windows[0].screen.areas if area.type == kind)


def tab() -> str:
    if bpy.app.version < (4, 2, 0):
        return TAB  # which no script may choose there
    return str(next(each for each in area("VIEW_3D").regions if each.type == "UI").active_panel_category)


def look() -> float | None:
    found = connected()
    if (len(found) < EXPECTED or tab() != TAB) and time.monotonic() < DEADLINE:
        return PERIOD
    seen = {
        "connected": found,
        "sidebar": area("VIEW_3D").spaces.active.show_region_ui,
        "properties": area("PROPERTIES").spaces.active.context,
        "tab": tab(),
        "resources": os.environ["BLENDER_USER_RESOURCES"],
        "home": os.environ["MOVIE_DIRECTOR_HOME"],
        "pid": os.getpid(),
    }
    half = REPORT.with_suffix(".half")
    half.write_text(json.dumps(seen), "utf-8")
    half.replace(REPORT)
    if not STAYS:
        bpy.ops.wm.quit_blender()
    return None


bpy.app.timers.register(look, first_interval=PERIOD)
