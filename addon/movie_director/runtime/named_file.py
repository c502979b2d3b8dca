# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a file that the user named: an export, a report."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path


def write_named(path: Path, text: str, *, durable: bool = True) -> None:
    """Write the file in one step, as UTF-8, so that what was there stays where that cannot be done.

    What is no file, such as a pipe, simply gets the text. To be `durable`, to outlast a loss of power right
    then, it waits for the disk. Raises `OSError`.
    """
    before = _status(path)
    if before is not None and not stat.S_ISREG(before.st_mode):
        path.write_text(text, "utf-8", newline="\n")
        return
    target = Path(os.path.realpath(path))  # what a link points at is replaced, not the link
    if before is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    fresh = target.with_name(f".movie-director-{secrets.token_hex(8)}.new")
    try:
        with open(fresh, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        if before is not None:
            os.chmod(fresh, stat.S_IMODE(before.st_mode))
        os.replace(fresh, target)
    finally:
        with contextlib.suppress(OSError):  # mostly because it has its name by now
            fresh.unlink()


def _status(path: Path) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None
