# SPDX-License-Identifier: GPL-3.0-or-later
"""The command ``movie-director``: understands its arguments, runs one command, ends with its exit code.

| code | meaning |
|---|---|
| 0 | every required service can be used; the test passed |
| 1 | something required cannot be used; the test failed |
| 2 | the call or the set-up is wrong, or Movie Director itself failed: standard error says what |
| 130, 143, 129 | ended by Ctrl-C, by SIGTERM, by the closing of the terminal |
| 141 | nobody reads the output any more |
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TYPE_CHECKING

from .arguments import PROGRAM, Finished, Options, UsageError, parse

if TYPE_CHECKING:
    from ..core.project_document import Project
    from .output import Output

WRONG = 2
INTERRUPTED = 130
NOBODY_READS = 141


def main(
    arguments: Sequence[str] | None = None,
    project: Project | None = None,
    *,
    local_only: bool = False,
    blender: str = "",
) -> int:
    """Run one command; never raises but SystemExit from a signal.

    Blender gives its version with `blender`, and with `project` what the open .blend says of the settings.
    """
    _end_on_signals()
    words = sys.argv[1:] if arguments is None else arguments
    try:
        options = parse(words)
    except Finished as finished:
        answer = str(finished)
        return _with_output(lambda output: _print(answer, output))
    except UsageError as error:
        _say(f"{error} More: {PROGRAM} --help")
        return WRONG
    return _with_output(lambda output: _command(options, output, project, local_only, blender))


def _with_output(work: Callable[[Output], int]) -> int:
    """The exit code of `work`, or of what became of the output meanwhile."""
    from .output import OutputFailed, OutputGone, standard_output

    output = standard_output(os.environ)
    try:
        code = work(output)
        output.flush()
        return code
    except OutputGone:
        output.abandon()
        return NOBODY_READS
    except OutputFailed as error:
        output.abandon()
        _say(f"The output cannot be written: {error}.")
        return WRONG
    except KeyboardInterrupt:
        return INTERRUPTED


def _print(answer: str, output: Output) -> int:
    output.write(answer + "\n")
    return 0


def _command(
    options: Options, output: Output, project: Project | None, local_only: bool, blender: str
) -> int:
    """Import what the command needs only now, and turn what can be wrong with it into sentences."""
    from ..core.errors import ConfigError
    from ..transport import isolation
    from .output import OutputFailed, OutputGone

    try:
        isolation.install()
        from . import session

        with session.opened(options, output, os.environ, project, local_only, blender) as opened:
            return int(importlib.import_module(f".{options.command}", __package__).run(opened))
    except isolation.VendorTreeMissing:
        _say("The packages that Movie Director needs are not there yet. Run: python3 scripts/run.py")
    except UsageError as error:
        _say(str(error))
    except ConfigError as error:
        from .session import in_words

        _say(in_words(error))
    except (OutputGone, OutputFailed):
        raise
    except Exception as error:
        _say(f"Movie Director made a mistake of its own ({type(error).__name__}). Its log says more.")
    return WRONG


def _say(sentence: str) -> None:
    """Tell the user on standard error, if there is one."""
    if sys.stderr is None:
        return
    from ..core.printable import visible
    from ..core.redact import redact

    with contextlib.suppress(OSError):
        print(f"{PROGRAM}: {visible(redact(sentence))}", file=sys.stderr)


def _end_on_signals() -> None:
    """Let SIGTERM and SIGHUP unwind the program, so that the terminal and the sockets are given back."""
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _leave)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
