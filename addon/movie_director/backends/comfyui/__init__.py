# SPDX-License-Identifier: GPL-3.0-or-later
"""ComfyUI: images and video over HTTP, with a WebSocket that tells what happens.

docs/backends/comfyui.md says how to start it so that it is found, and what to know about it.
"""

from __future__ import annotations

from ...core.errors import ProtocolError
from ...core.facts import ServiceInfo
from ...core.versions import VersionRule
from ...transport.http import Answer, HttpClient
from ..base import Backend
from . import facts
from .client import OTHER_PROGRAMS, ComfyClient, is_comfyui_page, read_system_stats


def identify(http: HttpClient, page: Answer) -> ServiceInfo | None:
    """Ask ``/system_stats``; None when another program answers. Errors of the connection propagate."""
    try:
        stats = read_system_stats(http)
    except ProtocolError as error:
        if error.problem.code in OTHER_PROGRAMS:
            return None
        raise
    return ServiceInfo(facts.PROGRAM, version=stats.version, devices=stats.devices)


BACKEND = Backend(
    name="comfyui",
    label=facts.PROGRAM,
    makes=("image", "video"),
    # The usual one, the next one that people take for a second instance, and that of ComfyUI Desktop.
    default_ports=(8188, 8189, 8000),
    required=True,
    # The oldest that lets us choose the id of a job.
    versions=VersionRule(oldest="0.3.45", newest_tested="0.33.0"),
    start_hint="Start ComfyUI Desktop, or run 'python main.py' in the folder of ComfyUI.",
    suspects=is_comfyui_page,
    identify=identify,
    connect=ComfyClient,
)
