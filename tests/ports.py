# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports on which nobody listens until a test says so."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

FreePort: TypeAlias = Callable[[], int]
"""The fixture `free_port`: each call gives another port of 127.0.0.1."""


@contextmanager
def kept_port(wanted: int = 0) -> Iterator[int]:
    """The port `wanted` of 127.0.0.1, or any; it refuses connections until a server of the test takes it.

    On Linux a socket that is bound to it, but does not listen, keeps the system from giving it to anybody
    else who wants any port. Other systems would keep the server of the test from it, too.
    """
    with socket.socket() as keeper:
        if sys.platform == "linux":
            keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeper.bind(("127.0.0.1", wanted))
        port = int(keeper.getsockname()[1])
        if sys.platform != "linux":
            keeper.close()
        yield port
