# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender's main thread must not do."""

from __future__ import annotations

import socket
import sys
import threading
from typing import Any

READING_AND_WAITING = ("recv", "recv_into", "accept", "sendall", "connect", "connect_ex")
"""Methods of a socket; Python's own audit events tell of some of them only."""


def forbid_sockets_on_the_main_thread() -> list[str]:
    """Make every socket call on the main thread fail, and note it in the list that is returned."""
    main, calls = threading.main_thread(), []

    def refuse(what: str) -> None:
        if threading.current_thread() is main:
            calls.append(what)
            raise AssertionError(f"{what} on the main thread")

    def guarded(name: str) -> Any:
        original = getattr(socket.socket, name)

        def method(self: socket.socket, *arguments: Any, **named: Any) -> Any:
            refuse(f"socket.{name}")
            return original(self, *arguments, **named)

        return method

    sys.addaudithook(lambda event, _: refuse(event) if event.startswith("socket.") else None)
    for name in READING_AND_WAITING:
        setattr(socket.socket, name, guarded(name))
    return calls
