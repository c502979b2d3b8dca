# SPDX-License-Identifier: GPL-3.0-or-later
"""One program of each service, as real as it gets without models, each in a process of its own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from .environments import python_of
from .gradio_apps import ENVIRONMENTS
from .litellm.recordings import real_proxy
from .process import ServerProcess, comfyui_process

_READY_LIMIT = 120.0
_LITELLM = "litellm-1.60"
_WAN2GP = "gradio-5.29"
_RVC, _AUDIOLDM = "rvc-2.3", "audioldm-1"


def _processes(pythons: Mapping[str, Path]) -> dict[str, ServerProcess]:
    def process(module: str, python: Path, *arguments: str) -> ServerProcess:
        return ServerProcess(module, arguments, python=str(python), ready_limit=_READY_LIMIT)

    apps = "tests.servers.gradio_apps"
    return {
        "comfyui": comfyui_process(),
        "wan2gp": process("tests.servers.wan2gp.web_ui", pythons[_WAN2GP], "--port", "0"),
        "litellm": real_proxy("open", str(pythons[_LITELLM])),
        "rvc": process(apps, pythons[ENVIRONMENTS[_RVC]], _RVC, "--port", "0"),
        "audioldm": process(apps, pythons[ENVIRONMENTS[_AUDIOLDM]], _AUDIOLDM, "--port", "0"),
    }


@contextlib.contextmanager
def five_programs() -> Iterator[dict[str, int]]:
    """Start all five side by side; their ports by the name of the service.

    Raises `EnvironmentMissing` where one cannot be run.
    """
    names = {_WAN2GP, _LITELLM, ENVIRONMENTS[_RVC], ENVIRONMENTS[_AUDIOLDM]}
    processes = _processes({name: python_of(name, make=False) for name in names})
    try:
        starts = [threading.Thread(target=each.start, name="start") for each in processes.values()]
        for start in starts:
            start.start()
        for start in starts:
            start.join()
        for service, process in processes.items():
            if not process.alive:
                raise RuntimeError(f"the program of {service} did not start")
        yield {service: process.port for service, process in processes.items()}
    finally:
        for process in processes.values():
            process.kill()
