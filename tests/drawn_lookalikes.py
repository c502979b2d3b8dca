# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw docs/lookalikes.md by looking at every server of the tests: `python -m tests.drawn_lookalikes`.

With `--check` it writes nothing, and ends with 1 if the page is not what was found.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from movie_director.backends import backends
from movie_director.core.endpoint import Endpoint
from movie_director.core.model import Sighting
from movie_director.core.settings import Policy
from movie_director.runtime.discovery import look_around
from movie_director.transport.sockets import SocketFactory

from .servers.hostile import hostile
from .servers.lookalikes import LOOKALIKES, Neighbour
from .servers.plain import RawServer
from .servers.stand_ins import StandIn, stand_ins

PAGE = Path(__file__).resolve().parents[1] / "docs" / "lookalikes.md"
HEAD = """# Look-alikes

<!-- Written by scripts/draw_lookalikes.py: do not edit. -->

Many programs answer at the ports where ours are expected, and some at every path with 200. A service is
therefore recognised by fields of its own answers that no other program has, never by port or status
([the decision](adr/0037-identity-by-fields.md), [how a look around works](discovery.md)). What stands here
was found by looking at a server for each of them, alone and many times shuffled with all others over random
ports (`tests/contract/test_lookalikes.py`).

"""
OURS = """## Ours

| program | recognised as | by |
|---|---|---|
"""
OTHERS = """
## Other programs

What follows is told of them where one of ours was expected: "ComfyUI was expected at 127.0.0.1:7865, but
'Fooocus 2.5.5' answers there". The servers answer as recorded from the real program, or as its source or
documentation says.

| program | it is called | by | answers |
|---|---|---|---|
"""
HOSTILE = """
## Servers that cost time or memory

Each is read for at most 5 seconds and 256 KiB, whatever it does.

| server | verdict | why |
|---|---|---|
"""
_POLICY = Policy(check_timeout=1.0)


def draw() -> str:
    """The whole page, after looking at all servers."""
    ours = stand_ins()
    found_ours = [_look(each) for each in ours]
    labels = {backend.name: backend.label for backend in backends()}
    parts = [HEAD, OURS]
    parts += [
        _row(each.name, labels.get(sighting.service or "", "nothing"), each.known_by)
        for each, sighting in zip(ours, found_ours, strict=True)
    ]
    parts.append(OTHERS)
    parts += [
        _row(each.name, _verdict(sighting), each.known_by, each.basis)
        for each, sighting in _looks(LOOKALIKES)
    ]
    parts.append(HOSTILE)
    parts += [_row(each.name, _verdict(sighting), each.known_by) for each, sighting in _looks(hostile())]
    return "".join(parts)


def _looks(neighbours: Iterable[Neighbour]) -> list[tuple[Neighbour, Sighting]]:
    return [(each, _look(each)) for each in neighbours]


def _look(each: StandIn | Neighbour) -> Sighting:
    server = each.start() if isinstance(each, StandIn) else RawServer(each.handler)
    sockets = SocketFactory("lookalikes")
    try:
        with server as running:
            place = Endpoint("http", "127.0.0.1", running.port)
            (sighting,) = look_around([place], backends(), sockets, _POLICY)
            return sighting
    finally:
        sockets.close()


def _called(sighting: Sighting) -> str:
    if sighting.service is not None:
        return f"**{sighting.service}**"
    return sighting.stranger or "another program"


def _verdict(sighting: Sighting) -> str:
    if sighting.problem is None:
        return _called(sighting)
    code = f"`{sighting.problem.code.value}`"
    return f"{sighting.stranger}, {code}" if sighting.stranger else code


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def main(arguments: Sequence[str]) -> int:
    page = draw()
    if "--check" not in arguments:
        PAGE.write_text(page, "utf-8", newline="\n")
        return 0
    current = PAGE.read_text("utf-8") if PAGE.exists() else ""
    if current != page:
        print(f"docs/{PAGE.name} is not up to date: run python3 scripts/draw_lookalikes.py")
    return int(current != page)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
