# SPDX-License-Identifier: GPL-3.0-or-later
"""A lock of the operating system on a file: it ends with its process, however that ends."""

from __future__ import annotations

import errno
import sys
from typing import IO

_TAKEN = frozenset({errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES})
"""How the systems say that another process holds it; the last is Windows, and locks over a network."""


def try_lock(file: IO[bytes]) -> bool:
    """Whether this process holds the lock now; closing the file, or the end of the process, gives it back.

    False means that another process holds it. Raises `OSError` where no file can be locked, as on some drives
    of a network.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        raise OSError(error.errno, f"files cannot be locked there: {error.strerror or error}") from error
    return True
