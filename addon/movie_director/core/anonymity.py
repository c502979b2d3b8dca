# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes out of texts who wrote them: the user's name, the home folder, the computer's name, project folders.

What a report needs stays: the names of files, the folders below the home, the addresses of other computers.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

USER = "<user>"
COMPUTER = "<computer>"
HOME = "~"
PROJECT = "<project>"
CUT = "…"
"""Stands for the folders before the name of a project."""

NOBODY = frozenset(
    {
        "root",
        "user",
        "users",
        "admin",
        "administrator",
        "guest",
        "owner",
        "home",
        "default",
        "public",
        "shared",
        "system",
        "local",
        "localhost",
        "localdomain",
        "computer",
        "desktop",
        "laptop",
        "workstation",
        "server",
        "blender",
        "python",
        "comfyui",
    }
)
"""Names that tell of nobody, and whose loss would spoil the report."""
_SHORTEST = 3
"""Shorter names are taken out of paths only: as words they stand everywhere."""

_PATH_BREAKS = "\r\n\t\"'<>|*?"
_FOLDER_OF_SOMEBODY = (
    re.compile(r"(?P<keep>(?<![\w.-])(?:/var)?/(?:home|Users)/)(?P<name>[^\\/\s:*?\"'<>|,;)]+)"),
    re.compile(
        r"(?P<keep>\b[A-Za-z]:[\\/]+(?:Users|Documents and Settings)[\\/]+)"
        r"(?P<name>[^\\/:*?\"<>|\r\n]{1,80}(?=[\\/])|[^\\/\s:*?\"'<>|,;)]+)"
    ),
)
_BLEND = re.compile(r"\.blend\d{0,2}(?![\w.])", re.IGNORECASE)
_LONGEST_PATH = 4_096
_PATH_START = re.compile(r"[A-Za-z]:[\\/]|~?/|\\\\")


@dataclass(frozen=True)
class Identity:
    """What a report must not tell. Empty where it is not known."""

    home: str = ""
    """The path of the home folder."""
    names: tuple[str, ...] = ()
    """Of the user: that of the account, and the full one."""
    computers: tuple[str, ...] = ()
    """What this computer is called."""
    project: str = ""
    """The folder of the open .blend."""


class Anonymizer:
    """Covers texts; `keep` are words that must stay though they may be somebody's name, such as a service."""

    def __init__(self, who: Identity, keep: Collection[str] = ()) -> None:
        kept = NOBODY.union(each.lower() for each in keep)
        self._steps: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = []
        for folder, stand_in in ((who.project, PROJECT), (who.home, HOME)):
            if len(folder.strip("/\\")) > 2:  # "/" and "C:\" are no one's
                self._add(_folder_spellings(folder), r"(?<![\w.-])(?:{})(?![\w-])", stand_in)
        self._steps += [(each, _without_name) for each in _FOLDER_OF_SOMEBODY]
        computers = (each for name in who.computers for each in (name, name.partition(".")[0]))
        self._add(_names(computers, kept), r"(?<![^\W_])(?:{})(?:\.[a-z0-9-]+)*(?![^\W_])", COMPUTER)
        self._add(_names(who.names, kept), r"(?<![^\W_])(?:{})(?![^\W_])", USER)

    def __call__(self, text: str) -> str:
        text = _without_project_folders(text)
        for pattern, stand_in in self._steps:
            text = pattern.sub(stand_in, text)
        return text

    def _add(self, spellings: Iterable[str], shape: str, stand_in: str) -> None:
        longest_first = sorted(set(spellings), key=len, reverse=True)
        if longest_first:
            words = "|".join(map(re.escape, longest_first))
            self._steps.append((re.compile(shape.format(words), re.IGNORECASE), stand_in))


def _without_name(found: re.Match[str]) -> str:
    return f"{found['keep']}{USER}"


def _names(names: Iterable[str], kept: Collection[str]) -> Iterator[str]:
    for name in names:
        name = name.strip()
        if len(name) >= _SHORTEST and name.lower() not in kept:
            yield from _spellings(name)


def _folder_spellings(folder: str) -> Iterator[str]:
    """With either slash, with backslashes that were doubled by JSON or a repr, and as part of a URL."""
    folder = folder.rstrip("/\\")
    for path in (folder, folder.replace("\\", "/"), folder.replace("\\", "\\\\")):
        yield from _spellings(path)


def _spellings(text: str) -> Iterator[str]:
    """As it is, in both forms of Unicode for accents, in a URL, in JSON."""
    for form in ("NFC", "NFD"):
        normal = unicodedata.normalize(form, text)
        yield normal
        yield quote(normal, safe="/:\\", errors="replace")
        yield json.dumps(normal)[1:-1]
    yield text


def _without_project_folders(text: str) -> str:
    """Every path of a .blend without its folders."""
    parts, done = [], 0
    for end in _BLEND.finditer(text):
        reach = max(done, end.start() - _LONGEST_PATH)
        begin = max(reach, max(text.rfind(mark, reach, end.start()) for mark in _PATH_BREAKS) + 1)
        run = text[begin : end.start()]
        name = max(run.rfind("/"), run.rfind("\\")) + 1
        start = _PATH_START.search(run) if name else None
        if start is None:
            continue
        parts += [text[done : begin + start.start()], CUT, run[name - 1], run[name:], end.group()]
        done = end.end()
    return "".join([*parts, text[done:]])
