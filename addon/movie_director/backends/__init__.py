# SPDX-License-Identifier: GPL-3.0-or-later
"""One module or package per service, collected by its attribute ``BACKEND``.

What several backends share stands in packages whose name begins with an underscore.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from .base import Backend

_ORDER = ("comfyui", "wan2gp", "litellm", "rvc", "audioldm")


@cache
def backends() -> tuple[Backend, ...]:
    """All backends in the order in which they are shown; ones we did not foresee come last."""
    found = {}
    for module_info in pkgutil.iter_modules(__path__):
        if module_info.name != "base" and not module_info.name.startswith("_"):
            module = importlib.import_module(f"{__name__}.{module_info.name}")
            found[module.BACKEND.name] = module.BACKEND
    foreseen = [found.pop(name) for name in _ORDER if name in found]
    return (*foreseen, *(found[name] for name in sorted(found)))
