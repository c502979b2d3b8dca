# SPDX-License-Identifier: GPL-3.0-or-later
"""Our operators: which of them a button calls, and which of them Blender called."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from types import FrameType
from typing import Any

from inside.gui import Button

OURS = "movie_director."
_METHODS = ("invoke", "execute")


@dataclass(frozen=True)
class Call:
    """One of our operators, and the service that it is for; empty for all of them, or for none yet."""

    operator: str
    """Without the name of the add-on, such as "show_details"."""
    service: str = ""

    def __str__(self) -> str:
        return f"{self.operator} {self.service}".strip()


def call_of(button: Button | None) -> Call | None:
    """What this button calls; None if it is none of ours."""
    if button is None or f"bpy.ops.{OURS}" not in button.what:
        return None
    return Call(button.what.partition(OURS)[2].partition("(")[0], arguments(button).get("service", ""))


def arguments(button: Button) -> dict[str, Any]:
    """With which values it calls that operator."""
    expression = ast.parse(button.what.strip(), mode="eval").body
    assert isinstance(expression, ast.Call), button.what
    return {str(each.arg): ast.literal_eval(each.value) for each in expression.keywords}


class Calls:
    """Notes the calls of our operators while it is entered, oldest first.

    Blender itself remembers only operators that can be repeated or undone, and reports only those. So the
    interpreter is asked which functions run; nothing of the add-on is replaced.
    """

    def __init__(self) -> None:
        self.seen: list[Call] = []

    def __enter__(self) -> Calls:
        self.seen.clear()
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event != "call" or code.co_name not in _METHODS or "movie_director" not in code.co_filename:
            return
        operator = frame.f_locals["self"]
        call = Call(type(operator).__name__.partition("_OT_")[2], getattr(operator, "service", ""))
        if self.seen[-1:] != [call]:  # `invoke` calls `execute`
            self.seen.append(call)
