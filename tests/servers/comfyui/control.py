"""`/__control`: steers a server in another process. ComfyUI has no such thing; it is exempt from faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .faults import MALFORMED_FRAMES
from .responses import Request, Response, json_response

if TYPE_CHECKING:
    from .run import Run

PATH = "/__control"


def _send_malformed(run: Run, name: Any) -> None:
    run.hub.send_raw(MALFORMED_FRAMES[name])


ACTIONS: dict[str, Callable[[Run, Any], None]] = {
    "close_websockets": lambda run, code: run.hub.close_all(code),
    "flood": lambda run, count: run.hub.flood(count),
    "send_malformed": _send_malformed,
    "send_text": lambda run, content: run.hub.send_text(content),
}
"""Action -> what it does with its argument; the argument of `send_malformed` is a key of MALFORMED_FRAMES."""


def answer(run: Run, request: Request) -> Response:
    """GET returns the counters. POST takes an object with any of

    - `reset`: true to behave again first,
    - `faults`: attribute of Faults -> value,
    - `facts`: attribute of Facts -> value,
    - `do`: list of [action, argument], see ACTIONS,

    and returns the counters too; 400 with `{"error": text}` for anything else.
    """
    if not run.shared.steerable:
        return json_response({"error": "this server was started without a control address"}, 403)
    if request.method == "POST":
        try:
            _apply(run, request.json())
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return json_response({"error": f"{type(error).__name__}: {error}"}, 400)
    return json_response(_counters(run))


def _apply(run: Run, command: dict[str, Any]) -> None:
    shared = run.shared
    if command.get("reset"):
        shared.faults.clear()
    for target, changes in (
        (shared.faults, command.get("faults", {})),
        (shared.facts, command.get("facts", {})),
    ):
        for name, value in changes.items():
            if name not in vars(target):
                raise ValueError(f"there is no {name!r} to set")
            setattr(target, name, value)
    for action, argument in command.get("do", []):
        ACTIONS[action](run, argument)


def _counters(run: Run) -> dict[str, Any]:
    counts = run.shared.counts
    with counts.lock:
        nodes = [[prompt_id, node, times] for (prompt_id, node), times in counts.node_executions.items()]
        return {
            "requests": dict(counts.requests),
            "connections": dict(counts.connections),
            "accepted": counts.accepted,
            "client_ids": list(counts.client_ids),
            "executions": dict(counts.executions),
            "node_executions": nodes,
            "open_connections": run.open_connections(),
        }
