# SPDX-License-Identifier: GPL-3.0-or-later
"""Quantities as people write them. The units are international, so they need no translation."""

from __future__ import annotations

import math

_BYTE_UNITS = ("KiB", "MiB", "GiB", "TiB")


def duration(seconds: float) -> str:
    """A span of time in one or two units: ``2.1 s``, ``12 s``, ``3 min``, ``1 h 5 min``, ``2 d 3 h``."""
    seconds = _finite(seconds)
    if seconds < 9.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = whole // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def countdown(seconds: float) -> str:
    """Time that is left, in whole seconds and never less than one: ``7 s``, ``2 min``."""
    return duration(max(1, math.ceil(_finite(seconds) - 1e-6)))


def milliseconds(seconds: float) -> str:
    """A short time: ``0.4 ms``, ``12 ms``, from one second on ``1.5 s``."""
    seconds = _finite(seconds)
    if seconds >= 1.0:
        return duration(seconds)
    value = seconds * 1000.0
    return f"{value:.1f} ms" if value < 9.95 else f"{min(round(value), 999)} ms"


def size(count: float) -> str:
    """A number of bytes: ``512 bytes``, ``1.5 MiB``, ``23.9 GiB``."""
    value = _finite(count)
    if value < 1024:
        return f"{round(value)} bytes"
    exponent = 1
    while value / 1024**exponent >= 1023.95 and exponent < len(_BYTE_UNITS):
        exponent += 1
    value, unit = value / 1024**exponent, _BYTE_UNITS[exponent - 1]
    return f"{value:.1f}".removesuffix(".0") + f" {unit}"


def _finite(value: float) -> float:
    """The value, or 0 for anything a faulty clock or server could give instead."""
    return float(value) if math.isfinite(value) and value > 0 else 0.0
