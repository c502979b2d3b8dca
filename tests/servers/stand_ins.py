"""Every service of ours as it answers from outside, started at once and in this process: for mass tests.

What is recognised here is recognised in the contract tests of each backend at the real programs, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType
from typing import Protocol

from . import gradio_pages
from .comfyui import ComfyServer
from .gradio_apps import recording as gradio_recording
from .litellm.protocol import LiteLLMServer
from .litellm.recordings import VERSIONS
from .plain import RawServer
from .sites import Handler, Reply, json_reply, plain, site
from .wan2gp import recording as wan2gp_recording


class Running(Protocol):
    """A server that listens."""

    @property
    def port(self) -> int: ...


@dataclass(frozen=True)
class StandIn:
    """One release of one service."""

    service: str
    """Name of the backend that must recognise it."""
    name: str
    start: Callable[[], AbstractContextManager[Running]]
    known_by: str


NO_DOWNLOAD = Reply(wan2gp_recording.NO_DOWNLOAD.encode(), "404 Not Found")
_COMFYUI = "`/system_stats` with `system.comfyui_version` (or `pytorch_version`) and the list `devices`"
_LITELLM = "`/health/liveliness` “I'm alive!”, and the page “LiteLLM API - Swagger UI” or `/health/readiness`"
_RVC = "`/config` with the operations `infer_convert` and `infer_change_voice`"
_AUDIOLDM = "`/config` with the heading of AudioLDM 1 or 2, and an operation from text to video"
_WEB_UI = "a Gradio page with the title “WanGP”; at its usual ports already by `/wangp_api/download/none`"
_MCP = "`/mcp` refuses GET as MCP does, then `initialize` with `serverInfo.name` “WanGP”"


def stand_ins() -> tuple[StandIn, ...]:
    comfyui = [
        StandIn("comfyui", f"ComfyUI {generation}", _comfyui(generation), _COMFYUI)
        for generation in ("0.3.64", "0.33.0")
    ]
    litellm = [StandIn("litellm", f"LiteLLM {version}", _litellm(version), _LITELLM) for version in VERSIONS]
    gradio = [
        StandIn(service, name, _raw(_gradio_app(app)), known_by)
        for service, name, app, known_by in (
            ("rvc", "RVC WebUI 2.3", "rvc-2.3", _RVC),
            ("rvc", "RVC WebUI 2024", "rvc-2024", _RVC),
            ("audioldm", "AudioLDM 1", "audioldm-1", _AUDIOLDM),
            ("audioldm", "AudioLDM 2", "audioldm-2", _AUDIOLDM),
        )
    ]
    wan2gp = [
        StandIn("wan2gp", "Wan2GP, web UI", _raw(_wan2gp_web_ui()), _WEB_UI),
        StandIn("wan2gp", "Wan2GP, MCP mode", _raw(_wan2gp_mcp()), _MCP),
    ]
    return (*comfyui, *wan2gp, *litellm, *gradio)


def _comfyui(generation: str) -> Callable[[], AbstractContextManager[Running]]:
    return lambda: ComfyServer(generation)


def _litellm(version: str) -> Callable[[], AbstractContextManager[Running]]:
    return lambda: LiteLLMServer(version)


def _raw(handler: Handler) -> Callable[[], AbstractContextManager[Running]]:
    return lambda: RawServer(handler)


@cache
def _gradio_app(app: str) -> Handler:
    return gradio_pages.app(gradio_recording.config(app))


@cache
def _wan2gp_web_ui() -> Handler:
    downloads = {wan2gp_recording.DOWNLOAD: NO_DOWNLOAD}
    return gradio_pages.app(wan2gp_recording.config(), downloads)


@cache
def _wan2gp_mcp() -> Handler:
    refused = {"jsonrpc": "2.0", "id": "server-error", "error": {"code": -32600, "message": "Not Acceptable"}}
    return site(
        {
            "/mcp": json_reply(refused, "406 Not Acceptable", gradio_pages.UVICORN),
            "POST /mcp": json_reply(wan2gp_recording.mcp()["initialize"], "200 OK", gradio_pages.UVICORN),
        },
        plain("Not Found", "404 Not Found", gradio_pages.UVICORN),
    )


PAGES: Mapping[str, Callable[[], Handler]] = MappingProxyType(
    {
        "wan2gp": _wan2gp_web_ui,
        "rvc": partial(_gradio_app, "rvc-2.3"),
        "audioldm": partial(_gradio_app, "audioldm-1"),
    }
)
"""What answers for the services that can be shown by recorded pages alone."""
