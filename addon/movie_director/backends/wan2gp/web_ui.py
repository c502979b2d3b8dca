# SPDX-License-Identifier: GPL-3.0-or-later
"""The web UI of Wan2GP, a Gradio program of an unusual size: its ``/config`` has 2.5 MB, its page 7."""

from __future__ import annotations

from ...transport.http import HttpClient
from .._gradio import health
from .._gradio.client import Program
from .._gradio.page import PAGE_LIMIT, Page
from .._gradio.visitor import Visitor
from . import facts

_PREFIX = "/gradio_api"
_DOWNLOAD = "/wangp_api/download/none"
"""Where Wan2GP hands out what its users download, each once by a number of its own; never one called so."""
_NO_DOWNLOAD = b"Download expired or not found"
_EARLY_LIMIT = 0.5
"""Seconds for each small address: one who is slower can be asked for the page as well."""


def is_web_ui(page: Page) -> bool:
    """Whether the title is that of Wan2GP. No other program has it, so that ``/config`` can wait."""
    return page.title == facts.TITLE


def answers_as_wan2gp(http: HttpClient) -> bool:
    """Whether Wan2GP (12.21 and later) answers, by 60 bytes in a hundredth of its page's time.

    The first address is one that only Wan2GP adds to Gradio's, the second proves that Gradio is there. Both
    are open before a log-in. Raises `ServiceError`.
    """
    answer = http.request("GET", _DOWNLOAD, limit=PAGE_LIMIT, timeout=_EARLY_LIMIT, prefix_only=True)
    if answer.status != 404 or answer.body != _NO_DOWNLOAD:
        return False
    health.app_id(Visitor(http, None), _PREFIX, _EARLY_LIMIT)
    return True


_PATIENCE = 5.0
"""Seconds. On two cores, both at work, the page was seen to take 2.7."""

PROGRAM = Program(
    facts.PROGRAM,
    may_be=is_web_ui,
    facts=facts.of_web_ui,
    is_surely=is_web_ui,
    is_known_by_page=True,
    patience=_PATIENCE,
)
