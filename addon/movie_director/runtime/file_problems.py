# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a file of settings, as a problem to tell."""

from __future__ import annotations

from pathlib import Path

from ..core.errors import Problem, ProblemCode, problem

_LONGEST_REASON = 200


def about_file(path: Path, code: ProblemCode, error: Exception) -> Problem:
    """The problem that `error` is for the user whose file lies at `path`."""
    where, reason = str(path), _reason(error)
    return problem(code, f"{where}: {reason}", retry=False, where=where, reason=reason)


def about_file_aside(path: Path, error: Exception, aside: Path) -> Problem:
    """Tells of a file that lay at `path`, could not be understood, and lies at `aside` now."""
    where, reason, code = str(path), _reason(error), ProblemCode.SETTINGS_KEPT_ASIDE
    return problem(code, f"{where}: {reason}", retry=False, where=where, kept=aside.name, reason=reason)


def _reason(error: Exception) -> str:
    said = error.strerror if isinstance(error, OSError) else None
    return (said or str(error)).rstrip(".")[:_LONGEST_REASON]
