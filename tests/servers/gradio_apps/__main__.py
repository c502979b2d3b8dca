# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one app in its environment: `python -m tests.servers.gradio_apps rvc-2.3 --port 7865`."""

from __future__ import annotations

import argparse
import copy
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.ports import kept_port

from .. import serving
from . import ENVIRONMENTS, recording
from .offline import stay_on_this_computer

HOST = "127.0.0.1"
DEMO_VOICES = ("narrator.pth", "captain.pth")


def main() -> int:
    """Serve until SIGTERM, Ctrl-C or the end of standard input. Returns the exit code."""
    options = _parser().parse_args()
    output = serving.keep_standard_output()
    serving.keep_to_this_computer()
    stay_on_this_computer()
    voices = DEMO_VOICES if options.demo else tuple(options.voice)
    with (
        # Nobody else gets it in the seconds that Gradio needs.
        kept_port(options.port) as port,
        tempfile.TemporaryDirectory(prefix="movie-director-gradio-") as folder,
    ):
        _want_port(port)
        serving.keep_files_in(folder)
        blocks = _make(options.app, voices, Path(folder))
        blocks.launch(
            server_name=HOST,
            auth=tuple(options.auth.split(":", 1)) if options.auth else None,
            prevent_thread_lock=True,
            quiet=True,
        )
        serving.serve_until_told(output, f"http://{HOST}:{blocks.server_port}")
        blocks.close(verbose=False)
    return 0


def _want_port(port: int) -> None:
    """Told in this way, every generation also takes a port that a killed server has just left."""
    os.environ.update(GRADIO_SERVER_PORT=str(port), GRADIO_NUM_PORTS="1")


def _make(app: str, voices: tuple[str, ...], folder: Path) -> Any:
    # Only now: the settings in the environment must be there before Gradio is imported.
    from . import blocks
    from .handlers import Handlers

    recorded = copy.deepcopy(recording.config(app))
    if voices:
        _offer(recorded, list(voices))
    made = blocks.make(recorded, Handlers(recorded, voices, folder).of)
    return made.queue() if recorded["enable_queue"] else made


def _offer(recorded: dict[str, Any], voices: list[str]) -> None:
    """Put `voices` into the list from which RVC's voice is chosen."""
    (change,) = [each for each in recorded["dependencies"] if each["api_name"] == "infer_change_voice"]
    for component in recorded["components"]:
        if component["id"] == change["inputs"][0]:
            component["props"]["choices"] = sorted(voices)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.servers.gradio_apps", description="A recorded app on the real Gradio."
    )
    parser.add_argument("app", choices=sorted(ENVIRONMENTS))
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one, which is the default")
    parser.add_argument("--auth", metavar="USER:PASSWORD", help="ask everybody to log in")
    parser.add_argument("--voice", action="append", default=[], metavar="FILE", help="a voice that RVC has")
    parser.add_argument("--demo", action="store_true", help="have some voices, for people who look")
    parser.add_argument("--end-with-stdin", action="store_true", help="which it always does")
    return parser


if __name__ == "__main__":
    sys.exit(main())
