# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes log lines by a thread, for programs in which not even a hanging disk may stop a thread that logs."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable

MOST_WAITING = 2_000
"""Lines that wait for a slow disk; further ones are lost."""
END_LIMIT = 0.2
"""Seconds to write what is left at the end."""


class DeferredHandler(logging.Handler):
    """Writes each record at once as a line, in the thread that logs, and hands that to a thread of its own.

    `open_file` is called in that thread; None means that there is no file.
    """

    def __init__(self, open_file: Callable[[], logging.Handler | None]) -> None:
        super().__init__()
        self._open_file = open_file
        self._lines: queue.Queue[str | None] = queue.Queue(MOST_WAITING)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="md-log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(self.format(record))

    def close(self) -> None:
        if not self._over.is_set():
            self.end(END_LIMIT)
        super().close()

    def end(self, timeout: float) -> bool:
        """Let the thread write what is left; whether it ended within `timeout` seconds."""
        self._over.set()
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        file = self._open_file()
        while True:
            line = self._lines.get()
            if line is not None and file is not None:
                file.handle(logging.makeLogRecord({"msg": line}))
            if self._over.is_set() and self._lines.empty():
                break
        if file is not None:
            with contextlib.suppress(OSError):  # what a full disk did not take is lost
                file.close()
