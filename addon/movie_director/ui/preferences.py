# SPDX-License-Identifier: GPL-3.0-or-later
"""The preferences of the add-on, where Blender shows those of every add-on.

They are registered by a tick, a moment after the add-on was switched on: which services there are is known
only then, and Blender takes no further properties once such a class is registered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import bridge, engine

if TYPE_CHECKING:
    from types import ModuleType

_form: ModuleType | None = None


def follow(now: float) -> bool:
    """Called at every tick with the monotonic time; whether there is something new to draw."""
    global _form
    application = engine.application()
    if application is None:
        return False
    if _form is None:
        from . import preference_form

        # Noted before: one that fails half-way is to be taken back.
        _form = preference_form
        preference_form.register(application.schema)
    return bool(_form.follow(application, now))


def register() -> None:
    bridge.at_every_tick(follow)


def unregister() -> None:
    global _form
    form, _form = _form, None
    if form is not None:
        form.unregister()
