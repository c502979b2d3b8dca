# SPDX-License-Identifier: GPL-3.0-or-later
"""The LiteLLM proxy: language models of many providers behind one address.

docs/backends/litellm.md says how to start it so that it is found, and what to know about it.
"""

from __future__ import annotations

from ...core.errors import ProtocolError
from ...core.facts import Access, ServiceInfo
from ...core.versions import VersionRule
from ...transport.http import Answer, HttpClient
from ..base import Backend
from . import facts
from .client import OTHER_PROGRAMS, LiteLLMClient, is_litellm_page, read_liveliness, read_readiness


def identify(http: HttpClient, page: Answer) -> ServiceInfo | None:
    """Ask ``/health/liveliness``, without any key; None when another program answers.

    The page must be LiteLLM's too. Where it is switched off, ``/health/readiness`` stands for it.
    """
    try:
        if not read_liveliness(http):
            return None
        readiness = None if is_litellm_page(page) else read_readiness(http)
    except ProtocolError as error:
        if error.problem.code in OTHER_PROGRAMS:
            return None
        raise
    if readiness is not None and not facts.is_readiness(readiness):
        return None
    return ServiceInfo(facts.PROGRAM, version=facts.version(readiness), access=Access.NOT_CHECKED)


BACKEND = Backend(
    name="litellm",
    label=facts.PROGRAM,
    makes=("text",),
    versions=VersionRule(oldest="1.60", newest_tested="1.106.2"),
    # Upstream's, and the one of the first plans of this project.
    default_ports=(4000, 8000),
    required=False,
    start_hint="Run 'litellm --config config.yaml --port 4000' where LiteLLM is installed.",
    suspects=is_litellm_page,
    identify=identify,
    connect=LiteLLMClient,
)
