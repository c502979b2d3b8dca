# SPDX-License-Identifier: GPL-3.0-or-later
"""A layout that takes notes instead of drawing, for tests of what a panel puts where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Drawn:
    """One call of a layout: its method, its arguments, and the properties of an operator as they were set."""

    method: str
    arguments: dict[str, Any]
    properties: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return str(self.arguments.get("text", ""))


class _Properties:
    """What `UILayout.operator` returns."""

    def __init__(self, noted: dict[str, Any]) -> None:
        object.__setattr__(self, "_noted", noted)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__getattribute__(self, "_noted")[name] = value


class RecordingLayout:
    """Knows the methods of `bpy.types.UILayout` that exist in every Blender from 3.6 on, and no other."""

    _CONTAINERS = ("row", "column", "box", "split", "column_flow", "grid_flow")

    def __init__(self, drawn: list[Drawn] | None = None) -> None:
        self.drawn: list[Drawn] = [] if drawn is None else drawn
        self.alignment = "EXPAND"
        self.scale_y = 1.0
        self.operator_context = "INVOKE_DEFAULT"

    def __getattr__(self, name: str) -> Any:
        if name not in self._CONTAINERS:
            raise AttributeError(name)
        return lambda **arguments: self._inside(name, arguments)

    def _inside(self, name: str, arguments: dict[str, Any]) -> RecordingLayout:
        self.drawn.append(Drawn(name, arguments))
        return RecordingLayout(self.drawn)

    def label(self, **arguments: Any) -> None:
        self.drawn.append(Drawn("label", arguments))

    def separator(self, *, factor: float = 1.0) -> None:
        self.drawn.append(Drawn("separator", {"factor": factor}))

    def menu(self, menu: str, **arguments: Any) -> None:
        self.drawn.append(Drawn("menu", {"menu": menu, **arguments}))

    def operator(self, operator: str, **arguments: Any) -> _Properties:
        call = Drawn("operator", {"operator": operator, **arguments})
        self.drawn.append(call)
        return _Properties(call.properties)

    def prop(self, data: Any, property: str, **arguments: Any) -> None:
        self.drawn.append(Drawn("prop", {"data": data, "property": property, **arguments}))
