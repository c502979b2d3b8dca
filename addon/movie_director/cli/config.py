# SPDX-License-Identifier: GPL-3.0-or-later
"""``config``: what holds and where it comes from; the config file; settings for another computer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence, Sized
from itertools import groupby
from pathlib import Path

from ..core.config_document import template
from ..core.errors import ConfigError, Problem, ProblemCode, problem
from ..core.messages import explain
from ..core.presentation import Colour
from ..core.schema import Layer, Schema
from ..core.serialisation import Json
from ..core.settings_document import LIMIT
from ..core.settings_exchange import read_import, with_import
from ..core.settings_report import SettingRow, report_json, setting_rows
from ..core.settings_view import SettingsView
from ..runtime.settings_export import export
from .arguments import UsageError
from .lines import EMPTY, Line, Span, Style, columns, mark, wrapped
from .session import SLICE, Session, clocks, write_file

NO_PROJECT = (
    "What a .blend says is known in Blender alone: blender film.blend --command movie_director config."
)
_LONGEST_SAVE = 30.0
"""Seconds; a disk that is slow is waited for, and one that does not answer is told."""


def run(session: Session) -> int:
    """0; for ``check`` and ``import`` 1 if something is wrong with the settings."""
    return _ACTIONS[session.options.action](session)


def _show(session: Session) -> int:
    schema, view = session.application.schema, session.application.settings.newest
    if session.options.json:
        session.output.json(_report(session))
    else:
        session.output.text(setting_lines(schema, view, session.output.width))
        if not session.in_blender:
            session.output.text([EMPTY, *wrapped(NO_PROJECT, session.output.width)])
        session.output.text(problem_lines(view.problems, session.output.width))
    return 0


def _report(session: Session) -> Json:
    schema, view = session.application.schema, session.application.settings.newest
    return report_json(schema, view, session.home.listed, clocks(), project_known=session.in_blender)


def _check(session: Session) -> int:
    view = session.application.settings.newest
    if session.options.json:
        session.output.json(_report(session))
    elif view.problems:
        session.output.text(problem_lines(view.problems, session.output.width)[1:])
    else:
        session.output.text([(mark(Colour.GREEN), Span(" The settings are in order."))])
    return 1 if view.problems else 0


def _path(session: Session) -> int:
    files = session.home.listed
    if session.options.json:
        document = {"schema": "movie-director/files/1", "at": clocks().moment(), "ok": True, "files": files}
        session.output.json(document)
    else:
        rows = [[Span(""), Span(name), Span(path), Span(_presence(path))] for name, path in files.items()]
        session.output.text(columns(rows))
    return 0


def _template(session: Session) -> int:
    session.output.write(template(session.application.schema))
    return 0


def _export(session: Session) -> int:
    store = session.application.settings
    document = export(store)
    path = _file(session)
    if str(path) == "-":
        session.output.write(document)
        return 0
    if path.is_file() and not session.options.force:
        raise UsageError(f"{path} is already there. Choose another name, or replace it with --force.")
    write_file(path, document)
    session.output.text([(Span(f"Written to {path}: settings and {_profiles(store.newest.profiles)}."),)])
    return 0


def _import(session: Session) -> int:
    store, path = session.application.settings, _file(session)
    try:
        with open(path, "rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    brought, problems = read_import(session.application.schema, data, str(path))
    store.change(lambda user: with_import(user, brought))
    _save(session)
    session.output.text([(Span(f"Taken over: settings and {_profiles(brought.profiles)}."),)])
    told = (*problems, *store.problems_of("aside"))
    session.output.text(problem_lines(told, session.output.width))
    return 1 if problems else 0


def _save(session: Session) -> None:
    """Write what was changed; raises `ConfigError` if that could not be done."""
    ended, deadline = False, time.monotonic() + _LONGEST_SAVE
    while not ended and time.monotonic() < deadline:
        ended = session.application.stop(SLICE)
    store, where = session.application.settings, str(session.home.user_settings)
    for each in store.newest.problems:
        is_refusal = each.code in (ProblemCode.SETTINGS_NOT_SAVED, ProblemCode.SETTINGS_NEWER)
        if is_refusal and each.parameter("where") == where:
            raise ConfigError(each)
    if store.is_unsaved or not ended:
        code, reason = ProblemCode.SETTINGS_NOT_SAVED, "the disk does not answer"
        raise ConfigError(problem(code, f"{where}: {reason}", retry=False, where=where, reason=reason))


def _file(session: Session) -> Path:
    return Path(os.path.expanduser(session.options.target or ""))


def _presence(path: str) -> str:
    return "" if os.path.exists(path) else "(not there)"


def _profiles(profiles: Sized) -> str:
    return "1 profile" if len(profiles) == 1 else f"{len(profiles)} profiles"


_ACTIONS: dict[str, Callable[[Session], int]] = {
    "show": _show,
    "check": _check,
    "path": _path,
    "template": _template,
    "export": _export,
    "import": _import,
}


# --- pure --------------------------------------------------------------------------------------------


def setting_lines(schema: Schema, view: SettingsView, width: int | None) -> list[Line]:
    """A table for each service: setting, value, who says so."""
    lines: list[Line] = []
    for service, rows in groupby(setting_rows(schema, view), key=lambda row: row.service):
        traits = schema.service(service)
        heading = traits.label if traits is not None else "Movie Director"
        lines += [EMPTY] if lines else []
        lines.append((Span(heading, Style.STRONG),))
        lines += columns([_row(row) for row in rows])
    return lines


def _row(row: SettingRow) -> list[Span]:
    is_default = row.layer is Layer.DEFAULT
    style = Style.FAINT if is_default else Style.PLAIN
    return [Span(""), Span(f"  {row.name}"), Span(row.value, style), Span(row.source, Style.FAINT)]


def problem_lines(problems: Sequence[Problem], width: int | None) -> list[Line]:
    """What is wrong and what to do about it, after an empty line."""
    lines: list[Line] = [EMPTY] if problems else []
    for each in problems:
        told = explain(each)
        lines += wrapped(f"{told.title} {told.advice}", width, (mark(Colour.YELLOW), Span(" ")))
    return lines
