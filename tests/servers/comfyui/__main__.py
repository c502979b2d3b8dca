"""Run the server as a process: `python -m tests.servers.comfyui --port 8188`."""

from __future__ import annotations

import argparse
import sys

from ..serving import serve_until_told
from .generation import VERSIONS
from .server import ComfyServer

DEMO_MODELS = {
    "checkpoints": ["demo_xl_base.safetensors", "demo_fast.safetensors"],
    "loras": ["demo_style.safetensors"],
    "vae": ["demo_vae.safetensors"],
}


def main() -> int:
    """Serve until SIGTERM, Ctrl-C or, if asked for, the end of standard input. Returns the exit code."""
    options = _parser().parse_args()
    server = ComfyServer(options.generation, options.port, options.host, control=not options.demo)
    if options.demo:
        server.facts.models.update(DEMO_MODELS)
    try:
        server.start()
    except OSError as error:
        print(f"cannot listen on {options.host} port {options.port}: {error}", file=sys.stderr)
        return 1
    try:
        serve_until_told(sys.stdout.fileno(), server.url, end_with_input=options.end_with_stdin)
    finally:
        server.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.servers.comfyui", description="A server that speaks the protocol of ComfyUI."
    )
    parser.add_argument("--port", type=int, default=8188, help="0 takes a free one (default: 8188)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--generation", choices=VERSIONS, default=VERSIONS[0], help="release to imitate")
    parser.add_argument("--demo", action="store_true", help="name a few models, and offer no control address")
    parser.add_argument(
        "--end-with-stdin",
        action="store_true",
        help="end when standard input closes, so with the parent process",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
