# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes log lines by a thread, for programs in which not even a hanging disk, or a console that somebody
has stopped, may stop a thread that logs."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable

MOST_WAITING = 2_000
"""Lines that wait for a slow disk or console; further ones are lost."""
END_LIMIT = 0.2
"""Seconds to write what is left at the end."""


class DeferredHandler(logging.Handler):
    """Writes each record at once as a line, in the thread that logs, and hands that to a thread of its own.

    `opened` is called in that thread and gives what writes; None means that there is nothing to write to.
    """

    def __init__(self, opened: Callable[[], logging.Handler | None], thread: str = "md-log") -> None:
        super().__init__()
        self._opened = opened
        self._lines: queue.Queue[str | None] = queue.Queue(MOST_WAITING)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=thread, daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(self.format(record))

    def close(self) -> None:
        if not self._over.is_set():
            self.request_end()
            self.join(END_LIMIT)
        super().close()

    def request_end(self) -> None:
        """Let the thread write what is left, and end; returns at once."""
        self._over.set()
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(None)

    def join(self, timeout: float) -> bool:
        """Whether the thread ended within `timeout` seconds."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        opened = self._opened()
        while True:
            line = self._lines.get()
            if line is not None and opened is not None:
                opened.handle(logging.makeLogRecord({"msg": line}))
            if self._over.is_set() and self._lines.empty():
                break
        if opened is not None:
            with contextlib.suppress(OSError):  # what a full disk did not take is lost
                opened.close()
