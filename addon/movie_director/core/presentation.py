# SPDX-License-Identifier: GPL-3.0-or-later
"""What people see of a snapshot: colours, marks, and the words of each row.

Nothing here depends on whether a terminal or a panel draws it. `now` is a reading of the monotonic
clock of the process that made the snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from . import units
from .connection import WAITING
from .endpoint import Endpoint
from .errors import Parameter, Problem, ProblemCode
from .facts import Device, Queue, ServiceInfo
from .messages import Explanation, Message, explain, message, text
from .model import Health, Source, State
from .snapshot import ServiceStatus, Snapshot


class Colour(str, Enum):
    """The traffic light, of one service or of all."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    OFF = "off"


MARKS = {Colour.GREEN: "●", Colour.YELLOW: "▲", Colour.RED: "✖", Colour.OFF: "◌"}
"""One shape per colour: who cannot tell the colours apart tells the shapes."""
ASCII_MARKS = {Colour.GREEN: "o", Colour.YELLOW: "!", Colour.RED: "x", Colour.OFF: "-"}

_DOWN = (*WAITING, State.FAILED)
_HEALTH_STATES = {Health.READY: "ready", Health.BUSY: "busy", Health.DEGRADED: "degraded"}


@dataclass(frozen=True)
class Row:
    """The texts of one service; empty where there is nothing to say."""

    service: str
    label: str
    colour: Colour
    state: str
    version: str = ""
    address: str = ""
    latency: str = ""
    device: str = ""
    queue: str = ""
    """A number, short as in a column of numbers."""
    queue_told: str = ""
    """The same in words."""


@dataclass(frozen=True)
class Overview:
    """The light over all services, how many of those that are switched on are ready, and a word on it."""

    colour: Colour
    ready: int
    total: int
    word: str


def is_down(status: ServiceStatus) -> bool:
    """Whether the service cannot be used, however that came about; one that connects is not down."""
    return status.state in _DOWN


def is_ready(status: ServiceStatus) -> bool:
    return status.state is State.CONNECTED and status.health in (Health.READY, None)


def is_usable(status: ServiceStatus) -> bool:
    """Whether work can be given to it, be it slowly."""
    return status.state is State.CONNECTED


def asks_for_key(status: ServiceStatus) -> bool:
    """Whether the service answers, but lets us in only with a key, or with another one."""
    codes = (ProblemCode.KEY_MISSING, ProblemCode.KEY_REJECTED)
    return status.state is State.FAILED and status.problem is not None and status.problem.code in codes


def colour(status: ServiceStatus) -> Colour:
    """Red: required and down. Yellow: connecting, busy, limited, or optional and down. Green: ready."""
    if status.state is State.DISABLED:
        return Colour.OFF
    if is_down(status):
        return Colour.RED if status.required else Colour.YELLOW
    return Colour.GREEN if is_ready(status) else Colour.YELLOW


def light(statuses: Iterable[ServiceStatus]) -> Colour:
    """The worst colour of all services that are switched on."""
    shown = {colour(status) for status in statuses}
    worst_first = (Colour.RED, Colour.YELLOW, Colour.GREEN)
    return next((each for each in worst_first if each in shown), Colour.OFF)


def overview(snapshot: Snapshot) -> Overview:
    enabled = [each for each in snapshot.services.values() if each.state is not State.DISABLED]
    shown = light(enabled)
    ready = sum(is_ready(each) for each in enabled)
    return Overview(shown, ready, len(enabled), text(Message(f"light.{shown.value}")))


def required_are_ready(snapshot: Snapshot) -> bool:
    """Whether every required service that is switched on can be used; busy ones can."""
    return all(is_usable(each) for each in _required(snapshot))


def _required(snapshot: Snapshot) -> list[ServiceStatus]:
    return [each for each in snapshot.services.values() if each.required and each.state is not State.DISABLED]


def state_message(status: ServiceStatus, now: float) -> Message:
    """The word for the state, with the time that is left where a next try is set."""
    state = status.state
    if state is State.CONNECTED:
        return message(f"state.{_HEALTH_STATES[status.health or Health.READY]}")
    if state is State.CONNECTING:
        return message("state.connecting" if status.endpoint else "state.looking")
    if state not in WAITING:
        return message(f"state.{state.value}")
    is_searched = state is State.DISCONNECTED and status.source is not Source.CONFIGURED
    if status.attempting:
        return message("state.looking" if is_searched else "state.trial")
    base = {
        State.DISCONNECTED: "disconnected" if is_searched else "unreached",
        State.RECONNECTING: "retrying",
        State.SUSPENDED: "suspended",
    }[state]
    if status.retry_at is None or status.retry_at <= now:
        return message(f"state.{base}")
    return message(f"state.{base}-wait", seconds=status.retry_at - now)


def counts_down(status: ServiceStatus, now: float) -> bool:
    """Whether the words for its state change by themselves as time passes."""
    return bool(state_message(status, now).parameters)


def row(status: ServiceStatus, now: float) -> Row:
    """The texts of one service; facts of a service that is down are not shown, they may be untrue by now.

    One that only wants a key is there: what it told all the same is shown.
    """
    info = status.info if is_usable(status) or asks_for_key(status) else None
    latency = status.latency if is_usable(status) else None
    return Row(
        service=status.service,
        label=status.label,
        colour=colour(status),
        state=text(state_message(status, now)),
        version=info.version if info else "",
        address=status.endpoint.url if status.endpoint else "",
        latency="" if latency is None else units.milliseconds(latency),
        device=devices_text(info) if info else "",
        queue=queue_number(info.queue) if info and info.queue else "",
        queue_told=queue_text(info.queue) if info and info.queue else "",
    )


def queue_number(queue: Queue) -> str:
    """``3``, or ``3 waiting`` where what runs is not told."""
    count = queue.remaining
    return text(message("queue.short-waiting", count=count)) if queue.waiting_only else str(count)


def queue_text(queue: Queue) -> str:
    """``3 in the queue``; where what runs is not told, that is said."""
    if queue.waiting_only:
        name = "some-waiting" if queue.remaining else "none-waiting"
    else:
        name = "some" if queue.remaining else "empty"
    return text(message(f"queue.{name}", count=queue.remaining))


def devices_text(info: ServiceInfo) -> str:
    return ", ".join(device_text(device) for device in info.devices)


def device_text(device: Device) -> str:
    """``NVIDIA GeForce RTX 4090, 20.1 of 24 GiB free``; the amounts only where the service gives them."""
    if device.memory_total is None:
        return device.name
    total = units.size(device.memory_total)
    if device.memory_free is None:
        return f"{device.name}, {total}"
    free, unit = units.size(device.memory_free).split(" ")
    amount = free if total.endswith(f" {unit}") else f"{free} {unit}"
    return f"{device.name}, {amount} of {total} free"


def context(
    label: str, endpoint: Endpoint | None = None, start_hint: str = "", example: str = ""
) -> dict[str, Parameter]:
    """What the place of a problem adds to its parameters; see `core.messages.explain`."""
    known: dict[str, Parameter] = {"program": label, "start_hint": start_hint, "example": example}
    if endpoint is not None:
        known.update(address=endpoint.authority, host=endpoint.host)
    return known


def explained(status: ServiceStatus, start_hint: str = "") -> Explanation | None:
    """The problem of a service in words; None if it has none."""
    if status.problem is None:
        return None
    place = context(status.label, status.endpoint, start_hint)
    if status.others:
        # An address that the user set is the only one that is tried.
        name = "instead" if status.source is Source.CONFIGURED else "other"
        place[name] = status.others[0].endpoint.authority
    return explain(status.problem, place)


def worth_telling(status: ServiceStatus) -> Problem | None:
    """The problem to show under the table: none while a service is off, or tried for the first time."""
    return status.problem if is_down(status) or is_usable(status) else None
