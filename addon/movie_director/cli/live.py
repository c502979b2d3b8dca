# SPDX-License-Identifier: GPL-3.0-or-later
"""A screen that is drawn anew in place, and a terminal that is always given back as it was."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from types import FrameType

from .lines import Line, Span, Style, cut
from .output import Output, OutputGone

# The alternate screen leaves what stood in the terminal untouched, also when its size changes.
_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l"
_LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l"
_HOME = "\x1b[H"
_CLEAR_LINE = "\x1b[K"
_CLEAR_BELOW = "\x1b[J"


class Screen:
    """Draws frames between `__enter__` and `__exit__`; Ctrl-Z gives the terminal back meanwhile."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._drawn = ""

    def __enter__(self) -> Screen:
        if hasattr(signal, "SIGTSTP"):
            signal.signal(signal.SIGTSTP, self._suspend)
        self._send(_ENTER)
        return self

    def __exit__(self, *_: object) -> None:
        if hasattr(signal, "SIGTSTP"):
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        with contextlib.suppress(OutputGone):
            self._send(_LEAVE)

    def size(self) -> tuple[int, int]:
        """Columns and lines that can be drawn on.

        The last column stays free: to clear the rest of a line from there would take its last letter.
        """
        width, height = self._output.size()
        return width - 1, height

    def draw(self, lines: Sequence[Line]) -> None:
        """Show these lines, as far as they fit; an equal frame costs nothing."""
        width, height = self.size()
        shown = [self._output.rendered(cut(line, width)) + _CLEAR_LINE for line in lines[:height]]
        frame = _HOME + "\r\n".join(shown) + _CLEAR_BELOW
        if frame != self._drawn:
            self._send(frame)
            self._drawn = frame

    def _send(self, text: str) -> None:
        self._output.write(text)
        self._output.flush()

    def _suspend(self, number: int, frame: FrameType | None) -> None:
        if sys.platform == "win32":
            return
        # Not through the stream: it may be in the middle of a write.
        os.write(sys.stdout.fileno(), _LEAVE.encode())
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        # here we are again after `fg`
        signal.signal(signal.SIGTSTP, self._suspend)
        os.write(sys.stdout.fileno(), _ENTER.encode())
        self._drawn = ""


@contextlib.contextmanager
def passing_note(output: Output, note: str) -> Iterator[None]:
    """Show a note in a terminal while something takes time, and take it away again."""
    if not output.is_drawable:
        yield
        return
    output.write(output.rendered((Span(note, Style.FAINT),)))
    output.flush()
    try:
        yield
    finally:
        output.write(f"\r{_CLEAR_LINE}")
        output.flush()
