# SPDX-License-Identifier: GPL-3.0-or-later
"""Movie Director: find, watch and feed the AI services on this computer, from Blender.

The rooms, and the one direction in which they may import each other:

    ui, cli  →  runtime  →  backends  →  transport  →  core

``core`` holds values and decisions, ``transport`` is the only room that opens sockets, ``backends``
knows one program per module, ``runtime`` owns the threads, ``cli`` is the terminal.
"""

VERSION = (0, 1, 0)
