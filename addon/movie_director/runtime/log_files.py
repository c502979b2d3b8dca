# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the ends of the logs that this and other processes of the user wrote; for a thread that may wait."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from ..core.evidence import LogPart

MOST_FILES = 3
MOST_BYTES = 64 * 1024


def newest_logs(folder: Path) -> tuple[LogPart, ...]:
    """The ends of the files in `folder` that were written last, the newest first; one record is one line.

    Never raises: what cannot be read is left out.
    """
    try:
        found = [(path.stat().st_mtime, path) for path in folder.glob("movie-director*.log")]
    except OSError:
        return ()
    newest = sorted(found, reverse=True)[:MOST_FILES]
    return tuple(part for _, path in newest for part in _end_of(path))


def _end_of(path: Path) -> Iterator[LogPart]:
    with contextlib.suppress(OSError), open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - MOST_BYTES))
        text = file.read(MOST_BYTES).decode("utf-8", "replace")
        lines = text.splitlines()
        yield LogPart(path.name, tuple(lines[1:] if size > MOST_BYTES else lines))
