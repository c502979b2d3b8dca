"""Which versions of which programs the tests meet, and what works; `docs/compatibility.md` shows it.

python3 -m tests.compatibility     meet them all, and write tests/data/compatibility.json anew

A test meets each of them again and compares, so the page says what is true.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from movie_director.core.facts import Access
from movie_director.core.model import Stream
from movie_director.core.settings import Policy
from movie_director.core.snapshot import ServiceStatus

from tests.servers.comfyui import VERSIONS as COMFYUI_VERSIONS
from tests.servers.comfyui import ComfyServer
from tests.servers.fixtures import python_or_skip
from tests.servers.gradio_apps.processes import app_process
from tests.servers.litellm.recordings import VERSIONS as LITELLM_VERSIONS
from tests.servers.litellm.recordings import real_proxy
from tests.servers.litellm.setups import MASTER_KEY
from tests.servers.process import ServerProcess
from tests.servers.wan2gp.processes import mcp_process, web_ui_process
from tests.watching import BRISK, Watching

DATA = Path(__file__).resolve().parent / "data" / "compatibility.json"

STAND_IN = "a stand-in that answers as the recorded program"
ON_GRADIO = "its recorded interface on the real Gradio of its time"
REAL = "the real program"

LOG_IN = "artist:geheim"
"""Name and password that Gradio asks for."""

PATIENT = Policy(check_interval=0.5, check_timeout=5.0)
"""A proxy that has just begun needs a second for the first answer of its kind."""
LIMIT = 60.0
"""Seconds until a program is connected and read."""

WORKS: dict[str, Callable[[ServiceStatus], bool]] = {
    "version": lambda row: row.info is not None and row.info.version != "",
    "operations": lambda row: row.info is not None and any(each.operation for each in row.info.capabilities),
    "models": lambda row: row.info is not None and any(names for _, names in row.info.models),
    "language models": lambda row: row.info is not None and row.info.language_models != (),
    "queue": lambda row: row.info is not None and row.info.queue is not None,
    "live updates": lambda row: row.stream is Stream.OPEN,
    "key or log-in": lambda row: row.info is not None and row.info.access is Access.ACCEPTED,
}
"""What is looked at once a program is found, recognised, connected and read."""


@dataclass(frozen=True)
class Program:
    """One program that the tests can run."""

    service: str
    name: str
    """The program and its version or variant, as its makers call it."""
    against: str
    serve: Callable[[], AbstractContextManager[str]]
    """Run it; gives its URL. May skip the test where its environment is missing."""
    key: str = ""
    policy: Policy = BRISK
    needs_environment: bool = False


@dataclass(frozen=True)
class Met:
    """What was found out about one program."""

    service: str
    name: str
    against: str
    version: str
    """As the program told it; empty if it does not."""
    works: tuple[str, ...]


@contextmanager
def _comfyui(version: str) -> Iterator[str]:
    with ComfyServer(version) as server:
        server.facts.models["checkpoints"].append("a model.safetensors")
        yield server.url


@contextmanager
def _process(start: Callable[[], ServerProcess]) -> Iterator[str]:
    with start() as server:
        yield server.url


@contextmanager
def _behind_log_in(start: Callable[..., ServerProcess]) -> Iterator[str]:
    with start("--auth", LOG_IN) as server:
        yield server.url.replace("//", f"//{LOG_IN}@")


def _litellm(version: str) -> ServerProcess:
    return real_proxy("key", python_or_skip(f"litellm-{version}"))


def _on_gradio(service: str, name: str, start: Callable[..., ServerProcess]) -> Program:
    return Program(service, name, ON_GRADIO, partial(_behind_log_in, start), needs_environment=True)


PROGRAMS = (
    *(
        Program("comfyui", f"ComfyUI {version}", STAND_IN, partial(_comfyui, version))
        for version in COMFYUI_VERSIONS
    ),
    _on_gradio("wan2gp", "Wan2GP 12.60, web UI", web_ui_process),
    Program(
        "wan2gp",
        "Wan2GP 12.60, MCP mode",
        "its recorded tools on the real MCP library",
        partial(_process, mcp_process),
        needs_environment=True,
    ),
    *(
        Program(
            "litellm",
            f"LiteLLM {full}",
            REAL,
            partial(_process, partial(_litellm, version)),
            key=MASTER_KEY,
            policy=PATIENT,
            needs_environment=True,
        )
        for version, full in LITELLM_VERSIONS.items()
    ),
    _on_gradio("rvc", "RVC WebUI 2.3 (Gradio 3.14)", partial(app_process, "rvc-2.3")),
    _on_gradio("rvc", "RVC WebUI of 2024 (Gradio 3.34)", partial(app_process, "rvc-2024")),
    _on_gradio("audioldm", "AudioLDM 1 (Gradio 3.50)", partial(app_process, "audioldm-1")),
    _on_gradio("audioldm", "AudioLDM 2 (Gradio 3.50)", partial(app_process, "audioldm-2")),
)


def meet(program: Program) -> Met:
    """Run the program, connect to it as a user does, and see what works."""
    with program.serve() as url:
        watching = Watching(url, program.policy, service=program.service)
        watching.enter_key(program.key)
        with watching:
            row = watching.until_connected(LIMIT)
    assert row.info is not None
    works = tuple(what for what, holds in WORKS.items() if holds(row))
    return Met(program.service, program.name, program.against, row.info.version, works)


def recorded() -> list[Met]:
    """What stands in the file, program by program."""
    rows = json.loads(DATA.read_text("utf-8"))
    return [Met(**{**row, "works": tuple(row["works"])}) for row in rows]


def main() -> int:
    """Meet every program, and write what was found."""
    rows = [asdict(meet(program)) for program in PROGRAMS]
    DATA.write_text(json.dumps(rows, indent=2) + "\n", "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
