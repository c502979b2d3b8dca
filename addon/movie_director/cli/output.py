# SPDX-License-Identifier: GPL-3.0-or-later
"""Standard output as it really is: its width, its colours, its alphabet, and its end.

Everything that is printed passes here: secrets are taken out and control characters made visible,
whoever sent them.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from ..core.presentation import ASCII_MARKS, MARKS
from ..core.printable import visible
from ..core.redact import Redactor
from .lines import Line, Style
from .windows import enable_escape_sequences

_ASCII = str.maketrans({**{MARKS[each]: ASCII_MARKS[each] for each in MARKS}, "…": "~", "•": "*"})
_PLAIN_TERMINALS = ("", "dumb", "unknown")


class OutputGone(Exception):
    """Nobody reads on, as after ``| head``: there is nothing left to do, and nothing to say."""


class OutputFailed(Exception):
    """The output cannot be written, as on a full disk; the text is the reason."""


class Output:
    """One stream to write to, and what it is capable of."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str]) -> None:
        self._stream = stream
        self.redact = Redactor()
        self.is_terminal = stream.isatty()
        self.is_drawable = self.is_terminal and _understands_escapes(environ)
        """Whether the cursor can be moved."""
        self.is_coloured = self.is_drawable and not environ.get("NO_COLOR")
        self.is_ascii = not _can_encode("".join(MARKS.values()) + "…", stream)

    def size(self) -> tuple[int, int]:
        """Columns and lines of the terminal now."""
        size = shutil.get_terminal_size()
        return max(20, size.columns), max(3, size.lines)

    @property
    def width(self) -> int | None:
        """Columns to keep to; None where lines may be as long as they like."""
        return self.size()[0] if self.is_terminal else None

    def text(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self.write(self.rendered(line) + "\n")
        self.flush()

    def json(self, document: Mapping[str, Any], *, one_line: bool = False) -> None:
        """Write a document in ASCII; secrets are taken out of its texts."""
        layout: dict[str, Any] = {"separators": (",", ":")} if one_line else {"indent": 2}
        self.write(json.dumps(_redacted(document, self.redact), **layout) + "\n")
        self.flush()

    def rendered(self, line: Line) -> str:
        """A line as it is to be written, without an end."""
        return "".join(self._rendered(text, style) for text, style in line)

    def _rendered(self, text: str, style: Style) -> str:
        text = visible(self.redact(text))
        if self.is_ascii:
            text = text.translate(_ASCII)
        if not self.is_coloured or style is Style.PLAIN or not text.strip():
            return text
        return f"\x1b[{style.value}m{text}\x1b[0m"

    def write(self, text: str) -> None:
        try:
            self._stream.write(text)
        except OSError as error:
            raise _lost(error) from error

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            raise _lost(error) from error

    def abandon(self) -> None:
        """Let the rest go nowhere, so that the interpreter does not complain when it flushes at its end."""
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), self._stream.fileno())


def standard_output(environ: Mapping[str, str]) -> Output:
    """Standard output; where there is none (``>&-``), the null device."""
    stream = sys.stdout if sys.stdout is not None else open(os.devnull, "w")  # noqa: SIM115  until we end
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    return Output(stream, environ)


def _understands_escapes(environ: Mapping[str, str]) -> bool:
    if sys.platform == "win32":
        return enable_escape_sequences()
    return environ.get("TERM", "") not in _PLAIN_TERMINALS


def _can_encode(text: str, stream: TextIO) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeError, LookupError):
        return False
    return True


def _lost(error: OSError) -> Exception:
    # Windows says "invalid argument" of a pipe that nobody reads.
    if error.errno in (errno.EPIPE, errno.EINVAL):
        return OutputGone()
    return OutputFailed(error.strerror or str(error))


def _redacted(value: Any, redact: Redactor) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: _redacted(each, redact) for key, each in value.items()}
    if isinstance(value, list):
        return [_redacted(each, redact) for each in value]
    return value
