"""Who this process speaks to: every connection, message and look-up is told before it is made.

Not by an audit hook of Python. While one is there, a thread that starts under coverage fails now and then:
no two threads may be within `sys.settrace` of CPython 3.11 at once, and that calls the hooks, which let
others run.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

Listener = Callable[[str, object], None]
"""Called with "contact" and an address, or with "look-up" and a name; it may raise OSError to forbid it."""

CONTACT, LOOK_UP = "contact", "look-up"
LISTENERS: list[Listener] = []
"""Asked in this order."""


def _tell(what: str, whom: object) -> None:
    for listener in tuple(LISTENERS):
        listener(what, whom)


def _telling_contact(name: str, place: int) -> None:
    """Have a method of sockets tell its argument number `place`, the address; -1: the last."""
    original: Callable[..., Any] = getattr(socket.socket, name)

    def method(self: socket.socket, *arguments: Any) -> Any:
        if place < len(arguments):
            _tell(CONTACT, arguments[place])
        return original(self, *arguments)

    setattr(socket.socket, name, method)


def _telling_look_up(name: str) -> None:
    original: Callable[..., Any] = getattr(socket, name)

    def function(host: Any, *arguments: Any, **more: Any) -> Any:
        _tell(LOOK_UP, host)
        return original(host, *arguments, **more)

    setattr(socket, name, function)


def install() -> None:
    """From now on, and for ever. Other processes do not pass here, nor does C code that opens sockets."""
    for name, place in (("connect", 0), ("connect_ex", 0), ("sendto", -1), ("sendmsg", 3)):
        if hasattr(socket.socket, name):  # Windows has no sendmsg
            _telling_contact(name, place)
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
        _telling_look_up(name)
