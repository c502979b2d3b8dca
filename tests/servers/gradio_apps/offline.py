# SPDX-License-Identifier: GPL-3.0-or-later
"""A guard in the server process: whatever its libraries try, nothing leaves this computer."""

from __future__ import annotations

import sys

_HERE = ("127.", "::1", "localhost", "0.0.0.0")


def stay_on_this_computer() -> None:
    """Fail every connection and look-up of this process that is not of this computer, from now on."""
    sys.addaudithook(_refuse_others)


def _refuse_others(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else ""
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    if name and not name.startswith(_HERE):
        print(f"refused: {event} {name}", file=sys.stderr, flush=True)
        raise OSError(f"test servers reach no other computer: {name}")
