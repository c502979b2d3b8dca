# SPDX-License-Identifier: GPL-3.0-or-later
"""Random project settings are set and saved; what was said is noted for those that open the file.

`options`: the seed, and the file to write.
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from typing import Any

import bpy
from inside import project
from inside.session import Session

SERVICES = ("comfyui", "wan2gp", "litellm", "rvc", "audioldm")
FRACTION = 0.7
"""How many of the settings are set."""


def scenario(session: Session) -> Iterator[object]:
    session.install()
    yield project.ready(session)
    chance = random.Random(session.options["seed"])
    for group, values in chosen(chance):
        owner = getattr(project.props(), f"{group}_connection") if group else project.props()
        for name, value in values.items():
            setattr(owner, name, value)
    session.note(said=project.said(session), text=project.stored())
    assert project.said(session), "something must be set"
    bpy.ops.wm.save_as_mainfile(filepath=session.options["file"])
    assert session.addon("ui.bridge").mistakes() == ()


def chosen(chance: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "", some(chance, {"auto_connect": chance.random() < 0.5, "profile": word(chance, 1, 60)})
    for service in SERVICES:
        busy, slow = chance.uniform(5, 3600), chance.uniform(0.05, 60)
        values = {
            "enabled": chance.random() < 0.5,
            "url": chance.choice(["", f"http://127.0.0.{chance.randint(2, 254)}:{chance.randint(1, 65535)}"]),
            "timeout": round(chance.uniform(1, 300), 3),
            "retry_count": chance.randint(0, 10),
            "check_interval": round(chance.uniform(1, 300), 3),
            "breaker_interval": round(chance.uniform(5, 300), 3),
            "required": chance.random() < 0.5,
            "custom_data": f'{{"busy_limit": {busy!r}, "slow_answer": {slow!r}}}',
        }
        yield service, some(chance, values)


def some(chance: random.Random, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if chance.random() < FRACTION}


def word(chance: random.Random, least: int, most: int) -> str:
    letters = string.ascii_letters + "äßéЖ漢字🎬"
    return "".join(chance.choice(letters) for _ in range(chance.randint(least, most)))
