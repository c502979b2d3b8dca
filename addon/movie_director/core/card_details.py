# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that fold out of a card: what is known of one service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from . import units
from .card_parts import Detail, Viewing, word
from .errors import Parameter
from .facts import ServiceInfo
from .messages import Message, message, text
from .model import Source, State, Stream
from .presentation import asks_for_key, device_text, is_down, is_usable, queue_text
from .registry import makes_of
from .registry_texts import counts_text, makes_text, seen_text
from .snapshot import Remembered, ServiceStatus

if TYPE_CHECKING:
    from .layers import Effective


def details(status: ServiceStatus, remembered: Remembered | None, at: Viewing) -> tuple[Detail, ...]:
    """Everything worth a line, in a fixed order; facts of a service that is down are left out."""
    if status.state is State.DISABLED:
        return ()
    known = is_usable(status) or asks_for_key(status)
    info = status.info if known else None
    return (
        *_place(status, at),
        *_abilities(status, info, remembered),
        *(_condition(status, info) if info is not None else ()),
        *_moments(status, at),
        *_memory(status, remembered, at),
    )


def _place(status: ServiceStatus, at: Viewing) -> Iterator[Detail]:
    if status.endpoint is None:
        return
    yield _line("address", status.endpoint.url)
    if status.source is not None:
        yield _line("from", source_text(status.source, at.origins.get(status.service, "")))


def source_text(source: Source, origin: str = "") -> str:
    """Who said where the service is; `origin` is where a configured address is set."""
    known = {"name": origin} if origin else {}
    return text(message(f"panel-value.from-{source.value}", **known))


def origin_texts(effective: Effective, services: Iterable[str]) -> dict[str, str]:
    """By service where its address is set: ``set by the environment (MOVIE_DIRECTOR_COMFYUI_URL)``."""
    written = {}
    for service in services:
        url = effective.get(service, "url")
        if url.value:
            detail = f" ({url.detail})" if url.detail else ""
            written[service] = text(Message(f"setting-layer.{url.layer.value}")) + detail
    return written


def _abilities(
    status: ServiceStatus, info: ServiceInfo | None, remembered: Remembered | None
) -> Iterator[Detail]:
    if info is not None and info.version:
        yield _line("version", _value(f"version-{status.support.value}", version=info.version))
    makes = makes_text(makes_of(status, remembered))
    if makes:
        yield Detail(text(Message("registry.makes")), makes, word("tip.makes"))
    models = _models(info)
    if models:
        yield Detail(text(Message("registry.models")), models, word("tip.models"))


def _models(info: ServiceInfo | None) -> str:
    """How many of each kind, and that they are still being read while that is so."""
    if info is None:
        return ""
    reading = "" if info.complete else text(Message("registry.reading"))
    return "; ".join(each for each in (counts_text(info), reading) if each)


def _condition(status: ServiceStatus, info: ServiceInfo) -> Iterator[Detail]:
    for device in info.devices:
        yield _line("device", device_text(device))
    if info.queue is not None:
        tip = word("tip.queue-waiting" if info.queue.waiting_only else "tip.queue")
        yield Detail(word("label.queue"), queue_text(info.queue), tip)
    if status.latency is not None and is_usable(status):
        yield _line("answer", units.milliseconds(status.latency))
    if status.stream is not Stream.NONE and is_usable(status):
        yield _line("stream", word(f"value.stream-{status.stream.value}"))


def _moments(status: ServiceStatus, at: Viewing) -> Iterator[Detail]:
    yield _line("since", _value("since", value=at.time_of_day(status.since), seconds=at.ago(status.since)))
    if status.last_attempt_at is not None:
        moment = at.time_of_day(status.last_attempt_at)
        name = "ago-now" if status.attempting else "ago"
        yield _line("last-attempt", _value(name, value=moment, seconds=at.ago(status.last_attempt_at)))
    if is_down(status) and status.retry_at is not None and not status.attempting:
        left = status.retry_at - at.clocks.monotonic
        yield _line("next-attempt", _value("in", seconds=left) if left > 0 else word("value.in-now"))
    if status.attempt:
        yield _line("attempts", str(status.attempt))


def _memory(status: ServiceStatus, remembered: Remembered | None, at: Viewing) -> Iterator[Detail]:
    if remembered is not None and not is_usable(status):
        label = text(Message("registry.last-seen"))
        yield Detail(label, seen_text(remembered, at.clocks.wall), word("tip.last-seen"))


def _line(name: str, value: str) -> Detail:
    return Detail(word(f"label.{name}"), value, word(f"tip.{name}"))


def _value(name: str, **known: Parameter) -> str:
    return text(message(f"panel-value.{name}", **known))
