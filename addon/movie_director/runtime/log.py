# SPDX-License-Identifier: GPL-3.0-or-later
"""The log: a few bounded files that hold no secret and cannot be forged, one writer each.

Two processes never write to one file, because neither could then rename it when it is full. Each
takes the first free name of ``movie-director.log``, ``movie-director-2.log``, … and holds it by a lock
of the operating system, which ends with the process; so names do not pile up and nothing has to be
tidied.

One record is one line; what a server sent cannot begin another. Lines of a traceback are indented.
Writing never raises: a full disk costs records, not the work.
"""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import threading
import time
import traceback
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TextIO

from ..core.errors import ConfigError, ProblemCode, problem
from ..core.printable import visible
from ..core.redact import Redactor
from .deferred_log import END_LIMIT, DeferredHandler
from .lock import try_lock

VARIABLE = "MOVIE_DIRECTOR_LOG"
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
MAX_BYTES = 1024 * 1024
BACKUPS = 2
"""So three files of `MAX_BYTES` for each process that runs at the same time."""
PLACES = 16
MAX_MESSAGE = 4_000
MAX_TRACEBACK = 16_000
TAIL = 200
"""Records whose text is kept in memory, for reports that must not read a file."""
_TAIL_HEAD, _TAIL_END = 600, 1_400
"""Characters of a long record that are kept there; the end of a traceback says most."""

_ROOT = __name__.partition(".runtime")[0]


def level_from(environ: Mapping[str, str]) -> int:
    """The level that MOVIE_DIRECTOR_LOG asks for, INFO without it; raises `ConfigError` (``bad-setting``)."""
    value = environ.get(VARIABLE, "").strip()
    level = LEVELS.get(value.lower() or "info")
    if level is None:
        reason = f"expected {', '.join(LEVELS)}"
        detail = f"{VARIABLE}='{value[:40]}': {reason}"
        what = problem(
            ProblemCode.BAD_SETTING, detail, retry=False, name=VARIABLE, value=value[:40], reason=reason
        )
        raise ConfigError(what)
    return level


@dataclass
class Log:
    """The open log of this process; `close` it, or use it as a context manager."""

    path: Path | None = None
    """The file that is written; None if there is none, or none yet."""
    problem: str = ""
    """Why there is no file."""
    _formatter: _Formatter = field(default_factory=lambda: _Formatter(), repr=False)
    _tail: deque[str] = field(default_factory=lambda: deque(maxlen=TAIL), repr=False)
    _handlers: list[logging.Handler] = field(default_factory=list, repr=False)
    _secrets: frozenset[str] = field(default=frozenset(), repr=False)
    _hiding: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def hide(self, secrets: Iterable[str]) -> None:
        """Remove these, and those given before, from everything that is written from now on.

        One that no longer holds is still a secret elsewhere, and may still be under way in an answer.
        Any thread may call this.
        """
        given = frozenset(secrets)
        with self._hiding:
            known = self._secrets | given
            if known != self._secrets:
                self._secrets = known
                self._formatter.redact = Redactor(known)

    def tail(self) -> tuple[str, ...]:
        """The newest records as they were written, oldest first; reads no file."""
        return tuple(self._tail)

    def close(self, timeout: float = END_LIMIT) -> bool:
        """Write what is left; whether all was written within `timeout` seconds."""
        logger, deadline = logging.getLogger(_ROOT), time.monotonic() + timeout
        deferred = [each for each in self._handlers if isinstance(each, DeferredHandler)]
        for handler in self._handlers:
            logger.removeHandler(handler)
        for each in deferred:
            each.request_end()
        ended = all(each.join(max(0.0, deadline - time.monotonic())) for each in deferred)
        for handler in self._handlers:
            with contextlib.suppress(OSError):  # what a full disk did not take is lost
                handler.close()
        self._handlers.clear()
        logger.propagate = not any(isinstance(each, _Tail) for each in logger.handlers)
        return ended

    def __enter__(self) -> Log:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_log(
    folder: Path,
    level: int = logging.INFO,
    secrets: Iterable[str] = (),
    console: TextIO | None = None,
    *,
    console_level: int = logging.NOTSET,
    deferred: bool = False,
) -> Log:
    """Begin to write what this program logs to a file in `folder`, and to `console` if given.

    Never raises: if no file can be written, `Log.problem` says why. Nothing reaches the handlers of the
    host program, whose log is not redacted. With `deferred` no threads but the log's own touch the file, not
    even to open it, and the console, which blocks where nobody reads it; `Log.close` then waits for them.
    """
    log = Log()
    log.hide(secrets)
    file = DeferredHandler(lambda: _opened(log, folder)) if deferred else _opened(log, folder)
    log._handlers = [_Tail(log._tail), *([file] if file is not None else [])]
    if console is not None:
        told: logging.Handler = logging.StreamHandler(console)
        if deferred:
            stream = told
            told = DeferredHandler(lambda: stream, "md-log-console")
        told.setLevel(console_level)
        log._handlers.append(told)
    logger = logging.getLogger(_ROOT)
    logger.setLevel(level)
    logger.propagate = False
    for each in log._handlers:
        each.setFormatter(log._formatter)
        logger.addHandler(each)
    return log


def _opened(log: Log, folder: Path) -> _File | None:
    """The file that this process writes; without one, `Log.problem` says why."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name, place = _take_place(folder)
        try:
            file = _File(folder / f"{name}.log", place)
        except OSError:
            place.close()
            raise
    except OSError as error:
        log.problem = f"{folder}: {error.strerror or error}"
        return None
    log.path = folder / f"{name}.log"
    return file


def _take_place(folder: Path) -> tuple[str, IO[bytes]]:
    """The first name that no other process holds, and the lock that now holds it."""
    for number in range(1, PLACES + 1):
        name = "movie-director" if number == 1 else f"movie-director-{number}"
        lock = open(folder / f"{name}.lock", "a+b")  # noqa: SIM115  held until the log is closed
        try:
            if try_lock(lock):
                return name, lock
        except OSError:
            lock.close()
            raise
        lock.close()
    raise OSError(0, f"{PLACES} other processes are writing logs here")


class _File(logging.handlers.RotatingFileHandler):
    """A rotating file that gives up a record rather than the work it is about; it owns its place's lock."""

    def __init__(self, path: Path, place: IO[bytes]) -> None:
        self._place = place
        super().__init__(
            path, maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8", errors="backslashreplace"
        )

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._place.close()

    def doRollover(self) -> None:
        try:
            super().doRollover()
        except OSError:
            # Windows renames no file that is open in an editor: begin anew instead of growing for ever.
            with contextlib.suppress(OSError):
                open(self.baseFilename, "w").close()
                self.stream = self._open()

    def handleError(self, record: logging.LogRecord) -> None:
        """The disk is full, or the folder is gone: there is nowhere left to say so."""


class _Tail(logging.Handler):
    """Keeps the newest records in memory."""

    def __init__(self, lines: deque[str]) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        if len(text) > _TAIL_HEAD + _TAIL_END:
            text = f"{text[:_TAIL_HEAD]} … {text[-_TAIL_END:]}"
        self._lines.append(text)


class _Formatter(logging.Formatter):
    """Time in UTC, level, thread, module, message; without secrets and without a second line."""

    def __init__(self) -> None:
        super().__init__()
        self.redact = Redactor()

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        module = record.name.removeprefix(f"{_ROOT}.")
        head = f"{moment}.{int(record.msecs):03d}Z {record.levelname} {record.threadName} {module}: "
        return visible(head) + self._clean(_message(record), MAX_MESSAGE) + self._traceback(record)

    def _traceback(self, record: logging.LogRecord) -> str:
        if not record.exc_info or record.exc_info[1] is None:
            return ""
        whole = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
        lines = self._clean(whole, MAX_TRACEBACK, keep="\n").split("\n")
        return "".join(f"\n    | {line}" for line in lines)

    def _clean(self, text: str, limit: int, keep: str = "") -> str:
        cleaned = visible(self.redact(text[: limit * 8]), keep)
        return cleaned if len(cleaned) <= limit else f"{cleaned[:limit]} … ({len(text)} characters)"


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # a faulty call must not lose what it wanted to say
        return f"{record.msg!r} {record.args!r}"
