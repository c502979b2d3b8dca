"""Run the stand-in as a process: `python -m tests.servers.litellm --port 4000`."""

from __future__ import annotations

import argparse
import sys

from ..serving import serve_until_told
from .protocol import LiteLLMServer
from .recordings import VERSIONS
from .setups import SETUPS


def main() -> int:
    """Serve until SIGTERM, Ctrl-C or, if asked for, the end of standard input. Returns the exit code."""
    options = _parser().parse_args()
    setup = SETUPS["open" if options.demo else options.setup]
    server = LiteLLMServer(options.version, setup, options.port)
    try:
        server.start()
    except OSError as error:
        print(f"cannot listen on port {options.port}: {error}", file=sys.stderr)
        return 1
    try:
        serve_until_told(sys.stdout.fileno(), server.url, end_with_input=options.end_with_stdin)
    finally:
        server.kill()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.servers.litellm", description="What a watcher sees of a LiteLLM proxy."
    )
    parser.add_argument("--port", type=int, default=4000, help="0 takes a free one (default: 4000)")
    parser.add_argument("--version", choices=VERSIONS, default="1.106", help="release to imitate")
    parser.add_argument("--setup", choices=SETUPS, default="key", help="what it asks for and offers")
    parser.add_argument("--demo", action="store_true", help="let everybody in")
    parser.add_argument(
        "--end-with-stdin",
        action="store_true",
        help="end when standard input closes, so with the parent process",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
