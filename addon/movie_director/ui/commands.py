# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender --command movie_director …``: what the terminal's movie-director does, without its own Python.

Blender has such commands since 4.2.
"""

from __future__ import annotations

from typing import Any

import bpy

from . import online

NAME = "movie_director"

_command: Any = None


def run(arguments: list[str]) -> int:
    """Do what the terminal does with these arguments; returns its exit code.

    Unlike the terminal it heeds Blender's switch for online access, and knows what the open .blend says.
    """
    from ..cli.main import main
    from .project_sync import said_by_file

    return main(arguments, said_by_file(), local_only=not online.is_allowed(), blender=bpy.app.version_string)


def is_registered() -> bool:
    return _command is not None


def register() -> None:
    global _command
    register_command = getattr(bpy.utils, "register_cli_command", None)
    if register_command is not None:
        _command = register_command(NAME, run)


def unregister() -> None:
    global _command
    command, _command = _command, None
    if command is not None:
        utilities: Any = bpy.utils
        utilities.unregister_cli_command(command)
