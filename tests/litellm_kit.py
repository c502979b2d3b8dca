# SPDX-License-Identifier: GPL-3.0-or-later
"""What is seen of a LiteLLM proxy, for tests."""

from __future__ import annotations

from movie_director.backends import litellm
from movie_director.core.endpoint import parse_endpoint
from movie_director.core.llm import LlmStatus, llm_status
from movie_director.core.model import Sighting
from movie_director.runtime.recognition import recognise
from movie_director.transport.http import HttpClient
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT
from tests.watching import Watching


def seen_at(url: str, *, thorough: bool = True) -> Sighting:
    """What one look at this address makes of it, where LiteLLM is all that is known."""
    endpoint, sockets = parse_endpoint(url), SocketFactory("test")
    http = HttpClient(endpoint, sockets, connect_timeout=LONG_TIMEOUT, read_timeout=LONG_TIMEOUT)
    try:
        return recognise(endpoint, http, [litellm.BACKEND], thorough=thorough)
    finally:
        http.close()
        sockets.close()


def llm_of(watching: Watching) -> LlmStatus:
    """What the newest snapshot says of language models."""
    snapshot = watching.manager.board.snapshot()
    assert snapshot is not None
    found = llm_status(snapshot)
    assert found is not None
    return found
