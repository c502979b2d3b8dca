# SPDX-License-Identifier: GPL-3.0-or-later
"""Wan2GP (WanGP): video, reached through its web UI or through its MCP mode.

docs/backends/wan2gp.md says how to start it so that it is found, and what to know about it.
"""

from __future__ import annotations

from dataclasses import replace

from ...core.facts import ServiceInfo
from ...core.versions import VersionRule
from ...transport.http import Answer, HttpClient
from .._gradio import client as gradio
from .._gradio.page import read_page
from ..base import Backend
from . import facts, mcp_mode, web_ui
from .client import Wan2gpClient


def suspects(page: Answer) -> bool:
    """Whether it may be the web UI's page, a log-in before it, or what MCP mode has instead of a page."""
    return gradio.suspects(web_ui.PROGRAM, page) or mcp_mode.suspects(page)


def identify(http: HttpClient, page: Answer) -> ServiceInfo | None:
    """Identity by the page alone, or, where there is none, by MCP; None for another program.

    Errors of the connection propagate; raises `Rejected` where a log-in hides the program.
    """
    info = gradio.identify(web_ui.PROGRAM, http, page)
    if info is not None:
        return replace(info, version=facts.version(page.text()), features=(facts.WEB_UI,))
    if page.status != mcp_mode.NO_PAGE or read_page(page) is not None:
        return None
    return mcp_mode.identify(http)


def identify_early(http: HttpClient) -> ServiceInfo | None:
    """Identity of the web UI without its page, and so without version; None where the page has to tell."""
    return ServiceInfo(facts.PROGRAM, features=(facts.WEB_UI,)) if web_ui.answers_as_wan2gp(http) else None


BACKEND = Backend(
    name="wan2gp",
    label=facts.PROGRAM,
    makes=("video",),
    # The web UI and its further instances; MCP mode as its documentation has it, and where it is without
    # --mcp-port, which is LiteLLM's port.
    default_ports=(7860, 7861, 7862, 7863, 7866, 8000),
    required=True,
    versions=VersionRule(newest_tested="12.60"),
    start_hint="Run 'python wgp.py' in the folder of Wan2GP.",
    suspects=suspects,
    identify=identify,
    connect=Wan2gpClient,
    identify_early=identify_early,
)
