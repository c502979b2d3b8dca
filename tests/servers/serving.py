"""How a server of another program says that it is ready, and ends with the process that started it."""

from __future__ import annotations

import os
import signal
import threading

_MISLEADING = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "GRADIO_SHARE", "GRADIO_ROOT_PATH")


def keep_to_this_computer() -> None:
    """Make libraries that ask their makers for news, or a proxy for the way, do neither."""
    for name in _MISLEADING:
        os.environ.pop(name, None)
        os.environ.pop(name.lower(), None)
    os.environ.update(NO_PROXY="*", GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1")


def keep_files_in(folder: str) -> None:
    """Let Gradio and the libraries that it uses keep their files in `folder`."""
    os.environ.update(GRADIO_TEMP_DIR=folder, HF_HOME=folder, MPLCONFIGDIR=folder)


def keep_standard_output() -> int:
    """A descriptor of standard output for our line; what others print goes to standard error."""
    ours = os.dup(1)
    os.dup2(2, 1)
    return ours


def serve_until_told(output: int, url: str, *, end_with_input: bool = True) -> None:
    """Say `ready <url>`; return at SIGTERM, Ctrl-C or, unless not wanted, the end of standard input."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: ended.set())
    signal.signal(signal.SIGINT, lambda number, frame: ended.set())
    if end_with_input:
        threading.Thread(target=_await_end_of_input, args=(ended,), daemon=True).start()
    os.write(output, f"ready {url}\n".encode())
    # Without a limit, Windows would not deliver signals during the wait.
    while not ended.wait(0.2):
        pass


def _await_end_of_input(ended: threading.Event) -> None:
    # Not through sys.stdin: a thread inside its buffer makes the interpreter abort when it ends.
    while os.read(0, 4096):
        pass
    ended.set()
