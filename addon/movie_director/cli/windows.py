# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Windows console must be asked for before it behaves like a terminal."""

from __future__ import annotations

import sys

_STANDARD_OUTPUT = -11
_VIRTUAL_TERMINAL = 0x0004


def enable_escape_sequences() -> bool:
    """Let the console obey escape sequences; False where it cannot (before Windows 10)."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        console = kernel.GetStdHandle(_STANDARD_OUTPUT)
        mode = ctypes.c_uint32()
        if not kernel.GetConsoleMode(console, ctypes.byref(mode)):
            return False
        return bool(kernel.SetConsoleMode(console, mode.value | _VIRTUAL_TERMINAL))
    return True
