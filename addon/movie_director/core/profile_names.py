# SPDX-License-Identifier: GPL-3.0-or-later
"""What profiles may be called, how many there may be, and what is wrong where that is not so."""

from __future__ import annotations

from collections.abc import Sequence

from . import reading
from .checking import LONGEST_NAME
from .errors import ConfigError, Parameter, ProblemCode, problem
from .presets import preset_named
from .schema import nearest

MOST_PROFILES = 100


def usable_name(name: str, where: str = "") -> str:
    """The name without white space around it. Raises `ConfigError` for one that no profile may have.

    `where` is the file that has such a profile.
    """
    name = name.strip()
    if not name:
        raise bad_name(name, "the name is empty", where)
    if len(name) > LONGEST_NAME:
        raise bad_name(name, f"the name is longer than {LONGEST_NAME} characters", where)
    if not reading.name(name):
        raise bad_name(name, "the name has signs that cannot be shown", where)
    if preset_named(name) is not None:
        raise bad_name(name, "a preset has this name", where)
    return name


def bad_name(name: str, reason: str, where: str = "") -> ConfigError:
    detail = f"profile '{_shown(name)}'{f' in {where}' if where else ''}: {reason}"
    return _error(ProblemCode.BAD_PROFILE, detail, value=_shown(name), reason=reason, where=where)


def unknown_name(name: str, known: Sequence[str]) -> ConfigError:
    return _error(
        ProblemCode.UNKNOWN_PROFILE,
        f"there is no profile '{_shown(name)}'",
        value=_shown(name),
        nearest=nearest(name, known),
        known=reading.text(", ".join(known)),
    )


def too_many(count: int, where: str = "") -> ConfigError:
    """The error for a change with which there would be so many, or for a file that has so many."""
    detail = f"{count} profiles, where {MOST_PROFILES} is the most"
    code = ProblemCode.TOO_MANY_PROFILES
    return _error(code, detail, count=count, maximum=str(MOST_PROFILES), where=where)


def _error(code: ProblemCode, detail: str, **parameters: Parameter) -> ConfigError:
    return ConfigError(problem(code, detail, retry=False, met=(), **parameters))


def _shown(name: str) -> str:
    return reading.text(name, LONGEST_NAME)
