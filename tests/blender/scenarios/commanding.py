# SPDX-License-Identifier: GPL-3.0-or-later
"""The command that Blender's own command line has because of the add-on, as Blender calls it."""

from __future__ import annotations

import contextlib
import io

from inside.session import Session


def scenario(session: Session) -> None:
    session.install()
    commands = session.addon("ui.commands")
    assert commands.is_registered()
    answers = {}
    for name, arguments in session.options["calls"].items():
        said, complaint = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complaint):
            code = commands.run(arguments)
        answers[name] = (code, said.getvalue(), complaint.getvalue())
    session.note(**answers)
    session.disable()
    assert not commands.is_registered()
