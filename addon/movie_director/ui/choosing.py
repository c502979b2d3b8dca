# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators ask: what they are for, where that was not said, as by the menu search; if it is meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

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


def confirm(
    context: bpy.types.Context, operator: bpy.types.Operator, event: bpy.types.Event, told: str
) -> set[str]:
    """Ask before the operator does what `told` says. Blender tells it from 4.1 on, before only the name.

    Returns what the operator is to return from its ``invoke``.
    """
    manager: Any = context.window_manager
    said = {"title": operator.bl_label, "message": told} if bpy.app.version >= (4, 1, 0) else {}
    return manager.invoke_confirm(operator, event, **said)  # type: ignore[no-any-return]
