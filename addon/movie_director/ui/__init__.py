# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on inside Blender: the only room that knows bpy, one file per Blender concept.

Each module that `MODULES` names has ``register()`` and ``unregister()``. All of them are registered or none.
Importing this package imports no bpy.

To be registered is to be imported, which must not take longer than 0.05 s: the modules that register import
at their top nothing but bpy and each other, where that can be. What draws and computes is imported on first
use; the engine's thread has imported it by then.
"""

from __future__ import annotations

import importlib
import logging
import sys
from types import ModuleType

log = logging.getLogger(__name__)

ROOT = __name__.rpartition(".")[0]
"""What Blender calls the add-on: ``movie_director``, or ``bl_ext.<repository>.movie_director``."""

MODULES = (
    "status_properties",
    "commands",
    "handlers",
    "bridge",
    "icons",
    "operators",
    "consent_operators",
    "diagnostics_operator",
    "panel",
    "preferences",
    "project",
)
"""In the order of registration; what needs another module stands below it."""

_registered: list[ModuleType] = []


def register() -> None:
    """Register every module; if one fails, take back what was done and raise its error."""
    from . import twin

    twin.take_down_predecessor()
    try:
        for name in MODULES if twin.other_copy() is None else ("twin",):
            module = importlib.import_module(f".{name}", __name__)
            # Noted before: a module that fails half-way may have done something that is to be undone.
            _registered.append(module)
            module.register()
    except BaseException:
        unregister()
        raise


def unregister() -> None:
    """Take everything back, the last first, whatever fails on the way, and forget all our modules.

    A module that is imported again later therefore comes from the files as they are then.
    """
    while _registered:
        module = _registered.pop()
        try:
            module.unregister()
        except Exception:
            log.exception("%s was not taken back properly", module.__name__)
    _forget_modules()


def _forget_modules() -> None:
    """Remove our modules from where Python finds them, except the top one, which belongs to Blender.

    Does nothing where a newer import of the same modules has taken their place already. While a thread lives
    that could not be ended in time, its modules stay too: it would import some of them anew. That is told,
    because an add-on that is updated now would be partly the old one.
    """
    if vars(sys.modules.get(__name__, ModuleType(""))) is not globals():
        return
    isolation = sys.modules.get(f"{ROOT}.transport.isolation")
    if isolation is not None:
        isolation.uninstall()
    engine = sys.modules.get(f"{__name__}.engine")
    at_work = [] if engine is None else engine.threads()
    if at_work:
        log.warning("%s did not end in time: start Blender again before you update", at_work[0].name)
        return
    below = f"{ROOT}."
    for name in [each for each in sys.modules if each.startswith(below)]:
        module = sys.modules.pop(name)
        parent, _, attribute = name.rpartition(".")
        holder = sys.modules.get(parent)
        if holder is not None and vars(holder).get(attribute) is module:
            delattr(holder, attribute)
