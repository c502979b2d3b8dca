# SPDX-License-Identifier: GPL-3.0-or-later
"""The five services of a scenario: what is asked of them, and what is shown of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy
from inside.session import Session


def ask(session: Session, *wishes: str) -> None:
    """Have `tests.blender.stage` do something to them: "kill rvc", "freeze rvc", "restore"."""
    with open(session.options["pipe"], "w", encoding="utf-8") as pipe:
        pipe.writelines(f"{wish}\n" for wish in wishes)


def service(name: str) -> Any:
    """What Blender's properties tell of one."""
    return bpy.context.window_manager.movie_director_status.services[name]


def states() -> set[str]:
    """Where the connections stand, each of those that occur once; empty before there are any."""
    return {each.status for each in bpy.context.window_manager.movie_director_status.services}


def first_row_at_rest(session: Session) -> Iterator[object]:
    """With all services off: wait until no worker has anything left to say of the first one.

    A worker takes what it is told in order: once it has shown two changes, the second is one that it was told
    after its start. What the scenario puts on the board from then on stays.
    """
    engine = session.addon("ui.engine")
    yield session.until(lambda: engine.snapshot() and len(engine.snapshot().services) >= 5, what="services")
    first = next(iter(engine.snapshot().services))
    for _ in range(2):
        yield from has_heard(session, first)


def has_heard(session: Session, name: str) -> Iterator[object]:
    """Wait until the worker of a service has taken all settings; for that, `required` is turned over."""
    engine = session.addon("ui.engine")
    required = not engine.snapshot().services[name].required
    engine.application().settings.set_value(name, "required", required)
    yield session.until(
        lambda: engine.snapshot().services[name].required is required, what=f"{name} with another `required`"
    )
