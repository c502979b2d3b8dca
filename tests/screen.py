"""The command in a terminal of ours, and what it shows there."""

from __future__ import annotations

import codecs
import os
import re
import select
import signal
import struct
import subprocess
import sys
import time
from typing import Any

from tests.cli_kit import SCRIPT
from tests.conftest import LONG_TIMEOUT

ENTERED = "\x1b[?1049h\x1b[?25l\x1b[?7l"
LEFT = "\x1b[?7h\x1b[?25h\x1b[?1049l"


class Screen:
    """The other side of a pseudo-terminal."""

    def __init__(self, columns: int, lines: int, *arguments: str, **environment: str) -> None:
        import fcntl
        import pty
        import termios

        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.shown = ""
        # What is read may end within a character.
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        variables = {"TERM": "xterm", "PYTHONIOENCODING": "utf-8", "PYTHONFAULTHANDLER": "1", **environment}
        surroundings = {**os.environ, **variables}
        surroundings.pop("NO_COLOR", None)
        # A group of its own, yet in our session: the system stops no process that nobody could continue.
        own_group: dict[str, Any] = (
            {"process_group": 0} if sys.version_info >= (3, 11) else {"preexec_fn": os.setpgrp}
        )
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT), *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=surroundings,
            **own_group,
        )
        os.close(slave)

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(LONG_TIMEOUT)
        os.close(self._master)

    def until(self, pattern: str) -> str:
        """Read until something shown since the last call matches, and return it all."""
        deadline = time.monotonic() + LONG_TIMEOUT
        since = len(self.shown)
        while not re.search(pattern, self.shown[since:], re.DOTALL):
            assert time.monotonic() < deadline, f"{pattern} is not in {self.shown[-2000:]!r}"
            self._read(deadline - time.monotonic())
        return self.shown[since:]

    def rest(self) -> str:
        """Everything until the process has ended."""
        since = len(self.shown)
        deadline = time.monotonic() + LONG_TIMEOUT
        while self._read(deadline - time.monotonic()):
            pass
        self.process.wait(LONG_TIMEOUT)
        return self.shown[since:]

    def _read(self, timeout: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0.0, timeout))
        assert ready, f"nothing more came after {self.shown[-2000:]!r}, {self._threads()}"
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux says so when the last process has gone
            return False
        self.shown += self._decode(data)
        return bool(data)

    def _threads(self) -> str:
        """Where the process hangs, which ends by being asked."""
        since = len(self.shown)
        self.process.send_signal(signal.SIGABRT)
        self.process.wait(LONG_TIMEOUT)
        while self._read(0.5):
            pass
        return self.shown[since:]
