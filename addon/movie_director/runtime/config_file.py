# SPDX-License-Identifier: GPL-3.0-or-later
"""The config file on disk; the only place that parses TOML."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..core.config_document import read
from ..core.errors import Problem, ProblemCode, problem
from ..core.layers import LayerValues
from ..core.schema import Layer, Schema
from ..transport import vendored
from .whole_file import WholeFile

_LIMIT = 1024 * 1024
"""Bytes."""
_OTHER_FORMATS = (".yaml", ".yml", ".json", ".ini", ".cfg")


@dataclass(frozen=True)
class Parsed:
    """What the config file says, and what is wrong with it."""

    layer: LayerValues | None
    """None if the file cannot be read as a whole."""
    problems: tuple[Problem, ...] = ()
    again: bool = False
    """Whether the system did not let it be read, which it may do later without a change of the file."""


class ConfigFile:
    """The config file at `path`; it need not exist unless the user named it."""

    def __init__(self, path: Path, schema: Schema, *, named: bool = False) -> None:
        self.path = path
        self._schema = schema
        self._named = named

    def stamps(self) -> tuple[object, ...]:
        """What changes whenever the file, or one that is mistaken for it, is written."""
        return tuple(WholeFile(path).stamp() for path in (self.path, *self._mistaken()))

    def read(self) -> Parsed:
        """Read the file; never raises for what is in it. Loads a third-party package if there is one."""
        if self.path.suffix.lower() in _OTHER_FORMATS:
            return self._unreadable(_only_toml(self.path))
        try:
            data = WholeFile(self.path).read(_LIMIT)
        except OSError as error:
            return replace(self._unreadable(error.strerror or str(error)), again=True)
        if data is None:
            return self._missing()
        if len(data) > _LIMIT:
            return self._unreadable(f"it is larger than {_LIMIT} bytes")
        return self._parsed(data)

    def _parsed(self, data: bytes) -> Parsed:
        try:
            text = data.decode("utf-8-sig")
            document = vendored.tomli.loads(text)
        except UnicodeDecodeError:
            return self._unreadable("it is not written in UTF-8")
        except vendored.tomli.TOMLDecodeError as error:
            return self._unreadable(str(error))
        except (ValueError, RecursionError) as error:
            long = isinstance(error, ValueError)
            return self._unreadable("a number in it is too long" if long else "it is nested too deep")
        return Parsed(*read(self._schema, document, text, str(self.path)))

    def _missing(self) -> Parsed:
        nothing = LayerValues(Layer.FILE)
        if self._named:
            return Parsed(nothing, self._unreadable("there is no such file").problems)
        for other in self._mistaken():
            if other.exists():
                reason = _only_toml(other)
                return Parsed(nothing, (_unreadable(other, reason),))
        return Parsed(nothing)

    def _mistaken(self) -> tuple[Path, ...]:
        """Files that somebody may have meant to be the config file."""
        return () if self._named else tuple(self.path.with_suffix(suffix) for suffix in _OTHER_FORMATS[:3])

    def _unreadable(self, reason: str) -> Parsed:
        return Parsed(None, (_unreadable(self.path, reason),))


def _only_toml(path: Path) -> str:
    return f"files of the kind {path.suffix} are not read; write the settings into config.toml"


def _unreadable(path: Path, reason: str) -> Problem:
    short = reason.rstrip(".")[:200]
    detail = f"{path}: {reason}"
    return problem(ProblemCode.SETTINGS_UNREADABLE, detail, retry=False, where=str(path), reason=short)
