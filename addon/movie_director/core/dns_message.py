# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions and answers of multicast DNS service discovery (RFC 6762, RFC 6763), as bytes.

What comes in is hostile: names are bounded and their pointers only lead backwards, records are
counted, and a packet that breaks the rules is dropped whole.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

PTR, TXT, SRV = 12, 16, 33
_INTERNET = 1
_IS_ANSWER = 0x8000
_MOST_RECORDS = 256
_MOST_INSTANCES = 64
_MOST_QUESTIONS = 10
"""What fits into one packet, whatever the names are."""
_LONGEST_NAME = 255
_HEADER = struct.Struct("!6H")
_FIXED_PART = struct.Struct("!HHIH")


class MalformedPacket(ValueError):
    """Bytes that are no answer of DNS."""


@dataclass(frozen=True)
class Record:
    """One resource record; `data` is a name for PTR, port for SRV, strings for TXT."""

    name: str
    kind: int
    data: str | int | tuple[str, ...]


@dataclass(frozen=True)
class Advertisement:
    """A service that a computer advertises for itself."""

    name: str
    address: str
    """Where the advertisement came from: nobody is believed about other computers."""
    port: int
    path: str


def question(names: Iterable[tuple[str, int]]) -> bytes:
    """One packet that asks for (name, kind) pairs."""
    asked = list(names)
    parts = [_HEADER.pack(0, 0, len(asked), 0, 0, 0)]
    parts += [_encoded(name) + struct.pack("!HH", kind, _INTERNET) for name, kind in asked]
    return b"".join(parts)


def records(packet: bytes) -> list[Record]:
    """All records of an answer that mean something here; raises `MalformedPacket`.

    A question is an answer without records.
    """
    try:
        return list(_records(packet))
    except (struct.error, IndexError) as error:
        raise MalformedPacket("cut off") from error


class Directory:
    """What was heard so far of the services of some kinds, from everybody."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self._kinds = tuple(_folded(kind) for kind in kinds)
        self._ports: dict[tuple[str, str], int | None] = {}
        """By (address, folded name); None while only the name is known."""
        self._names: dict[tuple[str, str], str] = {}
        self._paths: dict[tuple[str, str], str] = {}

    def hear(self, packet: bytes, address: str) -> None:
        """Take in what the computer at `address` sent; nonsense changes nothing."""
        try:
            heard = records(packet)
        except MalformedPacket:
            return
        for record in heard:
            if record.kind == PTR and _folded(record.name) in self._kinds:
                self._note(address, str(record.data))
        for record in heard:
            key = (address, _folded(record.name))
            if key not in self._ports:
                continue
            if isinstance(record.data, int):
                self._ports[key] = record.data
            elif isinstance(record.data, tuple):
                self._paths[key] = _path(record.data)

    def questions(self) -> list[tuple[str, int]]:
        """What to ask next: for the kinds, and for the ports that are missing."""
        missing = [(self._names[key], SRV) for key, port in self._ports.items() if port is None]
        return [*((kind, PTR) for kind in self._kinds), *missing[:_MOST_QUESTIONS]]

    def advertisements(self) -> tuple[Advertisement, ...]:
        """Everything of which the port is known."""
        return tuple(
            Advertisement(self._names[key], key[0], port, self._paths.get(key, ""))
            for key, port in self._ports.items()
            if port
        )

    def _note(self, address: str, name: str) -> None:
        key = (address, _folded(name))
        if key not in self._ports and len(self._ports) < _MOST_INSTANCES:
            self._ports[key] = None
            self._names[key] = name


def _records(packet: bytes) -> Iterator[Record]:
    _, flags, questions, *counts = _HEADER.unpack_from(packet)
    if not flags & _IS_ANSWER:
        return
    if questions + sum(counts) > _MOST_RECORDS:
        raise MalformedPacket("too many records")
    at = _HEADER.size
    for _ in range(questions):
        at = _name(packet, at)[1] + 4
    for _ in range(sum(counts)):
        name, at = _name(packet, at)
        kind, _, _, length = _FIXED_PART.unpack_from(packet, at)
        at += _FIXED_PART.size
        if at + length > len(packet):
            raise MalformedPacket("cut off")
        if kind == PTR:
            yield Record(name, kind, _name(packet, at)[0])
        elif kind == SRV:
            yield Record(name, kind, int(struct.unpack_from("!H", packet, at + 4)[0]))
        elif kind == TXT:
            yield Record(name, kind, tuple(_strings(packet[at : at + length])))
        at += length


def _name(packet: bytes, at: int) -> tuple[str, int]:
    """The name that begins at `at`, and where the packet goes on behind it."""
    labels: list[str] = []
    size, behind, limit = 0, 0, at + 1
    while True:
        length = packet[at]
        if length >= 0xC0:
            target = struct.unpack_from("!H", packet, at)[0] & 0x3FFF
            behind = behind or at + 2
            if target >= limit - 1:
                raise MalformedPacket("a pointer that does not lead backwards")
            at, limit = target, target + 1
        elif length == 0:
            return ".".join(labels) + ".", behind or at + 1
        elif length > 63:
            raise MalformedPacket("an unknown kind of label")
        else:
            label = packet[at + 1 : at + 1 + length]
            size += length + 1
            if len(label) < length or size > _LONGEST_NAME:
                raise MalformedPacket("a name that is cut off or too long")
            labels.append(label.decode("utf-8", "replace"))
            at += 1 + length


def _strings(data: bytes) -> Iterator[str]:
    at = 0
    while at < len(data):
        yield data[at + 1 : at + 1 + data[at]].decode("utf-8", "replace")
        at += 1 + data[at]


def _path(strings: Iterable[str]) -> str:
    """What TXT says about the path; empty unless it is one."""
    for text in strings:
        key, _, value = text.partition("=")
        if key.lower() == "path" and value.startswith("/"):
            return value
    return ""


def _folded(name: str) -> str:
    """Names of DNS are the same in upper and lower case."""
    return name.lower().rstrip(".") + "."


def _encoded(name: str) -> bytes:
    labels = [label.encode("utf-8")[:63] for label in name.rstrip(".").split(".")]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
