"""A process of its own that runs nothing but a manager: `python -m tests.benchmarks.child`.

It reads one command per line and answers each with one line of JSON: `await NAME` when all rows are so,
`usage` at once. At `end`, or when its input closes, it leaves without stopping the manager.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from movie_director.backends import backends
from movie_director.backends.base import Backend
from movie_director.backends.comfyui import BACKEND
from movie_director.core.settings import Policy
from movie_director.core.snapshot import ServiceStatus
from movie_director.runtime.manager import Manager
from movie_director.transport import vendored

from .machine import Usage
from .pacing import PATIENCE
from .watched import FAST, is_connected, is_lost, is_streaming, is_waiting, lasting_free_port, settings_for

CONDITIONS: dict[str, Callable[[ServiceStatus], bool]] = {
    "connected": is_connected,
    "streaming": is_streaming,
    "lost": is_lost,
    "waiting": lambda row: is_waiting(row) and row.attempt > 0,
    "attempting": lambda row: row.attempting,
}
POLICIES = {"default": Policy(), "fast": FAST, "patient": Policy(check_timeout=3600.0)}


def main() -> None:
    options = _options()
    manager = Manager(settings_for(options.url, POLICIES[options.policy]), backends=_backends(options))
    if options.no_workers:
        # Whatever the workers would load is loaded all the same, so that both interpreters have it to end.
        for package in (vendored.requests, vendored.urllib3, vendored.websocket, vendored.pybreaker):
            assert package.__name__
    else:
        manager.start()
    usage = Usage()
    _say({"ready": True})
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        if command == "end":
            return
        if command == "await":
            _await(manager, argument)
        _say(usage.read())


def _backends(options: argparse.Namespace) -> Sequence[Backend]:
    if options.all_closed:
        return [_at_closed_ports(backend) for backend in backends()]
    return [replace(BACKEND, default_ports=tuple(options.ports)) if options.ports else BACKEND]


def _at_closed_ports(backend: Backend) -> Backend:
    """As many usual ports as it has, but such at which nothing listens."""
    return replace(backend, default_ports=tuple(lasting_free_port() for _ in backend.default_ports))


def _await(manager: Manager, name: str) -> None:
    wanted, seen = CONDITIONS[name], -1
    while (snapshot := manager.board.wait(seen, PATIENCE)) is not None:
        if all(wanted(row) for row in snapshot.services.values()):
            return
        seen = snapshot.version
    raise SystemExit(f"never {name}: {manager.board.snapshot()}")


def _say(content: object) -> None:
    print(json.dumps(content), flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="", help="where ComfyUI is; without it: find it")
    parser.add_argument("--ports", type=int, nargs="*", default=[], help="where to look instead of as usual")
    parser.add_argument("--all-closed", action="store_true", help="watch all services, none of which runs")
    parser.add_argument("--policy", choices=POLICIES, default="default")
    parser.add_argument("--no-workers", action="store_true", help="load everything, but start nothing")
    return parser.parse_args()


if __name__ == "__main__":
    main()
