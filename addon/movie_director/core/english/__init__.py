# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text of the program in English, by message id.

A text is a template, or several of them: the first whose parameters are all known is used, and the
last must get along with few. Parameters are values; after a colon stands how one is written:
``{seconds:duration}``, ``{seconds:countdown}``, ``{limit:size}``. For whom this is written: a film maker who
knows the program by its name, but neither ports nor protocols.

Parameters of problems: program (its name, also given as service), address (``host:port``), host, found
(what the other program calls itself), strangers (several such, with their addresses, as the problem met
them), silent (what accepts connections without answering), locked (where a log-in hides which program
answers), other and instead (where another instance answers: a retry takes the former, for the latter the
address has to be changed), location, example and login (URLs, the last with a place for name and password),
status (a number of HTTP), seconds, limit (bytes), name and value (of a setting), where and kept (files),
project (a .blend), reason (half a sentence), nearest and known (names of services or profiles), start_hint
(a sentence), variables (names of environment variables), model (its name).
Of profiles: value (its name), count, maximum (the most there can be).
Of the registry: makes (what was asked for), count, names, minimum and maximum (numbers as they are
written), version, oldest and newest (versions).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from . import diagnostics, panel, preferences, problems, project, registry, services, settings, trust


def _catalogue() -> Mapping[str, tuple[str, ...]]:
    texts: dict[str, tuple[str, ...]] = {}
    for code, parts in (*problems.PROBLEMS.items(), *trust.PROBLEMS.items()):
        for part, variants in parts.items():
            texts[f"problem.{code}.{part}"] = variants
    for room in (problems, services, registry, panel, preferences, diagnostics, project, settings):
        for group, entries in room.GROUPS.items():
            for name, text in entries.items():
                texts[f"{group}.{name}"] = (text,) if isinstance(text, str) else text
    return MappingProxyType(texts)


ENGLISH = _catalogue()
STAND_IN = "the program"
"""Stands for a program whose name is not known."""
