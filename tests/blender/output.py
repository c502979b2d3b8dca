# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Blender printed."""

from __future__ import annotations

import re


def lines_of_our_tracebacks(output: str) -> list[str]:
    """Where tracebacks went through the add-on; Blender's own add-ons may print theirs."""
    return re.findall(r'File "[^"]*/movie_director/[^"]*", line \d+.*', output)
