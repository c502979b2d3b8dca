# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the `blocks` of code in `options`, as a user's script would, and reports what they print."""

from __future__ import annotations

import contextlib
import io
from typing import Any

from inside.session import Session


def scenario(session: Session) -> None:
    session.install()
    names: dict[str, Any] = {}
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        for block in session.options["blocks"]:
            exec(block, names)
    session.note(said=said.getvalue().splitlines())
    session.disable()
