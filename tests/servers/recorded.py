# SPDX-License-Identifier: GPL-3.0-or-later
"""One service as it answers from outside, in a process that costs next to nothing and can be killed.

`python -m tests.servers.recorded rvc --port 0`. For tests where five programs have to come and go on a small
computer; what the programs themselves do is tested with `tests.servers.five`.
"""

from __future__ import annotations

import argparse

from .plain import RawServer
from .process import ServerProcess
from .serving import keep_standard_output, serve_until_told
from .stand_ins import PAGES

SERVICES = ("comfyui", "wan2gp", "litellm", "rvc", "audioldm")
_MODULE = "tests.servers.recorded"


def recorded_process(service: str, port: int = 0) -> ServerProcess:
    """A light program of any of the five services, which lets everybody in."""
    if service in PAGES:
        return ServerProcess(_MODULE, [service, "--port", str(port)])
    module = {"comfyui": "tests.servers.comfyui", "litellm": "tests.servers.litellm"}[service]
    return ServerProcess(module, ["--demo", "--end-with-stdin", "--port", str(port)])


def main() -> None:
    parser = argparse.ArgumentParser(prog=f"python -m {_MODULE}", description="A service, as recorded.")
    parser.add_argument("service", choices=PAGES)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    options = parser.parse_args()
    output = keep_standard_output()
    with RawServer(PAGES[options.service](), port=options.port) as server:
        serve_until_told(output, server.url)


if __name__ == "__main__":
    main()
