# SPDX-License-Identifier: GPL-3.0-or-later
"""Two copies of the add-on switched on in one Blender, as a legacy add-on and as an extension: one works.

Blender would take the classes of the first away when the second registers its own. So the second looks for
the first, says that it stays off (on the console, and where its preferences would be), and does nothing else.
"""

from __future__ import annotations

import sys
from typing import Any

import bpy

from . import ROOT

_MARK = "MOVIE_DIRECTOR_PG_status"
"""A class that every copy registers, and that no other add-on has."""


def other_copy() -> str | None:
    """What Blender calls the other copy that works now; None if there is none."""
    owner = _owner()
    return owner if owner != ROOT else None


def take_down_predecessor() -> None:
    """Unregister what an earlier import of this very copy left registered.

    That happens when a script removes our modules from sys.modules and imports them anew.
    """
    if _owner() == ROOT:
        _registered().take_down()


def sentences(other: str) -> tuple[str, str]:
    """What is the matter, and what to do."""
    kinds = {True: "an extension", False: "a legacy add-on"}
    return (
        f"Movie Director is already on, as {kinds[_is_extension(other)]}. This second copy, "
        f"{kinds[_is_extension(ROOT)]}, stays off.",
        "Switch one of the two off, or uninstall it, and then switch the one you want off and on again.",
    )


class MOVIE_DIRECTOR_TWIN_preferences(bpy.types.AddonPreferences):
    """Stands where the preferences of this copy would be."""

    bl_idname = ROOT

    def draw(self, context: bpy.types.Context) -> None:
        other = other_copy()
        if other is None:
            self.layout.label(text="The other copy of Movie Director is off now.", icon="INFO")
            self.layout.label(text="Switch this one off and on again to use it.", icon="BLANK1")
            return
        what, advice = sentences(other)
        self.layout.label(text=what, icon="ERROR")
        self.layout.label(text=advice, icon="BLANK1")


def register() -> None:
    other = other_copy()
    if other is not None:
        print("Movie Director:", *sentences(other), file=sys.stderr)
    bpy.utils.register_class(MOVIE_DIRECTOR_TWIN_preferences)


def unregister() -> None:
    bpy.utils.unregister_class(MOVIE_DIRECTOR_TWIN_preferences)


def _registered() -> Any:
    return bpy.types.PropertyGroup.bl_rna_get_subclass_py(_MARK, None)


def _owner() -> str | None:
    found = _registered()
    return None if found is None else str(found.__module__).rpartition(".ui.")[0]


def _is_extension(root: str) -> bool:
    return root.startswith("bl_ext.")
