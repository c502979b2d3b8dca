# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender --command movie_director …``: what the terminal's movie-director does, without its own Python.

Blender has such commands since 4.2.
"""

from __future__ import annotations

from typing import Any

import bpy

NAME = "movie_director"

_command: Any = None


def run(arguments: list[str]) -> int:
    """Do what the terminal does with these arguments; returns its exit code."""
    from ..cli.main import main

    return main(arguments)


def register() -> None:
    global _command
    if hasattr(bpy.utils, "register_cli_command"):
        _command = bpy.utils.register_cli_command(NAME, run)


def unregister() -> None:
    global _command
    command, _command = _command, None
    if command is not None:
        bpy.utils.unregister_cli_command(command)
