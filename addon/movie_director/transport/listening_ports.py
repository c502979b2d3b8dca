# SPDX-License-Identifier: GPL-3.0-or-later
"""On which ports of this computer does anybody listen? Asked of the system, so that none is knocked at."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys

from ..core.listeners import Listener, linux_listeners, netstat_listeners, worth_a_look

log = logging.getLogger(__name__)

LINUX_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_LARGEST_TABLE = 4 * 1024 * 1024
_NETSTAT_LIMIT = 2.0
"""Seconds."""


def listening_on_loopback(platform: str = sys.platform) -> tuple[Listener, ...]:
    """The loopback addresses that may be looked at (`core.listeners.worth_a_look`).

    Takes up to 2 seconds where a program has to be asked (macOS, Windows). Empty where nothing tells.
    """
    if platform == "linux":
        return worth_a_look(each for table in LINUX_TABLES for each in linux_listeners(_read(table)))
    return worth_a_look(netstat_listeners(_netstat()))


def _read(table: str) -> str:
    """The text of a table; empty if this system has none, as without IPv6."""
    with contextlib.suppress(OSError), open(table, encoding="ascii", errors="replace") as file:
        return file.read(_LARGEST_TABLE)
    return ""


def _netstat() -> str:
    # No window may flash up on Windows.
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    command = ["netstat", "-an", "-p", "TCP" if os.name == "nt" else "tcp"]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_NETSTAT_LIMIT,
            creationflags=flags,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("which ports are listened on is not known: %s", error)
        return ""
    return done.stdout[:_LARGEST_TABLE].decode("ascii", "replace")
