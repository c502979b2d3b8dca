"""Secrets that are entered somewhere, and a search for them in everything that comes out.

Whoever finds a further place to enter one gives it a canary of its own, so that a leak names the place:

    canaries = Canaries()
    enter(canaries.new("preferences"))
    harvest = Harvest(canaries)
    harvest.add("clipboard", text)
    harvest.add_files(folder, leave_out=["secrets.json"])
    assert harvest.leaks() == []
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote


class Canaries:
    """Secrets that occur nowhere else, each with the name of the place where it was entered."""

    def __init__(self) -> None:
        self.by_place: dict[str, str] = {}

    def new(self, place: str) -> str:
        """A fresh secret; the sign in it is written in another way in URLs, JSON and reprs."""
        self.by_place[place] = f"canary-{len(self.by_place)}-{place}-q+z/7"
        return self.by_place[place]


class Harvest:
    """Everything that came out, to be searched."""

    def __init__(self, canaries: Canaries) -> None:
        self._canaries = canaries
        self._texts: list[tuple[str, bytes]] = []

    def add(self, name: str, text: str | bytes) -> None:
        self._texts.append((name, text.encode("utf-8", "replace") if isinstance(text, str) else text))

    def add_files(self, folder: Path, leave_out: Iterable[str] = ()) -> None:
        """Every file below `folder` but those where a secret was entered, or has its place."""
        left_out = frozenset(leave_out)
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name not in left_out:
                self.add(path.name, path.read_bytes())

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self._texts]

    def text(self, name: str) -> str:
        """All that was added under a name."""
        return "".join(text.decode("utf-8", "replace") for each, text in self._texts if each == name)

    def leaks(self) -> list[str]:
        """Where which secret was found, in whatever spelling."""
        return [
            f"{place} in {name}: …{_around(text, spelling)}…"
            for place, secret in self._canaries.by_place.items()
            for name, text in self._texts
            for spelling in spellings(secret)
            if spelling in text
        ]


def spellings(secret: str) -> Iterator[bytes]:
    """How a secret may be written, and the part of it that no way of writing changes."""
    written = {
        secret,
        quote(secret),
        quote(secret, safe=""),
        json.dumps(secret)[1:-1],
        secret.rpartition("-")[0],
    }
    yield from sorted(each.encode() for each in written)
    yield base64.b64encode(secret.encode())
    for offset in range(3):  # inside of "name:password" the groups of three begin elsewhere
        yield base64.b64encode(b" " * offset + secret.encode())[4:-4]


def _around(text: bytes, spelling: bytes) -> str:
    at = text.index(spelling)
    return text[max(0, at - 60) : at + len(spelling) + 20].decode("utf-8", "replace")
