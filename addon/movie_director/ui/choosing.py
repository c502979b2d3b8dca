# SPDX-License-Identifier: GPL-3.0-or-later
"""The menu of an operator that was called without saying for what, as by Blender's menu search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import bpy


def choose(
    context: bpy.types.Context,
    operator: str,
    title: str,
    entries: Iterable[tuple[str, Mapping[str, str]]],
    nothing: str,
) -> set[str]:
    """Show an entry for each label, which calls `operator` with these properties; `nothing` if there is none.

    Returns what the operator that asks is to return.
    """
    shown = tuple(entries)

    def draw(menu: bpy.types.Menu, context: bpy.types.Context) -> None:
        menu.layout.operator_context = "INVOKE_DEFAULT"
        for label, given in shown:
            properties = menu.layout.operator(operator, text=label)
            for name, value in given.items():
                setattr(properties, name, value)
        if not shown:
            menu.layout.label(text=nothing)

    context.window_manager.popup_menu(draw, title=title)
    return {"FINISHED"}
