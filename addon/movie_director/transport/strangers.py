# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask a program that is none of ours for its name: at most one small request more than its page."""

from __future__ import annotations

from ..core.errors import Cancelled, ServiceError
from ..core.stranger import Stranger, judge, named_by
from .http import Answer, HttpClient

_LIMIT = 64 * 1024
_TIMEOUT = 1.0


def stranger_of(page: Answer) -> Stranger:
    """What the first kilobytes of ``/`` say by themselves."""
    return judge(page.status, page.headers, page.text())


def named(stranger: Stranger, http: HttpClient) -> Stranger:
    """Ask the one address that tells more, if there is one; what fails there changes nothing.

    Raises `Cancelled`.
    """
    if not stranger.ask:
        return stranger
    try:
        answer = _get(http, stranger.ask)
        if answer.headers.get("location", "").endswith(f"{stranger.ask}/"):
            answer = _get(http, f"{stranger.ask}/")
    except Cancelled:
        raise
    except ServiceError:
        return stranger
    return named_by(stranger, answer.status, answer.text())


def name_of(page: Answer, http: HttpClient) -> str:
    """What to call the program that sent `page` at ``/``; raises `Cancelled`."""
    return named(stranger_of(page), http).name


def _get(http: HttpClient, path: str) -> Answer:
    accept = {"Accept": "application/json"}  # without it some MCP servers begin a stream that never ends
    return http.request("GET", path, headers=accept, limit=_LIMIT, timeout=_TIMEOUT, redirects=True)
