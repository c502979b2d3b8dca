# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP answer whose head has to be complete.

http.client takes the end of the connection for the end of the head, and so an answer that was cut there for
an empty one.
"""

from __future__ import annotations

import http.client
from typing import Any


class WholeHeadResponse(http.client.HTTPResponse):
    """Raises `http.client.IncompleteRead` when the connection ends between the status line and the body."""

    def begin(self) -> None:
        file: Any = self.fp
        head: Any = _HeadReader(file)
        self.fp = head
        try:
            super().begin()
        finally:
            if self.fp is head:  # otherwise there is no body, and it is closed already
                self.fp = file


class _HeadReader:
    def __init__(self, file: Any) -> None:
        self._file = file
        self._has_begun = False

    def readline(self, limit: int) -> bytes:
        line: bytes = self._file.readline(limit)
        if not line and self._has_begun:
            raise http.client.IncompleteRead(b"")
        self._has_begun = True
        return line

    def close(self) -> None:
        self._file.close()
